/**
 * The index as a file: appended to by everybody, replaced by a compaction, polled with one `fstat`.
 */

import * as fs from 'node:fs';
import { CacheClosedError } from '../../errors.ts';
import {
  closeQuietly,
  openToAppend,
  openToChange,
  openToRead,
  readInto,
  uninterrupted,
  unlinkIfThere,
} from '../files/files.ts';
import { newGeneration } from '../files/paths.ts';
import { IndexLine, NEWLINE } from './index-line.ts';
import { formatAppend } from './index-record.ts';

/** What a look at the open index tells. */
export interface IndexState {
  /** The open file's length, in bytes. */
  readonly size: number;
  /** Whether another file has taken its name, or nothing has. */
  readonly replaced: boolean;
}

/** The descriptors that an instance holds; apart from it, so that they can be closed when it was collected. */
export class HeldDescriptor {
  #descriptor: number | undefined;
  #released = false;

  /** Puts a descriptor in the place of the one held; closes it at once if nothing is to be held any more. */
  hold(descriptor: number): void {
    if (this.#descriptor !== undefined) closeQuietly(this.#descriptor);
    this.#descriptor = descriptor;
    if (this.#released) this.release();
  }

  get current(): number | undefined {
    return this.#descriptor;
  }

  /** Closes what is held, for good. */
  release(): void {
    this.#released = true;
    if (this.#descriptor !== undefined) closeQuietly(this.#descriptor);
    this.#descriptor = undefined;
  }
}

/** In the place of an index's first byte. */
const SPOILED = '#';

/** One tag's index file. */
export class IndexFile {
  readonly #path: string;
  readonly #held: HeldDescriptor;
  readonly #restoreFolder: () => void;

  /** @param restoreFolder puts the tag's folder back when it was removed. */
  constructor(path: string, held: HeldDescriptor, restoreFolder: () => void) {
    this.#path = path;
    this.#held = held;
    this.#restoreFolder = restoreFolder;
  }

  /** Opens what has the index's name now, creating it (without a header, so incomplete) when nothing has. */
  reopen(): void {
    let descriptor = this.#open();
    if (!fs.fstatSync(descriptor).isFile()) {
      closeQuietly(descriptor);
      this.#setAside();
      descriptor = openToAppend(this.#path);
    }
    this.#held.hold(descriptor);
  }

  /** The index is only a list, so whatever else stands in its place may be moved out of the way. */
  #setAside(): void {
    fs.renameSync(this.#path, `${this.#path}.${newGeneration()}.foreign`);
  }

  #open(): number {
    try {
      return uninterrupted(() => openToAppend(this.#path));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      if (error.code === 'ENOENT') {
        this.#restoreFolder();
      } else if (error.code === 'EROFS' || error.code === 'EACCES') {
        // What can't be written may still be read.
        return openToRead(this.#path);
      } else if (error.code === 'ELOOP' || error.code === 'EISDIR' || error.code === 'ENXIO') {
        // A link, a folder or a socket.
        this.#setAside();
      } else {
        throw error;
      }
      return openToAppend(this.#path);
    }
  }

  get #descriptor(): number {
    if (this.#held.current === undefined) this.reopen();
    const descriptor = this.#held.current;
    if (descriptor === undefined) throw new CacheClosedError('the cache was closed while the call was under way');
    return descriptor;
  }

  /** Removes the file of the index's name. */
  unlink(): void {
    unlinkIfThere(this.#path);
  }

  /** One `fstat`. */
  look(): IndexState {
    const { size, nlink } = fs.fstatSync(this.#descriptor);
    return { size, replaced: nlink === 0 };
  }

  /** Reads from `position`; shorter than `length` at the end of the file. */
  read(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, this.fill(bytes, position));
  }

  /** Reads from `position` into `target`; returns the number of bytes, fewer than there is room for at the end of the file. */
  fill(target: Uint8Array, position: number): number {
    return readInto(this.#descriptor, target, position);
  }

  /** Writes ASCII text over what stands at `position`, if the open index still has its name. */
  overwrite(position: number, text: string): void {
    // The open descriptor can only append.
    const descriptor = openToChange(this.#path);
    try {
      const { ino, dev } = fs.fstatSync(descriptor);
      const open = fs.fstatSync(this.#descriptor);
      if (ino === open.ino && dev === open.dev) uninterrupted(() => fs.writeSync(descriptor, text, position));
    } finally {
      closeQuietly(descriptor);
    }
  }

  /**
   * Makes the open index tell a compaction that is replacing it that it was discarded: what is said from then on is said
   * elsewhere. Takes no room, since a byte is overwritten.
   */
  spoil(): void {
    this.overwrite(0, SPOILED);
  }

  /** Whether the open index was spoiled. */
  isSpoiled(): boolean {
    return this.read(0, SPOILED.length).toString('latin1') === SPOILED;
  }

  /** {@link appendLines} to the open index. */
  append(lines: readonly string[]): number {
    return appendLines(this.#descriptor, lines);
  }
}

/**
 * Appends lines in one write; returns the number of bytes. After a short write the whole text is written again: what
 * was torn is skipped by readers.
 */
export function appendLines(descriptor: number, lines: readonly string[]): number {
  const text = formatAppend(...lines);
  // Lines are ASCII, so characters are bytes.
  while (uninterrupted(() => fs.writeSync(descriptor, text)) !== text.length) {
    // The next write says why, if the reason persists.
  }
  return text.length;
}

/** As much as is read at once. Longer than any record: a key of 64 KiB with every character escaped, and the rest. */
const CHUNK_BYTES = 1 << 19;

/** What a scan needs, while none is under way. */
let idle: { readonly chunk: Buffer; readonly line: IndexLine } | undefined;

/**
 * Calls `visit` with each line between two positions, which holds until `visit` returns, and returns how far it got: the
 * end of the last whole line. What is longer than any record is visited in pieces; no appender writes such a line.
 */
export function scanLines(file: IndexFile, from: number, to: number, visit: (line: IndexLine) => void): number {
  if (from >= to) return from;
  // A scan inside the visit of another needs its own.
  const tools = idle ?? { chunk: Buffer.allocUnsafeSlow(CHUNK_BYTES), line: new IndexLine() };
  const { chunk, line } = tools;
  idle = undefined;
  try {
    let position = from;
    while (position < to) {
      const length = file.fill(chunk.subarray(0, Math.min(CHUNK_BYTES, to - position)), position);
      let end = length === 0 ? 0 : chunk.lastIndexOf(NEWLINE, length - 1) + 1;
      if (end === 0) {
        if (length < CHUNK_BYTES) break;
        end = length;
      }
      for (let start = 0; start < end; start++) {
        // Records are set apart by empty lines.
        if (chunk[start] === NEWLINE) continue;
        start = line.read(chunk, start, end);
        visit(line);
      }
      position += end;
    }
    return position;
  } finally {
    idle = tools;
  }
}
