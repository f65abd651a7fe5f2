/**
 * The gate that a process has before and after each system call of its own main thread: there it can be stopped
 * or kept busy. Must be imported before anything that uses `node:fs`.
 */

import fs from 'node:fs';
import { report } from '../../support/program-side.ts';
import type { Fate, Moment } from './moments.ts';

/** The synchronous calls that the engine and the lock make. */
const CALLS = [
  'openSync',
  'closeSync',
  'readSync',
  'writeSync',
  'fstatSync',
  'lstatSync',
  'statSync',
  'existsSync',
  'readdirSync',
  'renameSync',
  'unlinkSync',
  'rmSync',
  'mkdirSync',
  'rmdirSync',
  'ftruncateSync',
  'futimesSync',
  'utimesSync',
  'lutimesSync',
];

const readlink = fs.readlinkSync;

/** Where fate strikes, in this order. */
let ahead: readonly Moment[] = [];
let fate: Fate = { kind: 'stopped' };
/** Calls that fitted the first moment ahead. */
let passed = 0;

/** Lets a fate strike at each of `moments`, one after the other. */
export function arm(moments: readonly Moment[], what: Fate): void {
  ahead = moments;
  fate = what;
  passed = 0;
}

/** Lets nothing strike any more. */
export function disarm(): void {
  ahead = [];
}

/** The path that a call is about: a descriptor's own, and both of a rename. */
function pathOf(name: string, args: readonly unknown[]): string {
  const [first, second] = args;
  if (typeof first === 'number') {
    try {
      return readlink(`/proc/self/fd/${first}`).replace(/ \(deleted\)$/, '');
    } catch {
      return '';
    }
  }
  return name === 'renameSync' ? `${String(first)} -> ${String(second)}` : String(first);
}

function fits({ call, path, writes, nth = 1 }: Moment, name: string, args: readonly unknown[]): boolean {
  if (call !== undefined && ![call].flat().includes(name)) return false;
  if (writes !== undefined && !String(args[1]).includes(writes)) return false;
  if (path !== undefined && !new RegExp(path).test(pathOf(name, args))) return false;
  passed++;
  return passed === nth;
}

function strike(): void {
  report({ stopped: true });
  if (fate.kind === 'stopped') process.kill(process.pid, 'SIGSTOP');
  else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, fate.milliseconds);
}

/** A write of which others see the first half for a while. */
function writeInHalves(write: (...args: readonly unknown[]) => unknown, args: readonly unknown[]): unknown {
  const [descriptor, text] = args;
  const bytes = Buffer.from(String(text));
  const half = bytes.length >> 1;
  write(descriptor, bytes.subarray(0, half));
  strike();
  write(descriptor, bytes.subarray(half));
  return bytes.length;
}

/** Lets fate strike if this side of this call is where it waits; both sides of one call may be. */
function pass(side: Moment['when'], name: string, args: readonly unknown[]): boolean {
  const [moment, ...later] = ahead;
  if (moment?.when !== side || !fits(moment, name, args)) return false;
  ahead = later;
  passed = 0;
  if (side !== 'within') strike();
  return true;
}

for (const name of CALLS) {
  const original: unknown = Reflect.get(fs, name);
  if (typeof original !== 'function') throw new Error(`node:fs has no ${name}`);
  const make = (...args: readonly unknown[]): unknown => Reflect.apply(original, fs, args);
  Reflect.set(fs, name, (...args: readonly unknown[]) => {
    if (ahead.length === 0) return make(...args);
    pass('before', name, args);
    try {
      return pass('within', name, args) ? writeInHalves(make, args) : make(...args);
    } finally {
      pass('after', name, args);
    }
  });
}
