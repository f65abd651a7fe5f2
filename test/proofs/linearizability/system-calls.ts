/**
 * Getting in between the system calls of the engine, within one thread.
 */

import fs from 'node:fs';

/** The calls of the engine's protocol. Looks matter as much as changes: what was seen may be old by the next call. */
const CALLS = [
  'openSync',
  'readSync',
  'writeSync',
  'fstatSync',
  'lstatSync',
  'readdirSync',
  'renameSync',
  'unlinkSync',
  'rmSync',
  'ftruncateSync',
  'mkdirSync',
  'rmdirSync',
  'lutimesSync',
] as const;

/** Calls `action` before each system call of this thread from now on. */
export function beforeEachCall(action: () => void): void {
  for (const name of CALLS) {
    const call: (...args: never[]) => unknown = fs[name];
    Reflect.set(fs, name, (...args: never[]) => {
      action();
      return Reflect.apply(call, fs, args);
    });
  }
}

/** The longest stop of one who dawdles, in milliseconds; most are much shorter. */
const LONGEST_MS = 4;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** From now on this thread stops for a moment before a share of its system calls, so that others get in between. */
export function dawdle(share: number, random: () => number): void {
  beforeEachCall(() => {
    if (random() < share) Atomics.wait(sleeper, 0, 0, LONGEST_MS * random() ** 2);
  });
}
