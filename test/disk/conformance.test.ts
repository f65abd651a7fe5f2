import type { CacheKeyLike, CacheManager, SyncCacheManager } from '../../src/cache-manager.ts';
import { openCache } from '../support/open-cache.ts';
import { describeConformance } from './conformance.ts';

/** Answers every call by its synchronous twin. */
function bySyncFace(cache: SyncCacheManager): CacheManager {
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

/** Writes by one instance and reads by another of the same folder. */
function byTwoInstances(writer: CacheManager, reader: CacheManager): CacheManager {
  function get<T>(key: CacheKeyLike): Promise<T | undefined>;
  function get<T>(key: CacheKeyLike, defaultValue: T): Promise<T>;
  function get<T>(key: CacheKeyLike, defaultValue?: T): Promise<T | undefined> {
    return reader.get(key, defaultValue);
  }
  const closeBoth = async () => {
    await writer.close();
    await reader.close();
  };
  return {
    get,
    set: (key, value, options) => writer.set(key, value, options),
    delete: (key) => writer.delete(key),
    deleteMany: (keys) => writer.deleteMany(keys),
    clear: () => writer.clear(),
    exists: (key) => reader.exists(key),
    getMetadata: (key) => reader.getMetadata(key),
    getStats: () => reader.getStats(),
    cleanup: () => reader.cleanup(),
    keys: () => reader.keys(),
    withLock: (key, action, options) => writer.withLock(key, action, options),
    close: closeBoth,
    [Symbol.asyncDispose]: closeBoth,
  };
}

describeConformance('disk cache, asynchronous face', (options) => openCache(options));
describeConformance('disk cache, synchronous face', (options) => bySyncFace(openCache(options)));
describeConformance('disk cache without a memory tier', (options) => openCache({ ...options, memoryMaxBytes: 0 }));
describeConformance('disk cache, written by one instance and read by another', (options) => {
  const writer = openCache(options);
  return byTwoInstances(writer, openCache({ ...options, cacheRoot: writer.cacheRoot }));
});
