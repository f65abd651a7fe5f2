import { existsSync } from 'node:fs';
import { createDefaultCache, getCacheInstanceCount, getSharedCacheInstance } from 'glovebox-cache';
import { testCacheRoot } from 'glovebox-cache/testing/vitest';
import { afterAll, describe, expect, test } from 'vitest';

const roots = new Set<string>();

/** What every test of this file expects to find, and leaves behind for the next. */
function findNothingAndLeaveSomething(): void {
  const root = testCacheRoot();
  expect(roots.has(root)).toBe(false);
  roots.add(root);
  expect(getCacheInstanceCount()).toBe(0);
  const cache = createDefaultCache({ tag: 'layout' });
  expect(getSharedCacheInstance({ cacheRoot: root, tag: 'layout' })).toBe(cache);
  expect(cache.keysSync()).toEqual([]);
  cache.setSync('key', 'value');
  process.env['GLOVEBOX_CACHE_MAX_SIZE_GB'] = 'nonsense';
}

describe('with one import, tests that run one after the other', () => {
  test('each have a fresh root', findNothingAndLeaveSomething);
  test('and don’t see what the one before left', findNothingAndLeaveSomething);
  test('nor its folder', () => {
    for (const root of roots) expect(existsSync(root)).toBe(false);
  });
  test('nor what its own failed run left', { retry: 1 }, ({ task }) => {
    findNothingAndLeaveSomething();
    expect(task.result?.retryCount).toBe(1);
  });
});

describe('tests that run at the same time', () => {
  const seen = new Set<string | undefined>();
  afterAll(() => {
    expect(seen.size).toBe(1);
    for (const root of [...roots, ...seen]) expect(existsSync(root ?? '')).toBe(false);
  });

  for (const turn of [1, 2, 3]) {
    test.concurrent(`are sheltered together, and told so: ${turn}`, async ({ expect }) => {
      const cache = createDefaultCache({ tag: 'together' });
      await new Promise((resolve) => setTimeout(resolve, turn * 5));
      // Those that have ended meanwhile closed nothing that is still in use.
      await cache.set('key', turn);
      seen.add(process.env['GLOVEBOX_CACHE_DIR']);
      expect(existsSync(process.env['GLOVEBOX_CACHE_DIR'] ?? '')).toBe(true);
      expect(() => testCacheRoot()).toThrow(
        /can't tell concurrent tests apart; give each a cache by withTestCache\(\)/,
      );
    });
  }
});

afterAll(() => {
  expect(() => testCacheRoot()).toThrow(/is for a running test whose file imports 'glovebox-cache\/testing\/vitest'/);
});
