/**
 * A process that ends itself in the middle of a call of the cache: at a system call of a given number.
 */

import fs from 'node:fs';

/** The calls at which a process may end: those by which the cache changes what others see, and those in between. */
const CALLS = [
  'openSync',
  'closeSync',
  'readSync',
  'writeSync',
  'fstatSync',
  'lstatSync',
  'renameSync',
  'unlinkSync',
  'mkdirSync',
  'rmdirSync',
  'ftruncateSync',
  'futimesSync',
  'utimesSync',
] as const;

let left = Number.POSITIVE_INFINITY;
let armed = 0;

function count(end: () => void): void {
  if (armed > 0 && --left === 0) end();
}

/** Counts system calls from now on, and calls `end` just before the one with number `call`. */
export function endAt(call: number, end: () => void): void {
  left = call;
  for (const name of CALLS) {
    const original: unknown = Reflect.get(fs, name);
    if (typeof original !== 'function') throw new Error(`there is no fs.${name}`);
    Reflect.set(fs, name, (...args: unknown[]) => {
      count(end);
      return Reflect.apply(original, fs, args);
    });
  }
}

/** Runs a call of the cache, whose system calls count; those in between, of the ledgers, don't. */
export function counted<T>(call: () => T): T {
  armed++;
  try {
    return call();
  } finally {
    armed--;
  }
}
