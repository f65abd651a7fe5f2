/**
 * Reading tar and tar.gz. Loaded when there is one to read.
 */

import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import * as tar from 'tar-stream';
import { type ArchiveEntry, type ArchiveLimits, type ArchiveReader, entryPath, tooLarge } from './archive-entry.ts';
import { ArchiveError, archiveError } from './archive-error.ts';

/** What a tar is made of; two that are empty end it. */
const BLOCK_BYTES = 512;
const READ_BYTES = 256 * 1024;

/** An entry as the library gives it. */
type TarEntry = tar.Extract extends AsyncIterable<infer Entry> ? Entry : never;

/**
 * Opens a tar.
 * @param isZipped whether it is compressed by gzip.
 */
export function readTar(archive: string, isZipped: boolean, limits: ArchiveLimits): ArchiveReader {
  const { size } = statSync(archive);
  let bytesRead = () => 0;
  return {
    fraction: () => (size === 0 ? 1 : Math.min(1, bytesRead() / size)),
    async *entries() {
      const source = createReadStream(archive, { highWaterMark: READ_BYTES });
      bytesRead = () => source.bytesRead;
      // What fails comes out where the bytes are waited for.
      const bytes = isZipped ? pipeline(source, createGunzip({ chunkSize: READ_BYTES }), () => {}) : source;
      const extract = tar.extract();
      let total = 0;
      let contentEnd = 0;
      const counted = wholeTar(archive, bytes, limits, (length) => {
        total = length;
      });
      const pumped = pump(counted, extract);
      for await (const entry of reading(archive, undefined, extract)) {
        const found = entryOf(archive, entry);
        contentEnd = endOf(entry);
        // The library waits until its content was read. That of a link, as some write it, is of no interest.
        if (found?.type !== 'file') entry.resume();
        if (found !== undefined) yield found;
      }
      await pumped;
      // Content may end in zeros, too.
      if (total < contentEnd + BLOCK_BYTES) throw endMissing(archive);
    },
  };
}

/** Writes all of `bytes` to `extract`, which passes on what goes wrong to whoever waits for entries. */
async function pump(bytes: AsyncIterable<Uint8Array>, extract: tar.Extract): Promise<void> {
  let wake = () => {};
  for (const event of ['drain', 'close'] as const) extract.on(event, () => wake());
  try {
    for await (const piece of bytes) {
      if (extract.destroyed) return;
      if (extract.write(piece)) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    extract.end(undefined);
  } catch (error) {
    extract.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function entryOf(archive: string, source: TarEntry): ArchiveEntry | undefined {
  const { name, type, linkname, mtime, pax, ...header } = source.header;
  const path = entryPath(archive, name);
  if (path === undefined) return undefined;
  const mode = header.mode & 0o777;
  const target = linkname ?? '';
  switch (type) {
    case 'directory':
      return { type: 'folder', path, mode };
    case 'symlink':
      return { type: 'link', path, target };
    case 'link': {
      const other = entryPath(archive, target);
      if (other === undefined) throw archiveError(archive, name, `is a hard link to ${JSON.stringify(target)}`);
      return { type: 'hard link', path, target: other };
    }
    case 'file':
    case 'contiguous-file':
      if (Object.keys(pax ?? {}).some((record) => record.startsWith('GNU.sparse.'))) {
        throw archiveError(archive, name, 'is a sparse file; write the archive without --sparse');
      }
      return {
        type: 'file',
        path,
        mode,
        modified: Math.max(0, mtime.getTime() || 0),
        content: reading(archive, name, bytesOf(source)),
      };
    case 'character-device':
    case 'block-device':
    case 'fifo':
      throw archiveError(archive, name, `is a ${type.replace('-', ' ')}, which is no part of a workspace`);
    default:
      throw archiveError(archive, name, 'is of an unknown type; only files, folders and links are supported');
  }
}

/** The library's types don't say what its streams are made of. */
async function* bytesOf(source: TarEntry): AsyncGenerator<Uint8Array> {
  for await (const piece of source) if (piece instanceof Uint8Array) yield piece;
}

/** Passes on what it reads, and what goes wrong as an {@link ArchiveError}. */
async function* reading<T>(archive: string, entry: string | undefined, source: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (cause) {
    if (cause instanceof ArchiveError) throw cause;
    const reason = cause instanceof Error ? cause.message : cause;
    throw archiveError(archive, entry, `is truncated or damaged: ${reason}`, { cause });
  }
}

/** Passes on bytes that are within the limits and end as a tar does: it may have been cut between two entries. */
async function* wholeTar(
  archive: string,
  bytes: AsyncIterable<Buffer>,
  limits: ArchiveLimits,
  onTotal: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  let end = Buffer.alloc(0);
  for await (const piece of bytes) {
    total += piece.length;
    if (total > limits.maxUnpackedBytes) throw tooLarge(archive, limits);
    end = Buffer.concat([end, piece.subarray(-BLOCK_BYTES)]).subarray(-BLOCK_BYTES);
    onTotal(total);
    yield piece;
  }
  const isWhole = end.length === BLOCK_BYTES && end.every((byte) => byte === 0);
  if (!isWhole) throw endMissing(archive);
}

function endMissing(archive: string): ArchiveError {
  return archiveError(archive, undefined, 'is truncated: the mark of its end is missing');
}

/** Where in the tar the blocks of an entry's content end; the library's types lack where they begin. */
function endOf({ header }: TarEntry): number {
  const begin = 'byteOffset' in header && typeof header.byteOffset === 'number' ? header.byteOffset : 0;
  return header.type === 'directory' ? begin : begin + Math.ceil((header.size ?? 0) / BLOCK_BYTES) * BLOCK_BYTES;
}
