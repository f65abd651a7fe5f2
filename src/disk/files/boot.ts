/**
 * Which run of the operating system this is. A power cut ends one, and with it the order in which files reached the
 * disk.
 */

import * as fs from 'node:fs';
import { builtin } from '../../builtin.ts';
import { closeQuietly, readInto } from './files.ts';

/** All ids have this length, so that one can be written over another. */
const ID_LENGTH = 36;
const BY_TIME = 'since-';
/** The time of boot, computed twice, differs by what the clock was set meanwhile, in seconds. */
const TOLERANCE_SECONDS = 120;

let known: string | undefined;

/** The id of this run of the system: Linux has one, elsewhere the time of boot stands for it. */
export function bootId(): string {
  known ??= readBootId() ?? bootTimeId(Date.now() / 1000 - builtin('node:os').uptime());
  return known;
}

function readBootId(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const descriptor = fs.openSync('/proc/sys/kernel/random/boot_id', 'r');
    try {
      const id = Buffer.alloc(ID_LENGTH);
      return readInto(descriptor, id, 0) === ID_LENGTH ? id.toString('latin1') : undefined;
    } finally {
      closeQuietly(descriptor);
    }
  } catch {
    return undefined;
  }
}

/** The id of a run that began at a time in seconds since the epoch. */
export function bootTimeId(seconds: number): string {
  return `${BY_TIME}${Math.round(seconds)}`.padEnd(ID_LENGTH, '-');
}

/** Whether two ids are of the same run. */
export function isSameBoot(one: string, other: string): boolean {
  if (one === other) return true;
  const [first, second] = [bootTime(one), bootTime(other)];
  return first !== undefined && second !== undefined && Math.abs(first - second) <= TOLERANCE_SECONDS;
}

function bootTime(id: string): number | undefined {
  return id.startsWith(BY_TIME) ? Number.parseInt(id.slice(BY_TIME.length), 10) : undefined;
}
