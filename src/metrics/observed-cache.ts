/**
 * A cache whose calls are recorded on their way to another one.
 */

import type {
  CacheKeyLike,
  CacheManager,
  CopyOptions,
  LockOptions,
  SetOptions,
  SyncCacheManager,
} from '../cache-manager.ts';
import type { CacheMetadata, CacheStats } from '../models.ts';
import type { CacheOperation, CacheRecorder } from './cache-metrics.ts';

/** The default that tells a miss from a value, `undefined` among them. */
const MISSING: unique symbol = Symbol('missing');

/** Wraps a cache in one of the same kind that records every call, but `close`. */
export function observed(cache: CacheManager, recorder: CacheRecorder): CacheManager {
  return isSync(cache) ? new ObservedSyncCache(cache, recorder) : new ObservedCache(cache, recorder);
}

/** Whether a cache has the synchronous twins, too. */
export function isSync(cache: CacheManager): cache is SyncCacheManager {
  return 'getSync' in cache && typeof cache.getSync === 'function';
}

class ObservedCache implements CacheManager {
  readonly #cache: CacheManager;
  readonly #recorder: CacheRecorder;
  /** Only caches that can have it. */
  declare readonly copyToFile?: (key: CacheKeyLike, path: string, options?: CopyOptions) => Promise<boolean>;
  /** Only caches that have a limit. */
  declare readonly maxSizeBytes?: number;

  constructor(cache: CacheManager, recorder: CacheRecorder) {
    this.#cache = cache;
    this.#recorder = recorder;
    if (cache.copyToFile !== undefined) this.copyToFile = this.#copyToFile;
    if (cache.maxSizeBytes !== undefined) this.maxSizeBytes = cache.maxSizeBytes;
  }

  get<T = unknown>(key: CacheKeyLike): Promise<T | undefined>;
  get<T>(key: CacheKeyLike, defaultValue: T): Promise<T>;
  async get<T>(key: CacheKeyLike, defaultValue?: T): Promise<T | undefined> {
    const found = await this.#record('get', () => this.#cache.get<T | typeof MISSING>(key, MISSING));
    this.#recorder.read(found !== MISSING);
    return found === MISSING ? defaultValue : found;
  }

  set(key: CacheKeyLike, value: unknown, options?: SetOptions): Promise<void> {
    return this.#record('set', () => this.#cache.set(key, value, options));
  }

  delete(key: CacheKeyLike): Promise<boolean> {
    return this.#record('delete', () => this.#cache.delete(key));
  }

  deleteMany(keys: Iterable<CacheKeyLike>): Promise<number> {
    return this.#record('deleteMany', () => this.#cache.deleteMany(keys));
  }

  clear(): Promise<void> {
    return this.#record('clear', () => this.#cache.clear());
  }

  exists(key: CacheKeyLike): Promise<boolean> {
    return this.#record('exists', () => this.#cache.exists(key));
  }

  getMetadata(key: CacheKeyLike): Promise<CacheMetadata | undefined> {
    return this.#record('getMetadata', () => this.#cache.getMetadata(key));
  }

  async getStats(): Promise<CacheStats> {
    const stats = await this.#record('getStats', () => this.#cache.getStats());
    this.#recorder.told(stats);
    return stats;
  }

  cleanup(): Promise<number> {
    return this.#record('cleanup', () => this.#cache.cleanup());
  }

  keys(): Promise<string[]> {
    return this.#record('keys', () => this.#cache.keys());
  }

  async withLock<T>(key: CacheKeyLike, action: () => Promise<T> | T, options?: LockOptions): Promise<T> {
    const started = performance.now();
    let isWaiting = true;
    const waited = () => {
      isWaiting = false;
      this.#recorder.took('withLock', started);
      return action();
    };
    try {
      // What is no action is for the cache to refuse.
      return await this.#cache.withLock(key, typeof action === 'function' ? waited : action, options);
    } catch (error) {
      if (isWaiting) {
        this.#recorder.took('withLock', started);
        this.#recorder.failed('withLock');
      }
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#cache.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cache.close();
  }

  readonly #copyToFile = async (key: CacheKeyLike, path: string, options?: CopyOptions): Promise<boolean> => {
    const copy = async () => (await this.#cache.copyToFile?.(key, path, options)) ?? false;
    const copied = await this.#record('copyToFile', copy);
    // That nothing could be shared says nothing of the entry.
    if (copied || options?.sharedOnly !== true) this.#recorder.read(copied);
    return copied;
  };

  async #record<T>(operation: CacheOperation, call: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await call();
    } catch (error) {
      this.#recorder.failed(operation);
      throw error;
    } finally {
      this.#recorder.took(operation, started);
    }
  }
}

class ObservedSyncCache extends ObservedCache implements SyncCacheManager {
  readonly #cache: SyncCacheManager;
  readonly #recorder: CacheRecorder;

  constructor(cache: SyncCacheManager, recorder: CacheRecorder) {
    super(cache, recorder);
    this.#cache = cache;
    this.#recorder = recorder;
  }

  get tag(): string {
    return this.#cache.tag;
  }

  get closed(): boolean {
    return this.#cache.closed;
  }

  getSync<T = unknown>(key: CacheKeyLike): T | undefined;
  getSync<T>(key: CacheKeyLike, defaultValue: T): T;
  getSync<T>(key: CacheKeyLike, defaultValue?: T): T | undefined {
    const found = this.#record('get', () => this.#cache.getSync<T | typeof MISSING>(key, MISSING));
    this.#recorder.read(found !== MISSING);
    return found === MISSING ? defaultValue : found;
  }

  setSync(key: CacheKeyLike, value: unknown, options?: SetOptions): void {
    this.#record('set', () => this.#cache.setSync(key, value, options));
  }

  deleteSync(key: CacheKeyLike): boolean {
    return this.#record('delete', () => this.#cache.deleteSync(key));
  }

  deleteManySync(keys: Iterable<CacheKeyLike>): number {
    return this.#record('deleteMany', () => this.#cache.deleteManySync(keys));
  }

  clearSync(): void {
    this.#record('clear', () => this.#cache.clearSync());
  }

  existsSync(key: CacheKeyLike): boolean {
    return this.#record('exists', () => this.#cache.existsSync(key));
  }

  getMetadataSync(key: CacheKeyLike): CacheMetadata | undefined {
    return this.#record('getMetadata', () => this.#cache.getMetadataSync(key));
  }

  getStatsSync(): CacheStats {
    const stats = this.#record('getStats', () => this.#cache.getStatsSync());
    this.#recorder.told(stats);
    return stats;
  }

  cleanupSync(): number {
    return this.#record('cleanup', () => this.#cache.cleanupSync());
  }

  keysSync(): string[] {
    return this.#record('keys', () => this.#cache.keysSync());
  }

  closeSync(): void {
    this.#cache.closeSync();
  }

  [Symbol.dispose](): void {
    this.#cache.closeSync();
  }

  #record<T>(operation: CacheOperation, call: () => T): T {
    const started = performance.now();
    try {
      return call();
    } catch (error) {
      this.#recorder.failed(operation);
      throw error;
    } finally {
      this.#recorder.took(operation, started);
    }
  }
}
