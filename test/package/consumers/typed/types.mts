// A consumer's TypeScript, as ESM. types.cts is its CommonJS twin.
import {
  CacheError,
  CacheKey,
  type CacheManager,
  type CacheMetadata,
  type CacheStats,
  createDiskCacheManager,
  getSharedCacheInstance,
  isCacheManager,
  type SyncCacheManager,
} from 'glovebox-cache';

const cache: SyncCacheManager = createDiskCacheManager({ cacheRoot: '.cache', tag: 'typed', maxSizeGb: 1 });
const shared: CacheManager = getSharedCacheInstance({ cacheRoot: '.cache', tag: 'typed' });

const unknownValue: unknown = await cache.get('key');
const maybe: number | undefined = await cache.get<number>('key');
const sure: number = await cache.get('key', 0);
const sync: string = cache.getSync('key', 'default');
await cache.set(CacheKey.fromParts('a', 'b', 'c'), new Map(), { ttl: 60 });
await cache.set({ b: 1, a: ['x', null, true] }, sure);
const removed: number = await shared.deleteMany(['a', ['b', 1]]);
const metadata: CacheMetadata | undefined = await shared.getMetadata('key');
const stats: CacheStats = await shared.getStats();
const locked: string = await shared.withLock('key', () => 'value', { timeout: 1 });
if (isCacheManager(unknownValue)) await unknownValue.close();

try {
  // @ts-expect-error: a time to live is a number of seconds
  await cache.set('key', 1, { ttl: '60' });
} catch (error) {
  if (error instanceof CacheError && error.code === 'ERR_CACHE_ARGUMENT') cache[Symbol.dispose]();
}

export { locked, maybe, metadata, removed, stats, sync };
