/**
 * Content by its hash: pieces of files, each kept once however often it occurs.
 */

import { CacheKey } from '../../cache-key.ts';
import type { CacheManager } from '../../cache-manager.ts';
import { digestOf } from './digest.ts';

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
   * @throws what {@link CacheManager.set} throws.
   */
  async put(bytes: Uint8Array, ttl: number | undefined): Promise<BlobRef> {
    const blob: BlobRef = { hash: digestOf(bytes), size: bytes.byteLength };
    if (!(await this.#lasts(blob, ttl))) await this.#cache.set(blobKey(blob.hash), bytes, { ttl });
    return blob;
  }

  /** The piece, verified; `undefined` if it isn't there, or is something else. */
  async get(blob: BlobRef): Promise<Uint8Array | undefined> {
    const bytes = await this.#cache.get(blobKey(blob.hash));
    if (!(bytes instanceof Uint8Array) || bytes.byteLength !== blob.size) return undefined;
    return digestOf(bytes) === blob.hash ? bytes : undefined;
  }

  /** Whether every one of `blobs` is there; nothing is read. */
  async hasAll(blobs: Iterable<BlobRef>): Promise<boolean> {
    for (const blob of blobs) if (!(await this.#cache.exists(blobKey(blob.hash)))) return false;
    return true;
  }

  /** Whether the piece is there, whole, and stays for `ttl` seconds. Reading it also marks it as just used. */
  async #lasts(blob: BlobRef, ttl: number | undefined): Promise<boolean> {
    const metadata = await this.#cache.getMetadata(blobKey(blob.hash));
    if (metadata === undefined) return false;
    if (metadata.ttl !== undefined && (ttl === undefined || metadata.ttl - metadata.ageSeconds < ttl)) return false;
    return (await this.get(blob)) !== undefined;
  }
}
