import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type CacheManager, isCacheManager, type SyncCacheManager } from '../../src/cache-manager.ts';
import { CompilationBuildCacheService } from '../../src/compilation/index.ts';
import { DisabledCache } from '../../src/disabled-cache.ts';
import {
  CacheArgumentError,
  CacheKeyError,
  CacheTagError,
  CacheTimeoutError,
  CacheValueError,
} from '../../src/errors.ts';
import { SessionMetrics } from '../../src/metrics/index.ts';
import { describeConformance } from '../disk/conformance.ts';
import { asyncOnly, bySyncFace } from '../support/faces.ts';
import { openCache } from '../support/open-cache.ts';
import { createTempRoot } from '../support/temp-root.ts';

const observe = (cache: SyncCacheManager) => new SessionMetrics().observeCache(cache);

describeConformance('observed cache, asynchronous face', (options) => observe(openCache(options)));
describeConformance('observed cache, synchronous face', (options) => bySyncFace(observe(openCache(options))));
describeConformance('observed cache without synchronous face', (options) =>
  new SessionMetrics().observeCache(asyncOnly(openCache(options)), { tag: 'any' }),
);

describe('an observed cache', () => {
  it('is of the same kind', () => {
    const session = new SessionMetrics();
    const sync = session.observeCache(openCache({ tag: 'layout' }));
    expectTypeOf(sync).toEqualTypeOf<SyncCacheManager>();
    expect([sync.tag, sync.closed, isCacheManager(sync)]).toEqual(['layout', false, true]);
    const other = session.observeCache(asyncOnly(openCache()), { tag: 'any' });
    expectTypeOf(other).toEqualTypeOf<CacheManager>();
    expect(isCacheManager(other)).toBe(true);
    expect('getSync' in other).toBe(false);
    expect('copyToFile' in other).toBe(false);
  });

  it('counts hits and misses, by both faces, and a stored undefined as a hit', async () => {
    const session = new SessionMetrics();
    const cache = session.observeCache(openCache({ tag: 'layout' }));
    await cache.set('nothing', undefined);
    expect(await cache.get('nothing', 'default')).toBeUndefined();
    expect(cache.getSync('nothing', 'default')).toBeUndefined();
    expect(await cache.get('missing', 'default')).toBe('default');
    expect(cache.getSync('missing')).toBeUndefined();
    expect(cache.getSync('missing', 7)).toBe(7);
    expect(await cache.exists('missing')).toBe(false);
    expect((await session.cacheFigures())['layout']).toMatchObject({ hits: 2, misses: 3, operations: 7, errors: 0 });
  });

  it('counts copies into files as reads', async () => {
    const session = new SessionMetrics();
    const cache = session.observeCache(openCache());
    const target = join(createTempRoot(), 'copy');
    await cache.set('key', 'text');
    expect(await cache.copyToFile?.('key', target)).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('text');
    expect(await cache.copyToFile?.('missing', `${target}2`)).toBe(false);
    expect((await session.cacheFigures())['default']).toMatchObject({ hits: 1, misses: 1, errors: 0 });
  });

  it('tells how long each operation took, a synchronous one under the name of its twin', async () => {
    const session = new SessionMetrics();
    const cache = session.observeCache(openCache());
    cache.setSync('key', 1);
    await cache.set('key', 1);
    cache.keysSync();
    const { averageSeconds = {} } = (await session.cacheFigures())['default'] ?? {};
    expect(Object.keys(averageSeconds)).toEqual(['set', 'keys']);
    for (const seconds of Object.values(averageSeconds)) expect(seconds).toBeGreaterThan(0);
  });

  it('counts calls that throw, whoever is to blame, and passes on what they throw', async () => {
    const session = new SessionMetrics();
    const cache = session.observeCache(openCache());
    await expect(cache.get('')).rejects.toThrow(CacheKeyError);
    expect(() => cache.setSync('key', () => 1)).toThrow(CacheValueError);
    expect((await session.cacheFigures())['default']).toMatchObject({ hits: 0, misses: 0, operations: 2, errors: 2 });
  });

  it('measures how long withLock waited, not how long its action took, and blames the cache for its own errors only', async () => {
    const session = new SessionMetrics();
    const cache = session.observeCache(openCache());
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    await cache.withLock('key', () => pause(60));
    const first = (await session.cacheFigures())['default'];
    expect(first?.averageSeconds['withLock']).toBeLessThan(0.05);
    const fail = () => Promise.reject(new Error('of the action'));
    await expect(cache.withLock('key', fail)).rejects.toThrow('of the action');
    expect((await session.cacheFigures())['default']).toMatchObject({ operations: 2, errors: 0 });
    await cache.withLock('key', async () => {
      await expect(cache.withLock('key', () => 1, { timeout: 0.05 })).rejects.toThrow(CacheTimeoutError);
    });
    expect((await session.cacheFigures())['default']).toMatchObject({ operations: 4, errors: 1 });
    await expect(Reflect.apply(cache.withLock, cache, ['key', 'no action'])).rejects.toThrow(CacheArgumentError);
  });

  it('keeps what getStats told', async () => {
    const session = new SessionMetrics();
    const cache = session.observeCache(openCache({ tag: 'layout' }));
    cache.setSync('key', 1);
    expect(cache.getStatsSync()).toEqual(await cache.getStats());
    const told = (await session.snapshot()).flatMap(({ name, type, series }) =>
      type === 'gauge' ? [[name, series]] : [],
    );
    expect(told).toContainEqual(['glovebox_cache_entries', [{ labels: { tag: 'layout' }, value: 1 }]]);
    expect(told.map(([name]) => name)).toEqual(
      ['entries', 'size_bytes', 'evictions', 'expirations', 'faults'].map((name) => `glovebox_cache_${name}`),
    );
  });

  it('shares its figures with others of its tag, and keeps tags apart', async () => {
    const session = new SessionMetrics();
    for (const tag of ['layout', 'layout', 'metrics']) await session.observeCache(openCache({ tag })).get('missing');
    expect(await session.cacheFigures()).toMatchObject({ layout: { misses: 2 }, metrics: { misses: 1 } });
  });

  it('closes the one underneath', () => {
    const cache = openCache();
    {
      using observed = new SessionMetrics().observeCache(cache);
      expect(observed.closed).toBe(false);
    }
    expect(cache.closed).toBe(true);
  });

  it('may be one that stores nothing', async () => {
    const session = new SessionMetrics();
    const cache = session.observeCache(new DisabledCache({ tag: 'off' }));
    await cache.set('key', 1);
    await cache.get('key');
    expect((await session.cacheFigures())['off']).toMatchObject({ hits: 0, misses: 1 });
  });

  it('serves a domain as any cache does', async () => {
    const session = new SessionMetrics();
    const builds = new CompilationBuildCacheService(session.observeCache(openCache({ tag: 'compilation' })));
    const request = { command: process.execPath, args: ['-p', '6 * 7'], cwd: createTempRoot() };
    const sinks = { stdout: () => {}, stderr: () => {} };
    expect((await builds.run(request, sinks)).outcome).toBe('miss');
    expect((await builds.run(request, sinks)).outcome).toBe('hit');
    const figures = (await session.cacheFigures())['compilation'];
    expect(figures).toMatchObject({ errors: 0 });
    expect(figures?.hits).toBeGreaterThan(0);
    expect(figures?.misses).toBeGreaterThan(0);
    expect(Object.keys(figures?.averageSeconds ?? {})).toContain('withLock');
  });

  it('needs a cache, with a tag', () => {
    const session = new SessionMetrics();
    expect(() => Reflect.apply(session.observeCache, session, [{}])).toThrow('cache must be a cache manager');
    expect(() => session.observeCache(asyncOnly(openCache()))).toThrow('tag must be given');
    for (const tag of ['', '../x', 'a b', 'a'.repeat(65)]) {
      expect(() => session.observeCache(openCache(), { tag })).toThrow(CacheTagError);
    }
  });
});
