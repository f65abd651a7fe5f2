/**
 * Small files, several to a piece.
 *
 * A workspace has tens of thousands of files of a few kilobytes. Each piece takes two files of the cache, some system
 * calls and at least two blocks of the disk, so small files share pieces.
 */

import type { PutPiece } from './capture-file.ts';
import type { TreeFile } from './tree.ts';

/** The largest file that is packed, in bytes. */
export const PACKED_FILE_BYTES = 32 * 1024;
/** The largest piece that is made of several files: as much as the disk cache writes and reads in one go. */
const PACK_BYTES = 128 * 1024;
/** A piece ends after one in so many files. */
const FILES_PER_PACK = 32;

/** What is known of a file beside its content. */
export type FileFacts = Pick<TreeFile, 'path' | 'mode' | 'modified'>;

/**
 * Packs files in the order in which they come.
 *
 * Where a piece ends depends on the names and sizes of its files: what comes before a file decides little about the piece
 * that it gets into, and two trees that differ in some files have the other pieces in common. (Cutting by content, as
 * backup programs do; see https://en.wikipedia.org/wiki/Rolling_hash#Content-based_slicing_using_a_rolling_hash.)
 * Files that don't come in the order of their paths share a piece with those of their own folder only, since trees are
 * read in that order.
 */
export class FilePacker {
  readonly #put: PutPiece;
  readonly #emit: (file: TreeFile) => void;
  readonly #buffer = Buffer.allocUnsafe(PACK_BYTES);
  #waiting: (FileFacts & { readonly offset: number; readonly size: number })[] = [];
  #length = 0;

  /** @param emit called with each file when its content is kept. */
  constructor(put: PutPiece, emit: (file: TreeFile) => void) {
    this.#put = put;
    this.#emit = emit;
  }

  /** Adds a file of at most {@link PACKED_FILE_BYTES}. @throws what `put` throws. */
  async add(facts: FileFacts, content: Uint8Array): Promise<void> {
    const size = content.byteLength;
    const last = this.#waiting.at(-1);
    if (this.#length + size > PACK_BYTES || (last !== undefined && !follows(facts.path, last.path))) await this.flush();
    this.#buffer.set(content, this.#length);
    this.#waiting.push({ ...facts, offset: this.#length, size });
    this.#length += size;
    if (endsPack(facts.path, size)) await this.flush();
  }

  /** Has all files kept that were added. @throws what `put` throws. */
  async flush(): Promise<void> {
    const files = this.#waiting;
    if (files.length === 0) return;
    const blobs = [await this.#put(this.#buffer.subarray(0, this.#length))];
    this.#waiting = [];
    this.#length = 0;
    for (const { offset, ...file } of files) {
      this.#emit({ type: 'file', ...file, blobs, ...(files.length === 1 ? {} : { offset }) });
    }
  }
}

function follows(path: string, last: string): boolean {
  return path > last || folderOf(path) === folderOf(last);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** A hash (FNV-1a) of the file's name, without its folder: where a tree lies must not matter. */
function endsPack(path: string, size: number): boolean {
  let hash = size;
  for (let at = path.lastIndexOf('/') + 1; at < path.length; at++) {
    hash = Math.imul(hash ^ path.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 8) % FILES_PER_PACK === 0;
}
