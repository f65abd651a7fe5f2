/**
 * The cache that stores nothing, for when caching is switched off.
 */

import type { CacheKeyLike, LockOptions, SetOptions, SyncCacheManager } from './cache-manager.ts';
import { assertTag } from './disk/files/root.ts';
import { DISK_CACHE_DEFAULTS, resolveTtl } from './disk/options.ts';
import { encode, giveBack } from './disk/value/codec.ts';
import { canonicalKey, canonicalKeys } from './disk/value/key.ts';
import { CacheArgumentError, CacheClosedError } from './errors.ts';
import { positive } from './guards.ts';
import { KeyedLock } from './keyed-lock.ts';
import { type CacheMetadata, type CacheStats, createCacheStats } from './models.ts';

/** Options of a {@link DisabledCache}. */
export interface DisabledCacheOptions {
  /**
   * The tag of the cache that it stands in for.
   * @default 'default'
   */
  readonly tag?: string | undefined;
  /**
   * The longest wait of `withLock`, in seconds.
   * @default 30
   */
  readonly timeout?: number | undefined;
}

/**
 * A cache in which every read is a miss.
 *
 * It refuses what a disk cache refuses (malformed keys, wrong options, values that can't be stored, use after `close`),
 * so that a program that runs without its cache also runs with it. `withLock` keeps calls on this instance apart, but
 * not processes: without a folder they have nowhere to meet.
 */
export class DisabledCache implements SyncCacheManager {
  /** The tag of the cache that it stands in for. */
  readonly tag: string;
  readonly #timeout: number;
  readonly #lock = new KeyedLock();
  #misses = 0;
  #closed = false;

  /**
   * @throws a {@link CacheTagError} if the tag is not a plain folder name.
   * @throws a {@link CacheArgumentError} if another option is wrong.
   */
  constructor(options: DisabledCacheOptions = {}) {
    const { tag = DISK_CACHE_DEFAULTS.tag, timeout = DISK_CACHE_DEFAULTS.timeout } = options;
    assertTag(tag);
    this.tag = tag;
    this.#timeout = positive('timeout', timeout, 'seconds');
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  getSync<T = unknown>(key: CacheKeyLike): T | undefined;
  getSync<T>(key: CacheKeyLike, defaultValue: T): T;
  getSync<T>(key: CacheKeyLike, defaultValue?: T): T | undefined {
    this.#key(key);
    this.#misses++;
    return defaultValue;
  }

  setSync(key: CacheKeyLike, value: unknown, options?: SetOptions): void {
    const name = this.#key(key);
    resolveTtl(options);
    giveBack(encode(value, name));
  }

  deleteSync(key: CacheKeyLike): boolean {
    this.#key(key);
    return false;
  }

  deleteManySync(keys: Iterable<CacheKeyLike>): number {
    this.#assertOpen();
    canonicalKeys(keys);
    return 0;
  }

  clearSync(): void {
    this.#assertOpen();
  }

  existsSync(key: CacheKeyLike): boolean {
    this.#key(key);
    return false;
  }

  getMetadataSync(key: CacheKeyLike): CacheMetadata | undefined {
    this.#key(key);
    return undefined;
  }

  getStatsSync(): CacheStats {
    this.#assertOpen();
    const counts = { hits: 0, totalKeys: 0, sizeBytes: 0, evictions: 0, expirations: 0, errors: 0 };
    return createCacheStats({ ...counts, misses: this.#misses });
  }

  cleanupSync(): number {
    this.#assertOpen();
    return 0;
  }

  keysSync(): string[] {
    this.#assertOpen();
    return [];
  }

  closeSync(): void {
    this.#closed = true;
  }

  [Symbol.dispose](): void {
    this.closeSync();
  }

  get<T = unknown>(key: CacheKeyLike): Promise<T | undefined>;
  get<T>(key: CacheKeyLike, defaultValue: T): Promise<T>;
  async get<T>(key: CacheKeyLike, defaultValue?: T): Promise<T | undefined> {
    return this.getSync(key, defaultValue);
  }

  async set(key: CacheKeyLike, value: unknown, options?: SetOptions): Promise<void> {
    this.setSync(key, value, options);
  }

  async delete(key: CacheKeyLike): Promise<boolean> {
    return this.deleteSync(key);
  }

  async deleteMany(keys: Iterable<CacheKeyLike>): Promise<number> {
    return this.deleteManySync(keys);
  }

  async clear(): Promise<void> {
    this.clearSync();
  }

  async exists(key: CacheKeyLike): Promise<boolean> {
    return this.existsSync(key);
  }

  async getMetadata(key: CacheKeyLike): Promise<CacheMetadata | undefined> {
    return this.getMetadataSync(key);
  }

  async getStats(): Promise<CacheStats> {
    return this.getStatsSync();
  }

  async cleanup(): Promise<number> {
    return this.cleanupSync();
  }

  async keys(): Promise<string[]> {
    return this.keysSync();
  }

  async withLock<T>(key: CacheKeyLike, action: () => Promise<T> | T, options: LockOptions = {}): Promise<T> {
    const name = this.#key(key);
    if (typeof action !== 'function') throw new CacheArgumentError('action must be a function');
    const { timeout = this.#timeout, onWait } = options;
    return this.#lock.run(name, action, { timeout: positive('timeout', timeout, 'seconds'), onWait });
  }

  async close(): Promise<void> {
    this.closeSync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closeSync();
  }

  #key(key: CacheKeyLike): string {
    this.#assertOpen();
    return canonicalKey(key);
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw new CacheClosedError(`the cache with tag '${this.tag}' was closed; create a new instance to go on`);
  }
}
