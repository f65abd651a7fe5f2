/**
 * Caches by one of their faces.
 */

import type { CacheKeyLike, CacheManager, SyncCacheManager } from '../../src/cache-manager.ts';

/** Answers every call by its synchronous twin. */
export function bySyncFace(cache: SyncCacheManager): CacheManager {
  async function get<T>(key: CacheKeyLike): Promise<T | undefined>;
  async function get<T>(key: CacheKeyLike, defaultValue: T): Promise<T>;
  async function get<T>(key: CacheKeyLike, defaultValue?: T): Promise<T | undefined> {
    return cache.getSync(key, defaultValue);
  }
  return {
    get,
    set: async (key, value, options) => cache.setSync(key, value, options),
    delete: async (key) => cache.deleteSync(key),
    deleteMany: async (keys) => cache.deleteManySync(keys),
    clear: async () => cache.clearSync(),
    exists: async (key) => cache.existsSync(key),
    getMetadata: async (key) => cache.getMetadataSync(key),
    getStats: async () => cache.getStatsSync(),
    cleanup: async () => cache.cleanupSync(),
    keys: async () => cache.keysSync(),
    withLock: (key, action, options) => cache.withLock(key, action, options),
    close: async () => cache.closeSync(),
    [Symbol.asyncDispose]: async () => cache[Symbol.dispose](),
  };
}

/** The same cache without its synchronous face: all that the protocol asks for, and no more. */
export function asyncOnly(cache: CacheManager): CacheManager {
  function get<T>(key: CacheKeyLike): Promise<T | undefined>;
  function get<T>(key: CacheKeyLike, defaultValue: T): Promise<T>;
  function get<T>(key: CacheKeyLike, defaultValue?: T): Promise<T | undefined> {
    return cache.get(key, defaultValue);
  }
  return {
    get,
    set: (key, value, options) => cache.set(key, value, options),
    delete: (key) => cache.delete(key),
    deleteMany: (keys) => cache.deleteMany(keys),
    clear: () => cache.clear(),
    exists: (key) => cache.exists(key),
    getMetadata: (key) => cache.getMetadata(key),
    getStats: () => cache.getStats(),
    cleanup: () => cache.cleanup(),
    keys: () => cache.keys(),
    withLock: (key, action, options) => cache.withLock(key, action, options),
    close: () => cache.close(),
    [Symbol.asyncDispose]: () => cache.close(),
  };
}
