/**
 * What archives hold, whichever their format.
 */

import { archiveError } from './archive-error.ts';
import { isDecoded, isInnerPath, MAX_PATH_BYTES } from './inner-path.ts';
import type { TreeFolder, TreeLink } from './tree.ts';

/** A file in an archive. Its content must be read to its end before the next entry is asked for. */
export interface ArchivedFile {
  readonly type: 'file';
  readonly path: string;
  readonly mode: number;
  /** In milliseconds since the epoch. */
  readonly modified: number;
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Another name for a file that came before. */
export interface ArchivedHardLink {
  readonly type: 'hard link';
  readonly path: string;
  /** The other name, a path in the archive. */
  readonly target: string;
}

/** An entry of an archive. Its path is an inner path; what a link leads to is not checked. */
export type ArchiveEntry = ArchivedFile | ArchivedHardLink | TreeFolder | TreeLink;

/** An archive that is being read. */
export interface ArchiveReader {
  /** Each entry in turn, in the order of the archive. Who leaves early closes it. */
  entries(): AsyncGenerator<ArchiveEntry>;
  /** How much of it was read, from 0 to 1. */
  fraction(): number;
}

/** What an archive may be. */
export interface ArchiveLimits {
  /** The most that may be in it when it is unpacked, in bytes. */
  readonly maxUnpackedBytes: number;
}

/** More entries than any workspace has: the list of them is held in memory. */
export const MAX_ENTRIES = 1_000_000;

/**
 * The path that an entry's name means; `undefined` for the folder that all of it lies in.
 * @throws an {@link ArchiveError} if it leads out of there, or does so on some system, or is not UTF-8.
 */
export function entryPath(archive: string, name: string): string | undefined {
  // Before anything else looks at it: the patterns below take the square of its length.
  if (Buffer.byteLength(name) > MAX_PATH_BYTES) {
    throw archiveError(archive, `${name.slice(0, 80)}…`, `has a path of more than ${MAX_PATH_BYTES} bytes`);
  }
  const path = name.replace(/\/+$/, '').replace(/^(?:\.\/+)+/, '');
  if ((path === '' && name !== '' && !name.startsWith('/')) || path === '.') return undefined;
  if (!isInnerPath(path) || path.includes('\\') || /^[A-Za-z]:/.test(path)) {
    throw archiveError(archive, name, 'has a path that leads out of the archive, or would on some system');
  }
  if (!isDecoded(path)) throw archiveError(archive, name, 'has a name that is not UTF-8');
  return path;
}

/** The error for more than the limit. */
export function tooLarge(archive: string, { maxUnpackedBytes }: ArchiveLimits): Error {
  const limit = `holds more than ${maxUnpackedBytes} bytes when it is unpacked`;
  return archiveError(archive, undefined, `${limit}; raise maxUnpackedBytes if it is what you expect`);
}
