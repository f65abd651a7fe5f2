/**
 * From pieces back to the content of files.
 */

import type { BlobRef, BlobStore } from './blob-store.ts';
import type { TreeFile } from './tree.ts';

/** A piece was evicted, has expired or is damaged, so that what needs it is no longer whole. */
export class MissingContentError extends Error {
  override readonly name = 'MissingContentError';
}

/** To share less saves little: what is shared is read once more, to be verified. */
const COPIED_BYTES = 64 * 1024;

/** Shared pieces that are kept at hand. The files of a folder lie together, those of the folders in it between them. */
const SHARED_AT_HAND = 16;

/** Reads the content of files, one file at a time. */
export class ContentReader {
  readonly #blobs: BlobStore;
  /** Pieces that several files share, the one used last at the end. */
  readonly #shared = new Map<string, Uint8Array>();

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  /** A piece, verified. @throws a {@link MissingContentError} if it is not there. */
  async piece(blob: BlobRef): Promise<Uint8Array> {
    const bytes = await this.#blobs.get(blob);
    if (bytes === undefined) throw missing(blob);
    return bytes;
  }

  /**
   * Makes the new file `target` of the content of `file` if that is one large piece and can share its room.
   * @returns `false` if it is not or can't; then there is no file.
   * @throws a {@link MissingContentError} if the piece is something else, or the system's error if it can't be written.
   */
  async copyWhole({ blobs, offset, size }: TreeFile, target: string): Promise<boolean> {
    const [blob, ...more] = blobs;
    if (blob === undefined || more.length > 0 || offset !== undefined || size < COPIED_BYTES) return false;
    const copied = await this.#blobs.copyToFile(blob, target);
    if (copied === false) throw missing(blob);
    return copied === true;
  }

  /** The content of `file`, a piece at a time. @throws a {@link MissingContentError} if some of it is not there. */
  async *pieces(file: TreeFile): AsyncGenerator<Uint8Array> {
    const { blobs, offset, size } = file;
    for (const blob of blobs) {
      if (offset === undefined) yield await this.piece(blob);
      else yield (await this.#sharedPiece(blob)).subarray(offset, offset + size);
    }
  }

  async #sharedPiece(blob: BlobRef): Promise<Uint8Array> {
    const bytes = this.#shared.get(blob.hash) ?? (await this.piece(blob));
    this.#shared.delete(blob.hash);
    this.#shared.set(blob.hash, bytes);
    const [oldest] = this.#shared.keys();
    if (this.#shared.size > SHARED_AT_HAND && oldest !== undefined) this.#shared.delete(oldest);
    return bytes;
  }
}

function missing(blob: BlobRef): MissingContentError {
  return new MissingContentError(`a piece of content is gone (${blob.hash})`);
}
