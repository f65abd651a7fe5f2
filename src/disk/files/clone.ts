/**
 * New files that share the blocks of old ones, where the file system can do that (Btrfs, XFS, APFS, bcachefs, ReFS).
 */

import * as fs from 'node:fs';
import { dirname } from 'node:path';
import {
  closeQuietly,
  createExclusively,
  errorCode,
  uninterrupted,
  unlinkIfThere,
  writeAll,
  writeAllAsync,
} from './files.ts';

const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = fs.constants;

/** What a file system says that can't share blocks, or not between these two files. */
const CANNOT: ReadonlySet<unknown> = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EINVAL', 'ENOSYS', 'ENOTTY', 'EPERM']);

/** Devices that were found unable: to try costs as much as to write a small file. */
const unable = new Set<number>();

/** Whether files beside `path` may share blocks with others; not known before it was tried. */
export function mayClone(path: string): boolean {
  return !unable.has(fs.statSync(dirname(path)).dev);
}

/**
 * Makes the new file `to` a copy-on-write twin of `from`.
 * @returns `false` if that can't be had here, or `from` is gone; then there is no new file.
 * @throws the system's error if `to` can't be created.
 */
export function cloneFile(from: string, to: string): boolean {
  try {
    uninterrupted(() => fs.copyFileSync(from, to, COPYFILE_EXCL | COPYFILE_FICLONE_FORCE));
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return false;
    if (!CANNOT.has(code)) throw error;
    unable.add(fs.statSync(dirname(to)).dev);
    return false;
  }
}

/**
 * Writes a new file; without blocking the event loop if that is more than `syncLimit` bytes.
 * @throws the system's error if that fails; then there is no new file.
 */
export async function writeNewFile(path: string, bytes: Uint8Array, syncLimit: number): Promise<void> {
  const descriptor = uninterrupted(() => createExclusively(path));
  try {
    if (bytes.length > syncLimit) await writeAllAsync(descriptor, bytes);
    else writeAll(descriptor, bytes);
  } catch (error) {
    unlinkIfThere(path);
    throw error;
  } finally {
    closeQuietly(descriptor);
  }
}
