/**
 * Reads that come to a certain hit rate.
 */

import type { CacheKeyLike, CacheManager } from '../../src/cache-manager.ts';

/** Reads `key`, which has an entry, and one that has none, so often each. */
export async function read(
  cache: CacheManager | undefined,
  { hits, misses }: { readonly hits: number; readonly misses: number },
  key: CacheKeyLike = 'key',
): Promise<void> {
  for (let turn = 0; turn < hits; turn++) await cache?.get(key);
  for (let turn = 0; turn < misses; turn++) await cache?.get('there is none');
}
