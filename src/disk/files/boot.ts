/**
 * Which run of the operating system this is. A power cut ends one, and with it the order in which files reached the
 * disk.
 */

import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** All ids have this length, so that one can be written over another. */
const ID_LENGTH = 36;
const BY_TIME = 'since-';
/** The time of boot, computed twice, differs by what the clock was set meanwhile, in seconds. */
const TOLERANCE_SECONDS = 120;

let known: string | undefined;

/** The id of this run of the system: Linux has one, elsewhere the time of boot stands for it. */
export function bootId(): string {
  known ??= readBootId() ?? bootTimeId(Date.now() / 1000 - uptime());
  return known;
}

function readBootId(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const id = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return id.length === ID_LENGTH ? id : undefined;
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
