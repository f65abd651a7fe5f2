import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HitRateCounter } from '../../src/cli/report/collect/hit-rates.ts';
import { createUserConfig } from '../../src/config.ts';
import { CacheArgumentError, CacheWriteError } from '../../src/errors.ts';
import { createMetricsService, MetricsService, SessionMetrics } from '../../src/metrics/index.ts';
import { isolateCaches } from '../../src/testing/index.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { openCache } from '../support/open-cache.ts';

const WEEK = 7 * 24 * 3600;

function openService(options: Parameters<typeof openCache>[0] = {}) {
  const cache = openCache({ tag: 'metrics', ...options });
  return { cache, service: new MetricsService(cache, { ttl: WEEK }) };
}

describe('a stored session', () => {
  it('is stored when its block ends, whole', async () => {
    const { cache, service } = openService();
    const layouts = openCache({ tag: 'layout' });
    let id = '';
    {
      await using session = service.startSession({ metadata: { command: 'build', version: '1.2.0' } });
      id = session.id;
      session.counter('builds').inc();
      const observed = session.observeCache(layouts);
      await observed.get('missing');
    }
    expect(await cache.keys()).toEqual([`metrics:session:${id}`]);
    const session = await service.getSession(id);
    expect(session).toMatchObject({
      version: 1,
      id,
      metadata: { command: 'build', version: '1.2.0' },
      caches: { layout: { hits: 0, misses: 1, operations: 1, errors: 0 } },
      metrics: [{ name: 'builds', type: 'counter', series: [{ labels: {}, value: 1 }] }, {}, {}, {}],
    });
    expect(session).toEqual(JSON.parse(JSON.stringify(session)));
    expect(Date.parse(session?.ended ?? '')).toBeGreaterThanOrEqual(Date.parse(session?.started ?? ''));
  });

  it('is what a report of the root reads hit rates from', async () => {
    const { cache, service } = openService();
    const session = service.startSession();
    const layouts = session.observeCache(openCache({ tag: 'layout' }));
    await layouts.set('key', 'value');
    await layouts.get('key');
    await session.end();
    const counter = new HitRateCounter(undefined);
    await counter.addAll(cache, await cache.keys());
    expect(counter.hitRates).toMatchObject({
      skipped: 0,
      byTag: [{ tag: 'layout', sessions: 1, hits: 1, misses: 0, operations: 2, errors: 0 }],
      periods: [{ from: session.started.toISOString() }],
    });
  });

  it('may be stored while it goes on, and is replaced by what comes later', async () => {
    const { service } = openService();
    const session = service.startSession();
    const counter = session.counter('builds');
    await service.storeSession(session);
    counter.inc();
    await session.end();
    expect((await service.getSession(session.id))?.metrics[0]?.series).toEqual([{ labels: {}, value: 1 }]);
    expect(await service.listSessions()).toHaveLength(1);
  });

  it('is stored once, however often it ends', async () => {
    const { cache, service } = openService();
    await using session = service.startSession();
    await Promise.all([session.end(), session.end()]);
    await cache.clear();
    await session.end();
    expect(await cache.keys()).toEqual([]);
  });

  it('is kept for seven days, unless the user says otherwise', async () => {
    const clock = new ManualClock();
    const { service } = openService({ clock: clock.now });
    const { id } = await service.startSession().end();
    clock.advance(WEEK - 1);
    expect(await service.getSession(id)).toBeDefined();
    clock.advance(2);
    expect(await service.getSession(id)).toBeUndefined();
    expect(await service.listSessions()).toEqual([]);
  });

  it('can be deleted', async () => {
    const { service } = openService();
    const { id } = await service.startSession().end();
    expect(await service.deleteSession(id)).toBe(true);
    expect(await service.deleteSession(id)).toBe(false);
    expect(await service.getSession(id)).toBeUndefined();
  });

  it('that can not be stored is an error of its end, which may be tried again, and a warning of its block', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on('warning', listen);
    onTestFinished(() => void process.off('warning', listen));
    let isFull = true;
    const store = async () => {
      if (isFull) throw new CacheWriteError('the disk is full');
    };
    const session = new SessionMetrics({}, store);
    await expect(session.end()).rejects.toThrow(CacheWriteError);
    await session[Symbol.asyncDispose]();
    await delay(5);
    expect(warnings).toMatchObject([{ code: 'WARN_METRICS_NOT_STORED' }]);
    isFull = false;
    expect((await session.end()).id).toBe(session.id);
  });
});

describe('the list of sessions', () => {
  it('has those of all services, the latest first', async () => {
    const { cache, service } = openService();
    const other = new MetricsService(openCache({ tag: 'metrics', cacheRoot: cache.cacheRoot }), { ttl: 60 });
    const ids: string[] = [];
    for (const by of [service, other, service]) {
      ids.unshift((await by.startSession().end()).id);
      await delay(3);
    }
    expect((await service.listSessions()).map(({ id }) => id)).toEqual(ids);
    expect((await service.listSessions({ limit: 2 })).map(({ id }) => id)).toEqual(ids.slice(0, 2));
  });

  it('begins where it is told to', async () => {
    const { service } = openService();
    await service.startSession().end();
    await delay(3);
    const since = new Date();
    await delay(3);
    const { id } = await service.startSession().end();
    expect((await service.listSessions({ since })).map((session) => session.id)).toEqual([id]);
  });

  it('leaves out what is no session, or one of another version', async () => {
    const { cache, service } = openService();
    const stored = await service.startSession().end();
    const { id: _, ...rest } = stored;
    const damages: unknown[] = [
      'text',
      null,
      { ...rest, version: 2 },
      { ...rest, id: 'another' },
      { ...rest, ended: 'soon' },
      { ...rest, caches: { layout: { hits: '1' } } },
      { ...rest, metrics: [{ name: 'a{b="', type: 'counter', series: [] }] },
      { ...rest, metrics: [{ name: 'a', type: 'gauge', series: [{ labels: { b: 1 }, value: 1 }] }] },
      { ...rest, metrics: [{ name: 'a', type: 'gauge', unit: 'x\n# EOF', series: [] }] },
      { ...rest, metrics: [{ name: 'a', type: 'gauge', series: [{ labels: { 'b="",c': '' }, value: 1 }] }] },
      { ...rest, metrics: [{ name: 'a', type: 'histogram', bounds: [1], series: [{ labels: {}, count: 1 }] }] },
    ];
    for (const [place, damage] of damages.entries()) {
      await cache.set(`metrics:session:z${place}`, isRecord(damage) ? { id: `z${place}`, ...damage } : damage);
    }
    await cache.set('metrics:session:whole', { ...rest, id: 'whole' });
    await cache.set('metrics:other', stored);
    expect((await service.listSessions()).map(({ id }) => id)).toEqual(['whole', stored.id]);
    expect(await service.getSession('z0')).toBeUndefined();
  });

  it.each([
    [{ limit: 0 }, /^limit must be a whole number/],
    [{ limit: 1.5 }, /^limit/],
    [{ since: new Date('never') }, /^since must be a valid Date/],
    [{ since: '2026-01-01' }, /^since/],
  ])('refuses %j', async (options, message) => {
    const { service } = openService();
    await expect(Reflect.apply(service.listSessions, service, [options])).rejects.toThrow(message);
  });
});

describe('the service', () => {
  it('is made from the configuration, on the shared cache with the tag metrics', async () => {
    const caches = isolateCaches();
    onTestFinished(() => caches.restore());
    const [cacheManager, service] = createMetricsService(createUserConfig({ ttls: { session: 60 } }));
    expect(createMetricsService(createUserConfig())[0]).toBe(cacheManager);
    expect(cacheManager.tag).toBe('metrics');
    const { id } = await service.startSession().end();
    expect((await cacheManager.getMetadata(`metrics:session:${id}`))?.ttl).toBe(60);
  });

  it('keeps sessions for seven days where nobody said otherwise', async () => {
    const caches = isolateCaches();
    onTestFinished(() => caches.restore());
    const [cacheManager, service] = createMetricsService(createUserConfig());
    const { id } = await service.startSession().end();
    expect((await cacheManager.getMetadata(`metrics:session:${id}`))?.ttl).toBe(WEEK);
  });

  it('refuses what is no cache, no time to live, no session and no id', async () => {
    const { cache, service } = openService();
    const make =
      (...args: unknown[]) =>
      () =>
        Reflect.construct(MetricsService, args);
    expect(make({}, { ttl: 1 })).toThrow('cache must be a cache manager');
    for (const ttl of [0, -1, Number.NaN]) expect(make(cache, { ttl })).toThrow(/^ttl must be/);
    await expect(Reflect.apply(service.storeSession, service, [{}])).rejects.toThrow(
      'session must be a SessionMetrics',
    );
    await expect(service.getSession('')).rejects.toThrow(CacheArgumentError);
    await expect(Reflect.apply(service.deleteSession, service, [7])).rejects.toThrow('id must be that of a session');
  });
});

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
