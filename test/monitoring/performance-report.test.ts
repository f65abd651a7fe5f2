import { writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { getSharedCacheInstance, resetSharedCacheInstances } from '../../src/coordinator.ts';
import { getCachePerformanceReport, MONITORING_DEFAULTS, SessionMetrics } from '../../src/metrics/index.ts';
import { listEntryFiles } from '../support/store-files.ts';
import { createTempRoot } from '../support/temp-root.ts';
import { read } from './reads.ts';

beforeEach(() => resetSharedCacheInstances());

describe('the performance report', () => {
  it('has no caches, zeros and nothing to recommend where none is open', async () => {
    const report = await getCachePerformanceReport();
    expect(report).toMatchObject({ caches: [], recommendations: [], silent: [] });
    expect(report.total).toMatchObject({ hits: 0, misses: 0, totalKeys: 0, hitRate: 0 });
    expect(Math.abs(Date.parse(report.time) - Date.now())).toBeLessThan(60_000);
  });

  it('has every shared cache, by root and tag, with its figures, its share of the limit, and their sum', async () => {
    const [one, other] = [createTempRoot(), createTempRoot()].sort();
    const held = [
      getSharedCacheInstance({ cacheRoot: other ?? '', tag: 'layout' }),
      getSharedCacheInstance({ cacheRoot: one ?? '', tag: 'metrics' }),
      getSharedCacheInstance({ cacheRoot: one ?? '', tag: 'layout', maxSizeBytes: 2 ** 20 }),
      getSharedCacheInstance({ cacheRoot: one ?? '', tag: 'off', enabled: false }),
    ];
    await held[2]?.set('key', 'value');
    await read(held[2], { hits: 3, misses: 1 });
    await read(held[0], { hits: 0, misses: 2 });
    const { caches, total } = await getCachePerformanceReport();
    expect(caches.map(({ root, tag }) => [root, tag])).toEqual([
      [one, 'layout'],
      [one, 'metrics'],
      [other, 'layout'],
    ]);
    const [first] = caches;
    expect(first?.stats).toMatchObject({ hits: 3, misses: 1, hitRate: 0.75, totalKeys: 1 });
    expect(first?.limitBytes).toBe(2 ** 20);
    expect(first?.usedOfLimit).toBe((first?.stats.sizeBytes ?? 0) / 2 ** 20);
    expect(first?.averageSeconds).toEqual({});
    expect(total).toMatchObject({ hits: 3, misses: 3, hitRate: 0.5, totalKeys: 1 });
  });

  it('tells how long calls took, where a session observes them', async () => {
    const cache = getSharedCacheInstance({ cacheRoot: createTempRoot(), tag: 'layout' });
    const session = new SessionMetrics();
    await session.observeCache(cache).get('missing');
    const [found] = (await getCachePerformanceReport({ session })).caches;
    expect(found?.averageSeconds).toEqual({ get: expect.any(Number) });
  });

  it('is plain JSON', async () => {
    const held = getSharedCacheInstance({ cacheRoot: createTempRoot() });
    const report = await getCachePerformanceReport();
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(held.closed).toBe(false);
  });

  it('names a cache that can not tell, and has the others all the same', async () => {
    const root = createTempRoot();
    const a = getSharedCacheInstance({ cacheRoot: root, tag: 'a' });
    const b = getSharedCacheInstance({ cacheRoot: root, tag: 'b' });
    // As one does that somebody closes while the report is made.
    vi.spyOn(b, 'getStats').mockImplementation(async () => {
      b.closeSync();
      return b.getStatsSync();
    });
    expect(await getCachePerformanceReport()).toMatchObject({
      caches: [{ tag: 'a' }],
      silent: [{ root, tag: 'b', code: 'ERR_CACHE_CLOSED', message: expect.stringContaining('closed') }],
    });
    expect(a.closed).toBe(false);
  });

  it('refuses thresholds out of range, and what is no session', async () => {
    await expect(getCachePerformanceReport({ minHitRate: 1.1 })).rejects.toThrow(
      'minHitRate must be a number from 0 to 1',
    );
    await expect(getCachePerformanceReport({ minHitRate: Number.NaN })).rejects.toThrow('minHitRate');
    await expect(getCachePerformanceReport({ minKeys: -1 })).rejects.toThrow('minKeys must be a whole number');
    await expect(Reflect.apply(getCachePerformanceReport, undefined, [null])).rejects.toThrow(
      'options must be an object, got null',
    );
    await expect(Reflect.apply(getCachePerformanceReport, undefined, [{ session: {} }])).rejects.toThrow(
      'session must be',
    );
  });
});

describe('a recommendation', () => {
  it.each([
    ['below half, with more than ten keys', { keys: 11, hits: 49, misses: 51 }, {}, ['LOW_HIT_RATE']],
    ['at exactly half', { keys: 11, hits: 1, misses: 1 }, {}, []],
    ['with exactly ten keys', { keys: 10, hits: 0, misses: 9 }, {}, []],
    ['with eleven keys that nobody has read', { keys: 11, hits: 0, misses: 0 }, {}, []],
    ['below a rate of the caller', { keys: 11, hits: 8, misses: 2 }, { minHitRate: 0.81 }, ['LOW_HIT_RATE']],
    ['with more keys than the caller wants', { keys: 3, hits: 0, misses: 1 }, { minKeys: 2 }, ['LOW_HIT_RATE']],
    ['at any rate, where none is too low', { keys: 11, hits: 0, misses: 1 }, { minHitRate: 0 }, []],
  ])('for a hit rate %s', async (_, { keys, ...reads }, thresholds, codes) => {
    const cache = getSharedCacheInstance({ cacheRoot: createTempRoot(), tag: 'layout' });
    for (let key = 0; key < keys; key++) await cache.set(['n', key], key);
    await cache.set(['n', 0], 'there');
    await read(cache, reads, ['n', 0]);
    const { recommendations } = await getCachePerformanceReport(thresholds);
    expect(recommendations.map(({ code }) => code)).toEqual(codes);
  });

  it('says what it is about, in figures and in words', async () => {
    const cacheRoot = createTempRoot();
    const cache = getSharedCacheInstance({ cacheRoot, tag: 'layout' });
    for (let key = 0; key < 12; key++) await cache.set(['n', key], key);
    await read(cache, { hits: 1, misses: 3 }, ['n', 0]);
    expect((await getCachePerformanceReport()).recommendations).toEqual([
      {
        code: 'LOW_HIT_RATE',
        root: cacheRoot,
        tag: 'layout',
        value: 0.25,
        message: expect.stringMatching(/^cache 'layout' has a hit rate of 25.0 % \(1 of 4 reads, 12 keys\);/),
      },
    ]);
  });

  it('comes with a limit that is nearly reached, and with evictions', async () => {
    const cache = getSharedCacheInstance({ cacheRoot: createTempRoot(), maxSizeBytes: 100_000 });
    for (let key = 0; key < 3; key++) await cache.set(['n', key], Buffer.alloc(40_000));
    const small = getSharedCacheInstance({ cacheRoot: createTempRoot(), maxSizeBytes: 100_000 });
    await small.set('key', Buffer.alloc(89_000));
    const { recommendations } = await getCachePerformanceReport();
    expect(recommendations.map(({ code, value }) => [code, value])).toEqual(
      expect.arrayContaining([
        ['EVICTIONS', expect.any(Number)],
        ['NEAR_LIMIT', expect.any(Number)],
      ]),
    );
  });

  it('comes with damage that was met', async () => {
    const cacheRoot = createTempRoot();
    const cache = getSharedCacheInstance({ cacheRoot, memoryMaxBytes: 0 });
    await cache.set('key', 'value');
    for (const file of listEntryFiles({ cacheRoot, tag: 'default' })) writeFileSync(file, 'other');
    await cache.get('key');
    expect((await getCachePerformanceReport()).recommendations).toMatchObject([
      { code: 'FAULTS', value: 1, message: expect.stringContaining('glovebox-cache check --tag default') },
    ]);
  });
});

it('the defaults are these', () => {
  expect(MONITORING_DEFAULTS).toEqual({ minHitRate: 0.5, minKeys: 10, interval: 60 });
});
