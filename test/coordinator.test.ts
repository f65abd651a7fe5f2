import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  cleanupSharedCacheInstances,
  getAggregatedCacheStats,
  getCacheInstanceCount,
  getCacheInstanceKeys,
  getSharedCacheInstance,
  getSharedCacheInstances,
  resetSharedCacheInstances,
} from '../src/coordinator.ts';
import { DisabledCache } from '../src/disabled-cache.ts';
import { DiskCacheManager } from '../src/disk/disk-cache-manager.ts';
import { CacheArgumentError, CacheClosedError, CacheConfigError, CacheTagError } from '../src/errors.ts';
import { testCacheRoot } from '../src/testing/vitest.ts';

/** A cache root that does not exist yet. */
const newRoot = () => join(testCacheRoot(), 'root');

describe('the same real root and the same tag', () => {
  test('are the same object', () => {
    const cacheRoot = newRoot();
    const cache = getSharedCacheInstance({ cacheRoot, tag: 'layout' });
    expect(cache).toBeInstanceOf(DiskCacheManager);
    expect(getSharedCacheInstance({ cacheRoot, tag: 'layout' })).toBe(cache);
  });

  test('however the root is written', () => {
    const cacheRoot = newRoot();
    const link = join(testCacheRoot(), 'link');
    mkdirSync(cacheRoot);
    symlinkSync(cacheRoot, link);
    const cache = getSharedCacheInstance({ cacheRoot });
    expect(getSharedCacheInstance({ cacheRoot: `${cacheRoot}${sep}` })).toBe(cache);
    expect(getSharedCacheInstance({ cacheRoot: relative(process.cwd(), cacheRoot) })).toBe(cache);
    expect(getSharedCacheInstance({ cacheRoot: join(cacheRoot, 'sub', '..') })).toBe(cache);
    expect(getSharedCacheInstance({ cacheRoot: link })).toBe(cache);
  });

  test('also where a link leads to a root that the first call created', () => {
    const link = join(testCacheRoot(), 'link');
    symlinkSync(testCacheRoot(), link);
    const cache = getSharedCacheInstance({ cacheRoot: join(link, 'a', 'b') });
    expect(getSharedCacheInstance({ cacheRoot: join(testCacheRoot(), 'a', 'b') })).toBe(cache);
  });

  test('no tag is the tag default', () => {
    const cacheRoot = newRoot();
    expect(getSharedCacheInstance({ cacheRoot })).toBe(getSharedCacheInstance({ cacheRoot, tag: 'default' }));
    expect(existsSync(join(cacheRoot, 'default'))).toBe(true);
  });

  test('another tag is another object with entries of its own', async () => {
    const cacheRoot = newRoot();
    const layout = getSharedCacheInstance({ cacheRoot, tag: 'layout' });
    const metrics = getSharedCacheInstance({ cacheRoot, tag: 'metrics' });
    expect(metrics).not.toBe(layout);
    await layout.set('key', 'of layout');
    expect(await metrics.get('key')).toBeUndefined();
    expect(existsSync(join(cacheRoot, 'layout'))).toBe(true);
    expect(existsSync(join(cacheRoot, 'metrics'))).toBe(true);
  });

  test('another root is another object', () => {
    const cache = getSharedCacheInstance({ cacheRoot: join(testCacheRoot(), 'a') });
    expect(getSharedCacheInstance({ cacheRoot: join(testCacheRoot(), 'b') })).not.toBe(cache);
  });
});

describe('a closed instance', () => {
  test('is dropped, and the next call opens a new one with the same entries', async () => {
    const cacheRoot = newRoot();
    const first = getSharedCacheInstance({ cacheRoot });
    await first.set('key', 1);
    await first.close();
    expect(getCacheInstanceCount()).toBe(0);
    const second = getSharedCacheInstance({ cacheRoot });
    expect(second).not.toBe(first);
    expect(await second.get('key')).toBe(1);
    expect(getCacheInstanceCount()).toBe(1);
  });

  test('is not among the instances, the keys and the figures', async () => {
    const cacheRoot = newRoot();
    const open = getSharedCacheInstance({ cacheRoot, tag: 'open' });
    const closed = getSharedCacheInstance({ cacheRoot, tag: 'closed' });
    await open.get('missing');
    await closed.get('missing');
    closed.closeSync();
    expect(getCacheInstanceKeys()).toEqual(['open']);
    expect(getSharedCacheInstances()).toEqual([{ root: cacheRoot, tag: 'open', instance: open }]);
    expect((await getAggregatedCacheStats()).misses).toBe(1);
    expect(await cleanupSharedCacheInstances()).toBe(0);
  });
});

describe('what is live', () => {
  test('is counted and listed by tag, root and instance', () => {
    expect(getCacheInstanceCount()).toBe(0);
    expect(getCacheInstanceKeys()).toEqual([]);
    const a = join(testCacheRoot(), 'a');
    const b = join(testCacheRoot(), 'b');
    const instances = [
      { root: a, tag: 'metrics', instance: getSharedCacheInstance({ cacheRoot: a, tag: 'metrics' }) },
      { root: a, tag: 'layout', instance: getSharedCacheInstance({ cacheRoot: a, tag: 'layout' }) },
      { root: b, tag: 'layout', instance: getSharedCacheInstance({ cacheRoot: b, tag: 'layout' }) },
    ];
    expect(getCacheInstanceCount()).toBe(3);
    expect(getCacheInstanceKeys()).toEqual(['layout', 'metrics']);
    expect(getSharedCacheInstances()).toEqual(instances);
  });

  test('adds its figures up', async () => {
    const cacheRoot = newRoot();
    const a = getSharedCacheInstance({ cacheRoot, tag: 'a' });
    const b = getSharedCacheInstance({ cacheRoot, tag: 'b' });
    await a.set('key', 1);
    await b.set('key', 1);
    await b.set('other', 1);
    await a.get('key');
    await b.get('key');
    await b.get('other');
    await b.get('missing');
    const [statsA, statsB, total] = [await a.getStats(), await b.getStats(), await getAggregatedCacheStats()];
    expect(total).toMatchObject({ hits: 3, misses: 1, totalKeys: 3, hitRate: 0.75, missRate: 0.25, errors: 0 });
    expect(total.sizeBytes).toBe(statsA.sizeBytes + statsB.sizeBytes);
    expect(total.sizeMb).toBe(total.sizeBytes / 2 ** 20);
  });

  test('has figures of zero where there is none', async () => {
    expect(await getAggregatedCacheStats()).toMatchObject({ hits: 0, totalKeys: 0, hitRate: 0, missRate: 0 });
  });

  test('is cleaned up together', async () => {
    let now = Date.now();
    const options = { cacheRoot: newRoot(), clock: () => now };
    const a = getSharedCacheInstance({ ...options, tag: 'a' });
    const b = getSharedCacheInstance({ ...options, tag: 'b' });
    await a.set('brief', 1, { ttl: 1 });
    await a.set('lasting', 1);
    await b.set('brief', 1, { ttl: 1 });
    await b.set('brief too', 1, { ttl: 1 });
    now += 2000;
    expect(await cleanupSharedCacheInstances()).toBe(3);
    expect(await a.keys()).toEqual(['lasting']);
  });

  test('is cleaned up though some of it fails, whose errors are passed on', async () => {
    let now = Date.now();
    const cacheRoot = newRoot();
    let broken = false;
    const clock = () => {
      if (broken) throw new Error('the clock stopped');
      return now;
    };
    getSharedCacheInstance({ cacheRoot, tag: 'a', clock });
    getSharedCacheInstance({ cacheRoot, tag: 'c', clock });
    const sound = getSharedCacheInstance({ cacheRoot, tag: 'b', clock: () => now });
    await sound.set('brief', 1, { ttl: 1 });
    now += 2000;
    broken = true;
    await expect(cleanupSharedCacheInstances()).rejects.toThrow('cleanup failed in 2 shared caches');
    expect((await sound.getStats()).expirations).toBe(1);
    getSharedCacheInstance({ cacheRoot, tag: 'c' }).closeSync();
    await expect(cleanupSharedCacheInstances()).rejects.toThrow('the clock stopped');
  });
});

describe('a reset', () => {
  test('closes every instance and forgets it, and keeps what they stored', async () => {
    const cacheRoot = newRoot();
    const layout = getSharedCacheInstance({ cacheRoot, tag: 'layout' });
    const disabled = getSharedCacheInstance({ cacheRoot, tag: 'off', enabled: false });
    await layout.set('key', 'stored');
    resetSharedCacheInstances();
    expect(getCacheInstanceCount()).toBe(0);
    await expect(layout.get('key')).rejects.toThrow(CacheClosedError);
    await expect(disabled.get('key')).rejects.toThrow(CacheClosedError);
    const again = getSharedCacheInstance({ cacheRoot, tag: 'layout' });
    expect(again).not.toBe(layout);
    expect(await again.get('key')).toBe('stored');
  });

  test('of nothing does nothing', () => {
    resetSharedCacheInstances();
    resetSharedCacheInstances();
  });
});

describe('a disabled cache', () => {
  test('stores nothing, creates nothing, and is not counted', async () => {
    const cacheRoot = newRoot();
    const cache = getSharedCacheInstance({ cacheRoot, tag: 'layout', enabled: false });
    expect(cache).toBeInstanceOf(DisabledCache);
    await cache.set('key', 1);
    expect(await cache.get('key')).toBeUndefined();
    expect(existsSync(cacheRoot)).toBe(false);
    expect(getCacheInstanceCount()).toBe(0);
    expect(getCacheInstanceKeys()).toEqual([]);
  });

  test('is one object for a root and a tag, so that its locks hold', () => {
    const cacheRoot = newRoot();
    const cache = getSharedCacheInstance({ cacheRoot, tag: 'layout', enabled: false });
    expect(getSharedCacheInstance({ cacheRoot, tag: 'layout', enabled: false })).toBe(cache);
    expect(getSharedCacheInstance({ cacheRoot, tag: 'metrics', enabled: false })).not.toBe(cache);
  });

  test('leaves the instance that others use alone', async () => {
    const cacheRoot = newRoot();
    const cache = getSharedCacheInstance({ cacheRoot });
    await cache.set('key', 1);
    const disabled = getSharedCacheInstance({ cacheRoot, enabled: false });
    expect(await disabled.get('key')).toBeUndefined();
    disabled.closeSync();
    expect(getSharedCacheInstance({ cacheRoot })).toBe(cache);
    expect(await cache.get('key')).toBe(1);
  });

  test.each(['disabled', '0', 'false', 'FALSE', ' Disabled '])('is what GLOVEBOX_CACHE_GLOBAL=%s gives', (value) => {
    process.env['GLOVEBOX_CACHE_GLOBAL'] = value;
    expect(getSharedCacheInstance({ cacheRoot: newRoot() })).toBeInstanceOf(DisabledCache);
  });

  test.each(['enabled', '1', 'true', ''])('is not what GLOVEBOX_CACHE_GLOBAL=%s gives', (value) => {
    process.env['GLOVEBOX_CACHE_GLOBAL'] = value;
    expect(getSharedCacheInstance({ cacheRoot: newRoot() })).toBeInstanceOf(DiskCacheManager);
  });

  test('is what GLOVEBOX_CACHE_<TAG> gives for that tag', () => {
    process.env['GLOVEBOX_CACHE_ZMK_BUILD_2'] = '0';
    const cacheRoot = newRoot();
    expect(getSharedCacheInstance({ cacheRoot, tag: 'zmk-build.2' })).toBeInstanceOf(DisabledCache);
    expect(getSharedCacheInstance({ cacheRoot, tag: 'zmk' })).toBeInstanceOf(DiskCacheManager);
  });

  test('a tag whose variable is a setting has no switch', () => {
    expect(process.env['GLOVEBOX_CACHE_DIR']).toBeDefined();
    expect(getSharedCacheInstance({ cacheRoot: newRoot(), tag: 'dir' })).toBeInstanceOf(DiskCacheManager);
  });

  test('a switch that is neither on nor off is an error that names it', () => {
    process.env['GLOVEBOX_CACHE_GLOBAL'] = 'off';
    const open = () => getSharedCacheInstance({ cacheRoot: newRoot() });
    expect(open).toThrow(CacheConfigError);
    expect(open).toThrow('environment variable GLOVEBOX_CACHE_GLOBAL must be disabled, 0 or false');
  });

  test('enabled: true stands above the environment', () => {
    process.env['GLOVEBOX_CACHE_GLOBAL'] = 'disabled';
    expect(getSharedCacheInstance({ cacheRoot: newRoot(), enabled: true })).toBeInstanceOf(DiskCacheManager);
  });
});

describe('options that differ from the live instance’s', () => {
  /** Catches the process warnings of the running test. */
  function catchWarnings() {
    const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => emit.mockRestore());
    return emit.mock.calls;
  }

  test('are ignored with one warning that names them, however often they come', () => {
    const warnings = catchWarnings();
    const cacheRoot = newRoot();
    const cache = getSharedCacheInstance({ cacheRoot, tag: 'layout', maxSizeGb: 1, timeout: 10 });
    for (const maxSizeGb of [2, 3, 2]) {
      expect(getSharedCacheInstance({ cacheRoot, tag: 'layout', maxSizeGb, timeout: 5 })).toBe(cache);
    }
    expect(warnings).toHaveLength(1);
    const [message, details] = warnings[0] ?? [];
    expect(details).toEqual({ type: 'CacheWarning', code: 'WARN_CACHE_OPTIONS' });
    expect(message).toContain("shared cache 'layout'");
    expect(message).toContain('maxSizeBytes 2147483648 (it has 1073741824)');
    expect(message).toContain('timeout 5 (it has 10)');
  });

  test('are no concern where they are the same, said in another unit, or not given', () => {
    const warnings = catchWarnings();
    const cacheRoot = newRoot();
    const clock = () => Date.now();
    const cache = getSharedCacheInstance({ cacheRoot, maxSizeGb: 1, fsync: false, clock });
    expect(getSharedCacheInstance({ cacheRoot, maxSizeGb: 1, fsync: false, clock })).toBe(cache);
    expect(getSharedCacheInstance({ cacheRoot, maxSizeBytes: 2 ** 30 })).toBe(cache);
    expect(getSharedCacheInstance({ cacheRoot })).toBe(cache);
    getSharedCacheInstance({ cacheRoot, enabled: false, maxSizeGb: 1 });
    getSharedCacheInstance({ cacheRoot, enabled: false, maxSizeGb: 2 });
    expect(warnings).toEqual([]);
  });

  test('warn again for the instance that comes after', () => {
    const warnings = catchWarnings();
    const cacheRoot = newRoot();
    for (let turn = 0; turn < 2; turn++) {
      const cache = getSharedCacheInstance({ cacheRoot, memoryMaxBytes: 1000 });
      getSharedCacheInstance({ cacheRoot, memoryMaxBytes: 2000 });
      cache.closeSync();
    }
    expect(warnings).toHaveLength(2);
  });

  test('are refused where they are wrong, though the instance is open', () => {
    const cacheRoot = newRoot();
    const cache = getSharedCacheInstance({ cacheRoot });
    expect(() => getSharedCacheInstance({ cacheRoot, timeout: -1 })).toThrow(CacheArgumentError);
    expect(() => getSharedCacheInstance({ cacheRoot, tag: '../elsewhere' })).toThrow(CacheTagError);
    expect(() => getSharedCacheInstance({ cacheRoot, tag: '..', enabled: false })).toThrow(CacheTagError);
    const enabled: boolean = JSON.parse('"no"');
    expect(() => getSharedCacheInstance({ cacheRoot, enabled })).toThrow("enabled must be true or false, got 'no'");
    expect(getSharedCacheInstance({ cacheRoot })).toBe(cache);
  });
});

test('a root that can’t be used is refused and leaves nothing behind', () => {
  const cacheRoot = join(testCacheRoot(), 'file');
  writeFileSync(cacheRoot, 'in the way');
  expect(() => getSharedCacheInstance({ cacheRoot })).toThrow(/cacheRoot .* a file/);
  expect(getCacheInstanceCount()).toBe(0);
});
