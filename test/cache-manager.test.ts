import { expect, test } from 'vitest';
import { isCacheManager } from '../src/cache-manager.ts';
import { DisabledCache } from '../src/disabled-cache.ts';
import { withTestCache } from '../src/testing/index.ts';

test('the caches of this package are cache managers', async () => {
  expect(isCacheManager(new DisabledCache())).toBe(true);
  expect(await withTestCache(isCacheManager)).toBe(true);
});

test('so is whatever has all of the methods', () => {
  const names = ['get', 'set', 'delete', 'deleteMany', 'clear', 'exists', 'getMetadata', 'getStats'];
  const methods = [...names, 'cleanup', 'keys', 'withLock', 'close'].map((name) => [name, () => undefined] as const);
  expect(isCacheManager(Object.fromEntries(methods))).toBe(true);
  for (const [missing] of methods) {
    expect(isCacheManager(Object.fromEntries(methods.filter(([name]) => name !== missing)))).toBe(false);
  }
});

test.each([undefined, null, 'cache', 1, {}, [], new Map()])('%j is none', (candidate) => {
  expect(isCacheManager(candidate)).toBe(false);
});
