import type { CacheKeyLike, CacheManager } from '../../src/cache-manager.ts';
import { bySyncFace } from '../support/faces.ts';
import { openCache } from '../support/open-cache.ts';
import { describeConformance } from './conformance.ts';

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
