/**
 * System calls on files, each with what the engine needs everywhere: no links followed, no waiting on pipes, no
 * access time disturbed, short writes finished.
 */

import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const { O_RDONLY, O_RDWR, O_WRONLY, O_CREAT, O_EXCL, O_APPEND } = fs.constants;

// Windows has none of these; there they are 0.
const O_NOFOLLOW = fs.constants.O_NOFOLLOW ?? 0;
const O_NONBLOCK = fs.constants.O_NONBLOCK ?? 0;
const O_NOATIME = fs.constants.O_NOATIME ?? 0;

/** A link, a pipe or a device in the place of a file leads nowhere and blocks nothing. */
const SAFE = O_NOFOLLOW | O_NONBLOCK;

/** Mode of every file: private to the user. */
const FILE_MODE = 0o600;
/** Mode of every folder: private to the user. */
const FOLDER_MODE = 0o700;

/** The code of a system error, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether `error` says that a file or a folder on its path is not there. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Repeats a system call that a signal interrupted. */
export function uninterrupted<T>(call: () => T): T {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (errorCode(error) !== 'EINTR') throw error;
    }
  }
}

let noAtime = O_NOATIME;

/**
 * Opens a file to read it. The kernel is asked not to touch the access time: what counts as an access is decided by
 * the engine alone.
 */
export function openToRead(path: string): number {
  try {
    return fs.openSync(path, O_RDONLY | SAFE | noAtime);
  } catch (error) {
    // Only a file's owner may ask for that; where files belong to somebody else, do without.
    if (noAtime === 0 || errorCode(error) !== 'EPERM') throw error;
    const descriptor = fs.openSync(path, O_RDONLY | SAFE);
    noAtime = 0;
    return descriptor;
  }
}

/** Opens an existing file to read and change it. */
export function openToChange(path: string): number {
  return fs.openSync(path, O_RDWR | SAFE);
}

/** Creates a file that must not exist yet. */
export function createExclusively(path: string): number {
  return fs.openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);
}

/**
 * Opens a file to append to it and read it, creating it when missing. Read-write matters: on overlayfs a descriptor
 * of the lower layer would not notice that the file was replaced.
 */
export function openToAppend(path: string): number {
  return fs.openSync(path, O_RDWR | O_CREAT | O_APPEND | SAFE, FILE_MODE);
}

/** Creates a file that must not exist yet, to append to it while others do. */
export function createToAppend(path: string): number {
  return fs.openSync(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW, FILE_MODE);
}

/** Closes a descriptor; a close that fails has still freed it. */
export function closeQuietly(descriptor: number): void {
  try {
    fs.closeSync(descriptor);
  } catch {
    // Nothing to do about it, and nothing depends on it: data was checked by whoever wrote it.
  }
}

/** Writes all of `bytes` at the descriptor's position. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) {
    const from = written;
    written += uninterrupted(() => fs.writeSync(descriptor, bytes, from, bytes.length - from));
  }
}

/** Reads from `position` until `target` is full or the file ends; returns the number of bytes read. */
export function readInto(descriptor: number, target: Uint8Array, position: number): number {
  let total = 0;
  while (total < target.length) {
    const from = total;
    const count = uninterrupted(() => fs.readSync(descriptor, target, from, target.length - from, position + from));
    if (count === 0) break;
    total += count;
  }
  return total;
}

const writeAsync = promisify(fs.write);
const readAsync = promisify(fs.read);

/** Flushes a file to its device without blocking the event loop. */
export const fsyncAsync: (descriptor: number) => Promise<void> = promisify(fs.fsync);

/** {@link writeAll} without blocking the event loop. */
export async function writeAllAsync(descriptor: number, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await writeAsync(descriptor, bytes, written, bytes.length - written);
    written += bytesWritten;
  }
}

/** {@link readInto} without blocking the event loop. */
export async function readIntoAsync(descriptor: number, target: Uint8Array, position: number): Promise<number> {
  let total = 0;
  while (total < target.length) {
    const { bytesRead } = await readAsync(descriptor, target, total, target.length - total, position + total);
    if (bytesRead === 0) break;
    total += bytesRead;
  }
  return total;
}

/** Removes a file; `false` if there was none. */
export function unlinkIfThere(path: string): boolean {
  try {
    uninterrupted(() => fs.unlinkSync(path));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** The access time that marks a file as taken away, in seconds since the epoch. Writing to the file does not erase it. */
const TAKEN = 1.25;

/**
 * Removes a file in passing, as reapers and sweeps do, not because its key was to lose it. A set that has just made it
 * and holds it open sees by its mark that it was not killed. `false` if there was none.
 */
export function takeAway(path: string): boolean {
  try {
    // Follows no link.
    fs.lutimesSync(path, TAKEN, TAKEN);
  } catch {
    // Without its mark it looks killed, which is as bad as an eviction: a miss.
  }
  return unlinkIfThere(path);
}

/** Whether the file of an open descriptor was removed by {@link takeAway}. */
export function wasTaken(stat: fs.Stats): boolean {
  return stat.nlink === 0 && stat.atimeMs === TAKEN * 1000;
}

/** Creates a private folder; `false` if something of that name was there. */
export function makeFolder(path: string): boolean {
  try {
    uninterrupted(() => fs.mkdirSync(path, { mode: FOLDER_MODE }));
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** What the system tells of a path, of a link itself where it is one; `undefined` if nothing is there. */
export function statOf(path: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A file stands in the place of a folder above it.
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether a folder is there; a link to one is none. */
export function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() ?? false;
}

/** Makes sure of a private folder whose name is the engine's own: what else stands there is removed, links unfollowed. */
export function makeOwnFolder(path: string): void {
  if (makeFolder(path) || isFolder(path)) return;
  unlinkIfThere(path);
  makeFolder(path);
}

/**
 * Creates a private folder and what is missing of the path to it; `false` if it was there. Level by level, since the
 * recursive form never returns where the system says that a folder is missing though its parent is there (procfs).
 */
export function makeFolders(path: string): boolean {
  try {
    return makeFolder(path);
  } catch (error) {
    const parent = dirname(path);
    if (errorCode(error) !== 'ENOENT' || parent === path || fs.existsSync(parent)) throw error;
    makeFolders(parent);
    return makeFolder(path);
  }
}

/** The names in a folder; none if it isn't there. */
export function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Disk space that a file takes. File systems that allocate late report no blocks yet; then its length stands in. */
export function allocatedBytes(stat: fs.Stats): number {
  if (stat.blocks > 0) return stat.blocks * 512;
  return Math.ceil(stat.size / 4096) * 4096;
}
