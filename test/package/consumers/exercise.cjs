// What import.mjs and require.cjs do with the package, each having got it in its own way.
module.exports = async function exercise({ CacheError, createDiskCacheManager }, cacheRoot) {
  const cache = createDiskCacheManager({ cacheRoot, tag: 'consumer' });
  const before = await cache.get('answer', 'a miss');
  await cache.set('answer', { answer: 42 }, { ttl: 60 });
  const after = cache.getSync('answer');
  const locked = await cache.withLock('answer', () => true);
  const errors = await cache.get('').catch((error) => error instanceof CacheError && error.code === 'ERR_CACHE_KEY');
  await cache.close();
  console.log(JSON.stringify({ before, after, locked, errors }));
};
