/**
 * Disk caches that are closed when their test is over.
 */

import { expect, onTestFinished } from 'vitest';
import { DiskCacheManager } from '../../src/disk/disk-cache-manager.ts';
import type { DiskCacheOptions } from '../../src/disk/options.ts';
import { createTempRoot } from './temp-root.ts';

/** Opens a cache, in a fresh root unless one is given; closed when the running test has finished. */
export function openCache(options: Partial<DiskCacheOptions> = {}): DiskCacheManager {
  const cache = new DiskCacheManager({ cacheRoot: options.cacheRoot ?? createTempRoot(), ...options });
  onTestFinished(() => cache.closeSync());
  return cache;
}

/** Fails unless every entry, sidecar and index record of the cache's tag agree. */
export async function expectSound(cache: DiskCacheManager): Promise<void> {
  const report = await cache.check();
  expect(report.problems).toEqual([]);
}
