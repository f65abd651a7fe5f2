/**
 * Content by its hash: pieces of files, each kept once however often it occurs.
 */

import { unlinkSync } from 'node:fs';
import { CacheKey } from '../../cache-key.ts';
import type { CacheManager } from '../../cache-manager.ts';
import { CacheValueError, CacheWriteError } from '../../errors.ts';
import { createBreather } from './breather.ts';
import { digestFile, digestOf } from './digest.ts';

/**
 * The largest piece, in bytes. Larger content is cut, so that the memory needed does not grow with it and no file is
 * too large to be read.
 */
export const BLOB_BYTES = 16 * 2 ** 20;

/** The key of a piece, by its SHA-256: what several runs or workspaces have in common is kept once. */
const blobKey = (hash: string): CacheKey => CacheKey.fromParts('content', 'blob', hash);

/** A piece of content. */
export interface BlobRef {
  /** SHA-256 in lower-case hexadecimal. */
  readonly hash: string;
  /** Length in bytes, at most {@link BLOB_BYTES}. */
  readonly size: number;
}

/** Pieces of content in a cache. */
export class BlobStore {
  readonly #cache: CacheManager;

  constructor(cache: CacheManager) {
    this.#cache = cache;
  }

  /**
   * Keeps `bytes` for at least `ttl` seconds from now.
   * @param spare how much longer they are kept if they have to be written: who puts the same again before that has
   * passed finds them lasting, and needs not write them again. In seconds.
   * @throws what {@link CacheManager.set} throws.
   */
  async put(bytes: Uint8Array, ttl: number | undefined, spare = 0): Promise<BlobRef> {
    const blob: BlobRef = { hash: digestOf(bytes), size: bytes.byteLength };
    if (!(await this.#lasts(blob, ttl))) {
      await this.#cache.set(blobKey(blob.hash), bytes, { ttl: ttl && ttl + spare });
    }
    return blob;
  }

  /** The piece, verified; `undefined` if it isn't there, or is something else. */
  async get(blob: BlobRef): Promise<Uint8Array | undefined> {
    const bytes = await this.#cache.get(blobKey(blob.hash));
    if (!(bytes instanceof Uint8Array) || bytes.byteLength !== blob.size) return undefined;
    return digestOf(bytes) === blob.hash ? bytes : undefined;
  }

  /**
   * Makes the new file `path` of the piece, verified, if it can share its room with the cache. Where it can't, to write
   * what {@link BlobStore.get} gives is quicker: a file must be read once more to be verified.
   * @returns `false` if what was found is something else, `undefined` if nothing can be shared or found; then there is
   * no file.
   * @throws the system's error if the file can't be written.
   */
  async copyToFile(blob: BlobRef, path: string): Promise<boolean | undefined> {
    if (this.#cache.copyToFile === undefined) return undefined;
    try {
      if (!(await this.#cache.copyToFile(blobKey(blob.hash), path, { sharedOnly: true }))) return undefined;
    } catch (error) {
      if (error instanceof CacheWriteError) throw error.cause;
      // The value under the key is no piece at all.
      if (error instanceof CacheValueError) return false;
      throw error;
    }
    if ((await digestFile(path, createBreather())) === blob.hash) return true;
    unlinkSync(path);
    return false;
  }

  /** Whether every one of `blobs` is there; nothing is read. */
  async hasAll(blobs: Iterable<BlobRef> | AsyncIterable<BlobRef>): Promise<boolean> {
    const breathe = createBreather();
    // Neighbours often share a piece.
    let last = '';
    for await (const { hash } of blobs) {
      if (hash !== last && !(await this.#cache.exists(blobKey(hash)))) return false;
      last = hash;
      await breathe();
    }
    return true;
  }

  /** Whether a piece stays when it is put: a cache that doesn't keep even nothing is one that stores nothing. */
  async keepsAnything(): Promise<boolean> {
    return this.hasAll([await this.put(new Uint8Array(), undefined)]);
  }

  /** Whether the piece is there, whole, and stays for `ttl` seconds. Reading it also marks it as just used. */
  async #lasts(blob: BlobRef, ttl: number | undefined): Promise<boolean> {
    const metadata = await this.#cache.getMetadata(blobKey(blob.hash));
    if (metadata === undefined) return false;
    if (metadata.ttl !== undefined && (ttl === undefined || metadata.ttl - metadata.ageSeconds < ttl)) return false;
    return (await this.get(blob)) !== undefined;
  }
}
