/**
 * All that an archive holds, into pieces.
 */

import {
  type ArchivedFile,
  type ArchivedHardLink,
  type ArchiveEntry,
  type ArchiveReader,
  MAX_ENTRIES,
  tooLarge,
} from './archive-entry.ts';
import { archiveError } from './archive-error.ts';
import { recogniseArchive } from './archive-format.ts';
import { BLOB_BYTES, type BlobRef } from './blob-store.ts';
import { createBreather } from './breather.ts';
import type { PutPiece } from './capture-file.ts';
import { byPath } from './capture-folder.ts';
import type { IsExcluded } from './excluded-paths.ts';
import { FilePacker, PACKED_FILE_BYTES } from './file-packer.ts';
import { isDecoded, isInnerLink } from './inner-path.ts';
import type { ProgressOptions } from './progress.ts';
import type { TreeEntry, TreeFile } from './tree.ts';
import { TreePathError, TreePaths } from './tree-paths.ts';

/** How an archive is recorded. */
export interface CaptureArchiveOptions extends ProgressOptions {
  readonly put: PutPiece;
  readonly isExcluded: IsExcluded;
  /** The most that may be in it when it is unpacked, in bytes. */
  readonly maxUnpackedBytes: number;
}

/**
 * Records all that an archive holds, in the format that its content shows. It is read as a stream, once.
 *
 * A hard link becomes a file of its own, with the content of the file before it that it names.
 * @returns the entries, sorted by path.
 * @throws an {@link ArchiveError} if it is damaged or not supported, or holds what leads out of it, something that is
 * neither file nor folder nor link, or two things in one place.
 * @throws the reason of `signal` if that aborts; what `put` throws; the system's error if it can't be read.
 */
export async function captureArchive(archive: string, options: CaptureArchiveOptions): Promise<TreeEntry[]> {
  const reader = await openArchive(archive, options);
  const capture = new ArchiveCapture(archive, options, reader);
  return capture.run();
}

async function openArchive(archive: string, options: CaptureArchiveOptions): Promise<ArchiveReader> {
  const format = recogniseArchive(archive);
  if (format === 'zip') return (await import('./read-zip.ts')).readZip(archive, options);
  return (await import('./read-tar.ts')).readTar(archive, format === 'tar.gz', options);
}

/** An archive on its way into pieces. */
class ArchiveCapture {
  readonly #archive: string;
  readonly #options: CaptureArchiveOptions;
  readonly #reader: ArchiveReader;
  readonly #paths = new TreePaths();
  readonly #entries: TreeEntry[] = [];
  readonly #files = new Map<string, TreeFile>();
  readonly #packer: FilePacker;
  #told = 0;
  #bytes = 0;

  constructor(archive: string, options: CaptureArchiveOptions, reader: ArchiveReader) {
    this.#archive = archive;
    this.#options = options;
    this.#reader = reader;
    this.#packer = new FilePacker(options.put, (file) => this.#keep(file));
  }

  async run(): Promise<TreeEntry[]> {
    const { signal, isExcluded } = this.#options;
    const breathe = createBreather();
    let count = 0;
    for await (const entry of this.#reader.entries()) {
      signal?.throwIfAborted();
      if (++count > MAX_ENTRIES) throw archiveError(this.#archive, undefined, `has more than ${MAX_ENTRIES} entries`);
      const { path } = entry;
      const isNew = this.#claim(path, entry.type === 'hard link' ? 'file' : entry.type);
      if (isLeftOut(path, isExcluded)) await skip(entry, signal);
      else if (entry.type === 'file') await this.#addFile(entry);
      else if (entry.type === 'hard link') await this.#addHardLink(entry);
      else {
        if (entry.type === 'link' && !isInnerLink(path, entry.target)) {
          throw archiveError(this.#archive, path, `is a link to ${entry.target}, which leads out of the archive`);
        }
        if (entry.type === 'link' && !isDecoded(entry.target)) {
          throw archiveError(this.#archive, path, 'is a link to a name that is not UTF-8');
        }
        if (isNew) this.#entries.push(entry);
      }
      await breathe();
    }
    await this.#packer.flush();
    return this.#entries.sort(byPath);
  }

  #claim(path: string, type: TreeEntry['type']): boolean {
    try {
      return this.#paths.add(path, type);
    } catch (error) {
      if (!(error instanceof TreePathError)) throw error;
      throw archiveError(this.#archive, path, `can't be unpacked beside another: ${error.message}`);
    }
  }

  async #addFile({ path, mode, modified, content }: ArchivedFile): Promise<void> {
    const { put, signal } = this.#options;
    const facts = { path, mode, modified };
    const blobs: BlobRef[] = [];
    let size = 0;
    let small: Uint8Array | undefined = new Uint8Array();
    for await (const piece of inPieces(content)) {
      signal?.throwIfAborted();
      small = size + piece.byteLength <= PACKED_FILE_BYTES ? piece : undefined;
      size += piece.byteLength;
      if (small === undefined) blobs.push(await put(piece));
    }
    if (small === undefined) this.#keep({ type: 'file', ...facts, size, blobs });
    else await this.#packer.add(facts, small);
    this.#tell(size);
  }

  async #addHardLink({ path, target }: ArchivedHardLink): Promise<void> {
    if (!this.#files.has(target)) await this.#packer.flush();
    const file = this.#files.get(target);
    if (file === undefined) {
      const other = JSON.stringify(target);
      throw archiveError(this.#archive, path, `is a hard link to ${other}, which is no file before it in the archive`);
    }
    // It takes a few bytes of the archive, and as many of the folder that it is restored into as any file.
    if (this.#bytes + file.size > this.#options.maxUnpackedBytes) throw tooLarge(this.#archive, this.#options);
    this.#keep({ ...file, path });
    this.#tell(file.size);
  }

  #keep(file: TreeFile): void {
    this.#entries.push(file);
    this.#files.set(file.path, file);
  }

  #tell(size: number): void {
    this.#told += 1;
    this.#bytes += size;
    this.#options.onProgress?.({ files: this.#told, bytes: this.#bytes, fraction: this.#reader.fraction() });
  }
}

/** Who leaves out a folder leaves out what is in it. */
function isLeftOut(path: string, isExcluded: IsExcluded): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (isExcluded(path.slice(0, end))) return true;
  }
  return false;
}

/** An archive is read on from where the content of an entry ends. */
async function skip(entry: ArchiveEntry, signal: AbortSignal | undefined): Promise<void> {
  if (entry.type !== 'file') return;
  for await (const _ of entry.content) signal?.throwIfAborted();
}

/** Content in pieces that are as large as can be, but for the last; that comes when all was read. */
async function* inPieces(content: ArchivedFile['content']): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of content) {
    for (let start = 0; start < part.byteLength; ) {
      const fitting = part.subarray(start, start + BLOB_BYTES - length);
      parts.push(fitting);
      length += fitting.byteLength;
      start += fitting.byteLength;
      if (length < BLOB_BYTES) continue;
      yield Buffer.concat(parts);
      parts = [];
      length = 0;
    }
  }
  const [only] = parts;
  if (only !== undefined) yield parts.length === 1 ? only : Buffer.concat(parts);
}
