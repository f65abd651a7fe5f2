// A consumer's TypeScript, as CommonJS. types.mts is its ESM twin.
import glovebox = require('glovebox-cache');

async function use() {
  const cache: glovebox.SyncCacheManager = glovebox.createDiskCacheManager({
    cacheRoot: '.cache',
    tag: 'typed',
    maxSizeGb: 1,
  });
  const shared: glovebox.CacheManager = glovebox.getSharedCacheInstance({ cacheRoot: '.cache', tag: 'typed' });

  const unknownValue: unknown = await cache.get('key');
  const maybe: number | undefined = await cache.get<number>('key');
  const sure: number = await cache.get('key', 0);
  const sync: string = cache.getSync('key', 'default');
  await cache.set(glovebox.CacheKey.fromParts('a', 'b', 'c'), new Map(), { ttl: 60 });
  await cache.set({ b: 1, a: ['x', null, true] }, sure);
  const removed: number = await shared.deleteMany(['a', ['b', 1]]);
  const metadata: glovebox.CacheMetadata | undefined = await shared.getMetadata('key');
  const stats: glovebox.CacheStats = await shared.getStats();
  const locked: string = await shared.withLock('key', () => 'value', { timeout: 1 });
  if (glovebox.isCacheManager(unknownValue)) await unknownValue.close();

  try {
    // @ts-expect-error: a time to live is a number of seconds
    await cache.set('key', 1, { ttl: '60' });
  } catch (error) {
    if (error instanceof glovebox.CacheError && error.code === 'ERR_CACHE_ARGUMENT') cache[Symbol.dispose]();
  }

  return { locked, maybe, metadata, removed, stats, sync };
}

export = use;
