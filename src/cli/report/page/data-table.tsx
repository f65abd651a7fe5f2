/**
 * Tables: of what a picture shows, and of entries.
 */

import type { ComponentChildren } from 'preact';

/** A cell: what it shows and, if that differs, what it is sorted by. */
export interface Cell {
  readonly content: ComponentChildren;
  readonly value?: number | string;
}

/** A column: what stands above it, and whether it holds figures. */
export interface DataColumn {
  readonly heading: string;
  readonly isFigure?: boolean;
}

interface TableProps {
  readonly caption: string;
  readonly columns: readonly DataColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

/**
 * A table, the first column of which names its rows. On a narrow screen each row of a `wide` one becomes a block.
 */
export function DataTable({ caption, columns, rows, wide }: TableProps & { readonly wide?: boolean }) {
  return (
    <table class={wide ? 'wide' : undefined}>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ heading, isFigure }) => (
            <th key={heading} scope="col" class={isFigure ? 'figure' : undefined}>
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells, row) => (
          <tr key={row}>
            {columns.map(({ heading, isFigure }, at) => {
              const { content, value } = cells[at] ?? { content: '' };
              const attributes = { class: isFigure ? 'figure' : undefined, 'data-label': heading, 'data-value': value };
              return at === 0 ? (
                <th key={heading} scope="row" {...attributes}>
                  {content}
                </th>
              ) : (
                <td key={heading} {...attributes}>
                  {content}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The figures of a picture, folded up below it. */
export function Numbers(props: TableProps) {
  return (
    <details class="numbers">
      <summary>Numbers</summary>
      <DataTable {...props} />
    </details>
  );
}
