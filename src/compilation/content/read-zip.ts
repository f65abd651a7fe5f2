/**
 * Reading zip. Loaded when there is one to read.
 */

import { isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import yauzl from 'yauzl';
import { crc32 } from '../../crc32.ts';
import {
  type ArchiveEntry,
  type ArchiveLimits,
  type ArchiveReader,
  entryPath,
  MAX_ENTRIES,
  tooLarge,
} from './archive-entry.ts';
import { ArchiveError, archiveError } from './archive-error.ts';
import { MAX_PATH_BYTES } from './inner-path.ts';

/** Entries up to this size, in bytes, are read and unpacked at once, which costs a fraction of a stream. */
const AT_ONCE_BYTES = 512 * 1024;
const READ_BYTES = 256 * 1024;

/** How an entry begins in the list at the end of a zip. */
const LISTED = Buffer.from('PK\u0001\u0002');

const STORED = 0;
const DEFLATED = 8;

/** How an entry tells that its name is in UTF-8: by a bit of its flags, or by having it once more in a field. */
const UTF8_FLAG = 0x800;
const UNICODE_PATH = 0x7075;

/** The kinds of files in a mode, as Unix has them. */
const KIND = { mask: 0o170000, file: 0o100000, folder: 0o040000, link: 0o120000 } as const;

/** Opens a zip. */
export function readZip(archive: string, limits: ArchiveLimits): ArchiveReader {
  let done = 0;
  let total = 1;
  return {
    fraction: () => Math.min(1, done / total),
    async *entries() {
      const descriptor = openSync(archive, 'r');
      let zip: yauzl.ZipFile | undefined;
      try {
        zip = await openZip(descriptor);
        if (zip.entryCount > MAX_ENTRIES) throw archiveError(archive, undefined, `has ${zip.entryCount} entries`);
        total = Math.max(1, zip.entryCount);
        let unpacked = 0;
        for await (const entry of zip.eachEntry()) {
          done += 1;
          unpacked += entry.uncompressedSize;
          if (unpacked > limits.maxUnpackedBytes) throw tooLarge(archive, limits);
          const found = await new ZippedEntry(archive, descriptor, zip, entry).read();
          if (found !== undefined) yield found;
        }
        if (isEntryAt(descriptor, Number(zip.readEntryCursor))) {
          throw archiveError(archive, undefined, 'is damaged: it lists more entries than it says that it has');
        }
      } catch (cause) {
        throw named(archive, undefined, cause);
      } finally {
        zip?.close();
        closeSync(descriptor);
      }
    },
  };
}

/** The library reads the list of entries in very small pieces; synchronous calls for these are quicker by far. */
class DescriptorReader extends yauzl.RandomAccessReader {
  readonly #descriptor: number;

  constructor(descriptor: number) {
    super();
    this.#descriptor = descriptor;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(piecesOf(this.#descriptor, start, end), { objectMode: false });
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    let error: Error | null = null;
    try {
      if (readSync(this.#descriptor, buffer, offset, length, position) < length) error = new Error('unexpected end');
    } catch (cause) {
      error = cause instanceof Error ? cause : new Error(String(cause));
    }
    callback(error);
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }
}

function* piecesOf(descriptor: number, start: number, end: number): Generator<Uint8Array> {
  for (let at = start; at < end; ) {
    const piece = Buffer.allocUnsafe(Math.min(READ_BYTES, end - at));
    const read = readSync(descriptor, piece, 0, piece.length, at);
    if (read === 0) return;
    yield piece.subarray(0, read);
    at += read;
  }
}

function openZip(descriptor: number): Promise<yauzl.ZipFile> {
  const { size } = fstatSync(descriptor);
  // Names are decoded here, so that what is wrong with one is told with it.
  return yauzl.fromRandomAccessReaderPromise(new DescriptorReader(descriptor), size, {
    autoClose: false,
    decodeStrings: false,
  });
}

/** Whether one more entry is listed at `position`: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12 */
function isEntryAt(descriptor: number, position: number): boolean {
  const mark = Buffer.alloc(LISTED.length);
  readSync(descriptor, mark, 0, mark.length, position);
  return mark.equals(LISTED);
}

/** An entry of a zip. */
class ZippedEntry {
  readonly #archive: string;
  readonly #descriptor: number;
  readonly #zip: yauzl.ZipFile;
  readonly #entry: yauzl.Entry;
  readonly #name: string;

  constructor(archive: string, descriptor: number, zip: yauzl.ZipFile, entry: yauzl.Entry) {
    this.#archive = archive;
    this.#descriptor = descriptor;
    this.#zip = zip;
    this.#entry = entry;
    this.#name = nameOf(entry);
  }

  /** What it is; `undefined` for the folder that all of it lies in. */
  async read(): Promise<ArchiveEntry | undefined> {
    const entry = this.#entry;
    const path = entryPath(this.#archive, this.#name);
    if (path === undefined) return undefined;
    // Of another system than Unix these are zero, as a rule.
    const attributes = entry.externalFileAttributes >>> 16;
    const kind = attributes & KIND.mask;
    const mode = attributes & 0o777;
    if (kind === KIND.folder || (kind === 0 && this.#name.endsWith('/'))) {
      return { type: 'folder', path, mode: mode || 0o755 };
    }
    if (kind !== 0 && kind !== KIND.file && kind !== KIND.link) {
      throw this.#error('is a device, a pipe or a socket, which is no part of a workspace');
    }
    this.#assertReadable();
    if (kind === KIND.link) return { type: 'link', path, target: await this.#readTarget() };
    const modified = Math.max(0, entry.getLastModDate().getTime() || 0);
    return { type: 'file', path, mode: mode || 0o644, modified, content: this.#content() };
  }

  #assertReadable(): void {
    const { compressionMethod } = this.#entry;
    if (this.#entry.isEncrypted()) throw this.#error('is encrypted; only archives without a password are supported');
    if (compressionMethod !== STORED && compressionMethod !== DEFLATED) {
      throw this.#error(`is compressed by method ${compressionMethod}; only stored and deflated are supported`);
    }
  }

  async #readTarget(): Promise<string> {
    if (this.#entry.uncompressedSize > MAX_PATH_BYTES) throw this.#error('is a link to too long a path');
    const pieces: Uint8Array[] = [];
    for await (const piece of this.#content()) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  }

  /** The content; at its end its length and checksum have been found right. */
  async *#content(): AsyncGenerator<Uint8Array> {
    const { uncompressedSize, compressedSize } = this.#entry;
    let sum = 0;
    try {
      const isSmall = uncompressedSize <= AT_ONCE_BYTES && compressedSize <= AT_ONCE_BYTES;
      const pieces = isSmall ? [await this.#readAtOnce()] : await this.#zip.openReadStreamPromise(this.#entry);
      for await (const piece of pieces) {
        sum = crc32(piece, sum);
        yield piece;
      }
    } catch (cause) {
      throw named(this.#archive, this.#name, cause);
    }
    if (sum !== this.#entry.crc32) throw this.#error('is damaged: its checksum is another than the archive says');
  }

  async #readAtOnce(): Promise<Uint8Array> {
    const { uncompressedSize, compressedSize, compressionMethod } = this.#entry;
    const { fileDataStart } = await this.#zip.readLocalFileHeaderPromise(this.#entry, { minimal: true });
    const packed = Buffer.allocUnsafe(compressedSize);
    if (readSync(this.#descriptor, packed, 0, compressedSize, fileDataStart) < compressedSize) {
      throw this.#error('is truncated');
    }
    if (compressionMethod === STORED) return packed;
    const content = zlib.inflateRawSync(packed, { maxOutputLength: Math.max(1, uncompressedSize) });
    if (content.length !== uncompressedSize)
      throw this.#error('is damaged: its length is another than the archive says');
    return content;
  }

  #error(what: string): ArchiveError {
    return archiveError(this.#archive, this.#name, what);
  }
}

/**
 * Without a word on its encoding a name is CP437, says the format. But Unix and macOS write theirs as they are, in UTF-8,
 * and no other encoding is easily taken for that.
 */
function nameOf({ generalPurposeBitFlag, fileNameRaw, extraFields }: yauzl.Entry): string {
  const isTold = (generalPurposeBitFlag & UTF8_FLAG) !== 0 || extraFields.some(({ id }) => id === UNICODE_PATH);
  if (!isTold && isUtf8(fileNameRaw)) return fileNameRaw.toString();
  return yauzl.getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
}

function named(archive: string, entry: string | undefined, cause: unknown): ArchiveError {
  if (cause instanceof ArchiveError) return cause;
  const reason = cause instanceof Error ? cause.message : cause;
  return archiveError(archive, entry, `is truncated or damaged: ${reason}`, { cause });
}
