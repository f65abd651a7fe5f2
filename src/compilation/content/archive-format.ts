/**
 * The kinds of archives: how one is recognised, and chosen.
 */

import { closeSync, openSync, readSync } from 'node:fs';
import { CacheArgumentError } from '../../errors.ts';
import { archiveError } from './archive-error.ts';

/** An archive's format. `tar.gz` is a tar, compressed by gzip. */
export type ArchiveFormat = 'zip' | 'tar' | 'tar.gz';

/** All formats. */
export const ARCHIVE_FORMATS: readonly ArchiveFormat[] = ['zip', 'tar', 'tar.gz'];

const SUPPORTED = 'zip, tar and tar.gz are supported';

/** By what the others begin with that somebody may try. */
const UNSUPPORTED: readonly (readonly [name: string, start: string])[] = [
  ['compressed by xz', 'fd377a585a00'],
  ['compressed by zstd', '28b52ffd'],
  ['compressed by bzip2', '425a68'],
  ['compressed by lz4', '04224d18'],
  ['compressed by compress', '1f9d'],
  ['a 7z archive', '377abcaf271c'],
  ['a rar archive', '526172211a07'],
];

const TAR_MAGIC_OFFSET = 257;

/**
 * The format of an archive by its content, whatever it is called.
 * @throws an {@link ArchiveError} if it is none of them.
 * @throws the system's error if it can't be read.
 */
export function recogniseArchive(file: string): ArchiveFormat {
  const start = readStart(file, TAR_MAGIC_OFFSET + 5);
  const hex = start.toString('hex');
  // The header of an entry, or the end of an empty archive.
  if (hex.startsWith('504b0304') || hex.startsWith('504b0506')) return 'zip';
  if (hex.startsWith('1f8b')) return 'tar.gz';
  if (start.toString('latin1', TAR_MAGIC_OFFSET) === 'ustar') return 'tar';
  const [known] = UNSUPPORTED.find(([, magic]) => hex.startsWith(magic)) ?? [];
  throw archiveError(file, undefined, `is ${known ?? 'no archive, or a damaged one'}; ${SUPPORTED}`);
}

/**
 * The format that a file's name asks for.
 * @throws a {@link CacheArgumentError} if it asks for none of them.
 */
export function formatOfName(file: string): ArchiveFormat {
  const name = file.toLowerCase();
  if (name.endsWith('.zip')) return 'zip';
  if (name.endsWith('.tar.gz') || name.endsWith('.tgz')) return 'tar.gz';
  if (name.endsWith('.tar')) return 'tar';
  throw new CacheArgumentError(
    `file must end with .zip, .tar, .tar.gz or .tgz, or a format be given; got ${JSON.stringify(file)}`,
  );
}

function readStart(file: string, length: number): Buffer {
  const start = Buffer.alloc(length);
  const descriptor = openSync(file, 'r');
  try {
    return start.subarray(0, readSync(descriptor, start, 0, length, 0));
  } finally {
    closeSync(descriptor);
  }
}
