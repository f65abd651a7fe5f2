/**
 * What one call builds: a firmware for each board, and shield.
 */

import { CacheArgumentError } from '../../errors.ts';

/** One firmware. */
export interface BuildTarget {
  readonly board: string;
  readonly shield: string | undefined;
  /** Board and shield as a part of file names, as in the names of the artifacts that ZMK's own workflow makes. */
  readonly name: string;
}

/** `nice_nano_v2`, `glove80_lh`, `nrf52840dk/nrf52840`, `planck@1.0.0`. */
const BOARD = /^\w[\w.+-]*(?:@[\w.-]+)?(?:\/[\w.+-]+)*$/;
/** `corne_left`, `corne_left nice_view_adapter nice_view`. */
const SHIELD = /^\w[\w.+-]*(?: \w[\w.+-]*)*$/;

/**
 * A target for each board with each shield.
 * @throws a {@link CacheArgumentError} if one is no name, or if two targets would have artifacts of the same names.
 */
export function targetsOf(boards: readonly string[], shields: readonly string[] = []): BuildTarget[] {
  if (boards === undefined || boards.length === 0) {
    throw new CacheArgumentError("boards must name at least one board, such as 'glove80_lh'");
  }
  for (const board of boards) check('boards', "names of boards, such as 'glove80_lh'", BOARD, board);
  for (const shield of shields) check('shields', "names of shields, such as 'corne_left'", SHIELD, shield);
  const choices = shields.length === 0 ? [undefined] : shields;
  const targets = boards.flatMap((board) => choices.map((shield) => ({ board, shield, name: nameOf(board, shield) })));
  const names = targets.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return targets;
  throw new CacheArgumentError(`boards and shields must each be named once; ${JSON.stringify(twice)} is there twice`);
}

function nameOf(board: string, shield: string | undefined): string {
  return [shield, board]
    .filter((part) => part !== undefined)
    .join('-')
    .replace(/[^\w.@+-]/g, '_');
}

function check(list: string, what: string, pattern: RegExp, name: string): void {
  if (typeof name === 'string' && pattern.test(name)) return;
  throw new CacheArgumentError(`${list} must hold ${what}, got ${JSON.stringify(name)}`);
}
