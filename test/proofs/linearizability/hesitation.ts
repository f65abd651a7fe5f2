/**
 * A process that dawdles between its system calls, so that others get in between far more often than chance would let
 * them: what takes a million operations to go wrong by itself then takes a few thousand.
 */

import fs from 'node:fs';

/** The system calls of the engine's protocol. Looks matter as much as changes: what was seen may be old by the next call. */
const CALLS = [
  'openSync',
  'readSync',
  'writeSync',
  'fstatSync',
  'lstatSync',
  'readdirSync',
  'renameSync',
  'unlinkSync',
  'ftruncateSync',
  'mkdirSync',
  'rmdirSync',
] as const;

/** How somebody dawdles. */
export interface Hesitation {
  /** The calls before which it does; all unless given. */
  readonly before?: readonly (typeof CALLS)[number][];
  /** The share of these calls. */
  readonly share: number;
  /** The longest stop, in milliseconds; most are much shorter. 2 unless given. */
  readonly longestMs?: number;
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** From now on this thread dawdles. */
export function hesitate({ before = CALLS, share, longestMs = 2 }: Hesitation, random: () => number): void {
  for (const name of before) {
    const call: (...args: never[]) => unknown = fs[name];
    Reflect.set(fs, name, (...args: never[]) => {
      if (random() < share) Atomics.wait(sleeper, 0, 0, longestMs * random() ** 2);
      return Reflect.apply(call, fs, args);
    });
  }
}
