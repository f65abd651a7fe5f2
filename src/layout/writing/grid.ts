/**
 * Bindings of a layer, laid out as the keys are.
 */

import { countKeys, formsOf, type KeyRows } from '../zmk/keyboards.ts';

const KEYS_A_LINE = 12;
const GAP = '  ';

interface KeyPlace {
  readonly row: number;
  readonly column: number;
}

/** How the keys of a keyboard lie; in lines of twelve where that is not known. */
export class KeyGrid {
  readonly #rows: KeyRows;
  /** Where each key lies, in the order of the positions. */
  readonly #places: readonly KeyPlace[];

  constructor(keyboard: string, count: number) {
    this.#rows = formsOf(keyboard).find((form) => countKeys(form) === count) ?? plainRows(count);
    this.#places = this.#rows.flatMap((keys, row) =>
      Array.from(keys, (key, column) => ({ key, row, column })).filter(({ key }) => key !== '.'),
    );
  }

  /** Lines with `bindings`, one for each key, in columns. */
  layOut(bindings: readonly string[]): readonly string[] {
    const widths: number[] = [];
    const cells: string[][] = this.#rows.map(() => []);
    for (const [index, { row, column }] of this.#places.entries()) {
      const binding = bindings[index] ?? '';
      widths[column] = Math.max(widths[column] ?? 0, binding.length);
      const line = cells[row];
      if (line !== undefined) line[column] = binding;
    }
    return cells.map((line) =>
      Array.from(widths, (width = 0, column) => (line[column] ?? '').padEnd(width))
        .join(GAP)
        .trimEnd(),
    );
  }
}

function plainRows(count: number): KeyRows {
  const rows: string[] = [];
  for (let left = count; left > 0; left -= KEYS_A_LINE) rows.push('x'.repeat(Math.min(left, KEYS_A_LINE)));
  return rows;
}
