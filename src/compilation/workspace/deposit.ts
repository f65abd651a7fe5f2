/**
 * Content on its way into the cache, for one workspace.
 */

import { CacheEntryTooLargeError } from '../../errors.ts';
import type { BlobRef, BlobStore } from '../content/blob-store.ts';
import type { PutPiece } from '../content/capture-file.ts';
import { WorkspaceError } from './workspace-error.ts';

/** Content outlives the workspace that it is put for by so much, in seconds: the record is written last. */
const MARGIN_SECONDS = 3600;
/** Content that has to be written is kept for so much longer, in parts of its time: it need not be written each time. */
const SPARE = 0.5;
/** How often it is looked whether there is room for all of it, in bytes. */
const LOOK_EVERY_BYTES = 64 * 2 ** 20;

/** The cache can't hold all of a workspace. */
export class NoRoomError extends WorkspaceError {}

/** Puts content, and finds out if the cache has no room for all of it. */
export class Deposit {
  readonly #blobs: BlobStore;
  readonly #what: string;
  readonly #ttl: number | undefined;
  readonly #begun = performance.now();
  #first: BlobRef | undefined;
  #sinceLook = 0;

  /**
   * @param what what it is for, for messages.
   * @param ttl how long it is needed, in seconds.
   */
  constructor(blobs: BlobStore, what: string, ttl: number | undefined) {
    this.#blobs = blobs;
    this.#what = what;
    this.#ttl = ttl;
  }

  /** Keeps a piece. @throws a {@link NoRoomError} if the cache can't hold all that was put. */
  readonly put: PutPiece = async (piece) => {
    const ttl = this.#ttl;
    let blob: BlobRef;
    try {
      blob = await this.#blobs.put(piece, ttl && ttl + MARGIN_SECONDS, ttl && ttl * SPARE);
    } catch (cause) {
      throw cause instanceof CacheEntryTooLargeError ? this.#noRoom(cause) : cause;
    }
    this.#first ??= blob;
    this.#sinceLook += blob.size;
    if (this.#sinceLook >= LOOK_EVERY_BYTES) {
      this.#sinceLook = 0;
      // What was put first is the first that has to make room.
      await this.assertAll([this.#first]);
    }
    return blob;
  };

  /** @throws a {@link NoRoomError} unless all of `blobs` are there. */
  async assertAll(blobs: Iterable<BlobRef>): Promise<void> {
    if (!(await this.#blobs.hasAll(blobs))) throw this.#noRoom();
  }

  /** How long the record may say that all is there, in seconds: no longer than what was put first. */
  get ttlLeft(): number | undefined {
    if (this.#ttl === undefined) return undefined;
    const seconds = (performance.now() - this.#begun) / 1000;
    return Math.max(1, Math.min(this.#ttl, this.#ttl + MARGIN_SECONDS - seconds));
  }

  #noRoom(cause?: unknown): NoRoomError {
    return new NoRoomError(
      `${this.#what} takes more room than the cache may: part of it was evicted while the rest was added; raise maxSizeGb`,
      { cause },
    );
  }
}
