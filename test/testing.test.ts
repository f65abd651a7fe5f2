import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { getCacheInstanceCount, getSharedCacheInstance } from '../src/coordinator.ts';
import { CacheClosedError } from '../src/errors.ts';
import { createDefaultCache } from '../src/factories.ts';
import { createTestCacheRoot, isolateCaches, withTestCache } from '../src/testing/index.ts';

/** The variables of this package that are set. */
const variables = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('GLOVEBOX_CACHE_')));

describe('createTestCacheRoot', () => {
  test('gives a fresh, empty, private folder each time, and removes it', () => {
    const a = createTestCacheRoot();
    const b = createTestCacheRoot();
    expect(a.path).not.toBe(b.path);
    expect(readdirSync(a.path)).toEqual([]);
    expect(statSync(a.path).mode & 0o777).toBe(0o700);
    a.remove();
    a.remove();
    expect(existsSync(a.path)).toBe(false);
    expect(existsSync(b.path)).toBe(true);
    b.remove();
  });

  test('removes what is in the folder, at the end of a using block too', () => {
    let path: string;
    {
      using root = createTestCacheRoot();
      path = root.path;
      const cache = getSharedCacheInstance({ cacheRoot: path });
      cache.setSync('key', 'value');
      cache.closeSync();
    }
    expect(existsSync(path)).toBe(false);
  });
});

describe('withTestCache', () => {
  test('gives the action a cache and its result to the caller', async () => {
    const result = await withTestCache(async (cache) => {
      await cache.set('key', 'value');
      return cache.get('key');
    });
    expect(result).toBe('value');
  });

  test('passes options on, and takes an action that is not asynchronous', async () => {
    let now = 1_000_000;
    const misses = await withTestCache(
      (cache) => {
        cache.setSync('key', 1, { ttl: 10 });
        now += 11_000;
        return [cache.tag, cache.getSync('key')];
      },
      { tag: 'layout', clock: () => now },
    );
    expect(misses).toEqual(['layout', undefined]);
  });

  test('closes the cache and removes its root, also where the action fails', async () => {
    const failure = new Error('of the action');
    for (const end of [() => 'done', () => Promise.reject(failure)]) {
      const kept: { root?: string; read?: () => unknown } = {};
      const outcome = withTestCache((cache) => {
        kept.root = cache.cacheRoot;
        kept.read = () => cache.getSync('key');
        return end();
      });
      expect(await outcome.catch((error: unknown) => error)).toSatisfy(
        (value) => value === 'done' || value === failure,
      );
      expect(existsSync(kept.root ?? '')).toBe(false);
      expect(kept.read).toThrow(CacheClosedError);
    }
  });

  test('keeps callers apart that run at the same time', async () => {
    const counts = await Promise.all(
      [1, 2, 3].map((turn) =>
        withTestCache(async (cache) => {
          await cache.set(`only of ${turn}`, turn);
          await new Promise(setImmediate);
          return cache.keys();
        }),
      ),
    );
    expect(counts).toEqual([['only of 1'], ['only of 2'], ['only of 3']]);
  });
});

describe('isolateCaches', () => {
  beforeEach(() => {
    vi.stubEnv('GLOVEBOX_CACHE_DIR', '/of/the/machine');
    vi.stubEnv('GLOVEBOX_CACHE_GLOBAL', 'disabled');
    vi.stubEnv('GLOVEBOX_CACHE_LAYOUT', 'disabled');
    vi.stubEnv('GLOVEBOX_CACHE_STRATEGY', undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('gives a fresh root, whatever the environment says, and puts the environment back', () => {
    const before = variables();
    const { root, restore } = isolateCaches();
    expect(variables()).toEqual({ GLOVEBOX_CACHE_DIR: root, GLOVEBOX_CACHE_STRATEGY: 'shared' });
    createDefaultCache({ tag: 'layout' }).setSync('key', 'value');
    expect(existsSync(join(root, 'layout'))).toBe(true);
    process.env['GLOVEBOX_CACHE_MAX_SIZE_GB'] = '1';
    restore();
    expect(variables()).toEqual(before);
    expect(existsSync(root)).toBe(false);
  });

  test('closes the shared instances before and after', () => {
    using outside = createTestCacheRoot();
    const before = getSharedCacheInstance({ cacheRoot: outside.path, enabled: true });
    const caches = isolateCaches();
    expect(() => before.getSync('key')).toThrow(CacheClosedError);
    expect(getCacheInstanceCount()).toBe(0);
    const during = createDefaultCache();
    caches.restore();
    expect(() => during.getSync('key')).toThrow(CacheClosedError);
    expect(getCacheInstanceCount()).toBe(0);
  });

  test('can be restored again without harm, and nested', () => {
    const before = variables();
    const outer = isolateCaches();
    {
      using inner = isolateCaches();
      expect(inner.root).not.toBe(outer.root);
      expect(variables()['GLOVEBOX_CACHE_DIR']).toBe(inner.root);
    }
    expect(variables()['GLOVEBOX_CACHE_DIR']).toBe(outer.root);
    outer.restore();
    process.env['GLOVEBOX_CACHE_GLOBAL'] = 'enabled';
    outer.restore();
    expect(variables()).toEqual({ ...before, GLOVEBOX_CACHE_GLOBAL: 'enabled' });
  });
});
