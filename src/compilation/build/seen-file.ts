/**
 * Files that were read once, and whether they need to be read again.
 */

import type { Stats } from 'node:fs';

/** A file as it stood when it was read. */
export interface SeenFile {
  readonly digest: string;
  readonly stat: FileState;
  /** When it was read, in milliseconds since the epoch. */
  readonly readAt: number;
}

/** What tells, without reading it, that a file was changed. */
export type FileState = Pick<Stats, 'ino' | 'size' | 'mtimeMs' | 'ctimeMs' | 'mode'>;

/** A file changed this shortly before it was read may change again without another time stamp. */
const CLOCK_GRAIN_MS = 100;

/** Whether a file that was read is still what it was, by its state now. */
export function isUntouched(seen: SeenFile, now: FileState): boolean {
  return (
    seen.stat.ino === now.ino &&
    seen.stat.size === now.size &&
    seen.stat.mtimeMs === now.mtimeMs &&
    seen.stat.ctimeMs === now.ctimeMs &&
    seen.stat.mode === now.mode &&
    now.ctimeMs < seen.readAt - CLOCK_GRAIN_MS
  );
}
