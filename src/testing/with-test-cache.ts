/**
 * A cache for the length of one call.
 */

import { DiskCacheManager } from '../disk/disk-cache-manager.ts';
import type { DiskCacheOptions } from '../disk/options.ts';
import { createTestCacheRoot } from './test-cache-root.ts';

/** Options of the cache; it has a root of its own. */
export type TestCacheOptions = Omit<DiskCacheOptions, 'cacheRoot'>;

/**
 * Calls `action` with a disk cache in a fresh temporary root; closes the one and removes the other when it has settled.
 * Touches nothing else, so it may be used by tests that run at the same time.
 *
 * ```ts
 * test.concurrent('remembers', () =>
 *   withTestCache(async (cache) => {
 *     await cache.set('key', 'value');
 *     expect(await cache.get('key')).toBe('value');
 *   }));
 * ```
 * @returns what `action` returned.
 */
export async function withTestCache<T>(
  action: (cache: DiskCacheManager) => Promise<T> | T,
  options: TestCacheOptions = {},
): Promise<T> {
  const root = createTestCacheRoot();
  try {
    const cache = new DiskCacheManager({ ...options, cacheRoot: root.path });
    try {
      return await action(cache);
    } finally {
      await cache.close();
    }
  } finally {
    root.remove();
  }
}
