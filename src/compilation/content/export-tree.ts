/**
 * A whole tree, from pieces into an archive: all of it or nothing.
 */

import { randomBytes } from 'node:crypto';
import { createWriteStream, lstatSync, openSync, renameSync, rmSync, type WriteStream } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ArchiveFormat } from './archive-format.ts';
import type { ContentReader } from './content-reader.ts';
import { STAGING_SUFFIX } from './inner-path.ts';
import type { ProgressOptions } from './progress.ts';
import { isSystemError, RestoreError } from './restore-error.ts';
import type { TreeEntry } from './tree.ts';

/** What is exported, and how. */
export interface ExportTreeOptions extends ProgressOptions {
  readonly format: ArchiveFormat;
  readonly content: ContentReader;
  /** How many files there are, to tell how far it has come. */
  readonly files: number;
  /** Whether the archive may take the place of a file that is there. */
  readonly replace: boolean;
}

/** An archive that is being written. */
export interface ArchiveWriter {
  /** What it is made of. */
  readonly output: AsyncIterable<Uint8Array | string>;
  /** Adds an entry. Resolves when there is room for more. */
  add(entry: TreeEntry): Promise<void>;
  /** Ends it. */
  end(): void;
  /** Gives it up. */
  stop(): void;
}

/**
 * The time of all that is in an archive: the same content makes the same bytes, whenever it was restored or checked out.
 * A zip can't have one before 1980, and its times are of no zone: a month later it is 1980 everywhere.
 */
export const ARCHIVED_AT = { year: 1980, month: 1, day: 1 } as const;

/**
 * Writes `entries` into the archive `target`, under another name beside it, which is then renamed.
 *
 * Equal entries in the same order make equal bytes, given the same version of zlib.
 * @throws a {@link RestoreError} if there is something at its place, or the system refuses.
 * @throws a {@link MissingContentError}, {@link ManifestError} if the entries or their content are not all there.
 * @throws the reason of `signal` if that aborts.
 */
export async function exportTree(
  target: string,
  entries: AsyncIterable<TreeEntry>,
  options: ExportTreeOptions,
): Promise<void> {
  const there = lstatSync(target, { throwIfNoEntry: false });
  if (there !== undefined && (!options.replace || !there.isFile())) {
    throw new RestoreError(`${target} is there already; name a file that is not`);
  }
  const staged = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}${STAGING_SUFFIX}`);
  try {
    const writer = await createWriter(options);
    const stop = new AbortController();
    const sink = createWriteStream(staged, { fd: openSync(staged, 'wx') });
    try {
      await Promise.all([feed(writer, entries, options), write(writer, sink, options.format, stop.signal)]);
    } catch (error) {
      stop.abort();
      writer.stop();
      // The file can be removed when it is closed.
      if (!sink.closed) await new Promise<void>((resolve) => sink.once('close', () => resolve()));
      throw error;
    }
    options.signal?.throwIfAborted();
    renameSync(staged, target);
  } catch (cause) {
    rmSync(staged, { force: true });
    if (!isSystemError(cause)) throw cause;
    throw new RestoreError(`${target} can't be written: ${cause.message}`, { cause });
  }
}

async function createWriter({ format, content }: ExportTreeOptions): Promise<ArchiveWriter> {
  if (format === 'zip') return (await import('./write-zip.ts')).writeZip(content);
  return (await import('./write-tar.ts')).writeTar(content);
}

async function write(
  writer: ArchiveWriter,
  sink: WriteStream,
  format: ArchiveFormat,
  signal: AbortSignal,
): Promise<void> {
  if (format !== 'tar.gz') return pipeline(writer.output, sink, { signal });
  const { createGzip } = await import('node:zlib');
  return pipeline(writer.output, createGzip(), sink, { signal });
}

async function feed(
  writer: ArchiveWriter,
  entries: AsyncIterable<TreeEntry>,
  { files: total, signal, onProgress }: ExportTreeOptions,
): Promise<void> {
  let files = 0;
  let bytes = 0;
  for await (const entry of entries) {
    signal?.throwIfAborted();
    await writer.add(entry);
    if (entry.type !== 'file') continue;
    files += 1;
    bytes += entry.size;
    onProgress?.({ files, bytes, fraction: total === 0 ? 1 : Math.min(1, files / total) });
  }
  writer.end();
}
