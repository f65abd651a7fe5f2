import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SyncCacheManager } from '../../src/cache-manager.ts';
import { getSharedCacheInstance, resetSharedCacheInstances } from '../../src/coordinator.ts';
import { monitorCachePerformance } from '../../src/metrics/index.ts';
import { bundle } from '../support/run-bundled.ts';
import { createTempRoot } from '../support/temp-root.ts';
import { read } from './reads.ts';

beforeEach(() => resetSharedCacheInstances());

/** Keeps what is logged, with the level in front. */
function memoryLogger() {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return { lines, warn: at('warn'), info: at('info'), debug: at('debug') };
}

async function cacheWith(tag: string, keys: number): Promise<SyncCacheManager> {
  const cache = getSharedCacheInstance({ cacheRoot: createTempRoot(), tag });
  for (let key = 0; key < keys; key++) await cache.set(['n', key], key);
  return cache;
}

const HIT = ['n', 0];
/** A monitor that looks only when it is told to. */
const IDLE = { interval: 3600 };

describe('the monitor', () => {
  it('warns once of a poor hit rate, says when it has recovered, and warns anew of a relapse', async () => {
    const cache = await cacheWith('layout', 11);
    const { lines, ...logger } = memoryLogger();
    using monitor = monitorCachePerformance({ logger, ...IDLE });
    const told = async () => {
      lines.length = 0;
      await monitor.check();
      return lines
        .filter((line) => !line.startsWith('debug'))
        .map((line) => line.replace(/ in \/\S+/, '').split(';')[0]);
    };
    await read(cache, { hits: 4, misses: 6 }, HIT);
    expect(await told()).toEqual([
      "warn glovebox-cache: cache 'layout' has a hit rate of 40.0 % (4 of 10 reads, 11 keys)",
    ]);
    expect(await told()).toEqual([]);
    await read(cache, { hits: 2, misses: 0 }, HIT);
    expect(await told()).toEqual(["info glovebox-cache: cache 'layout' has recovered, with a hit rate of 50.0 %"]);
    expect(await told()).toEqual([]);
    await read(cache, { hits: 0, misses: 8 }, HIT);
    expect(await told()).toEqual([
      "warn glovebox-cache: cache 'layout' has a hit rate of 30.0 % (6 of 20 reads, 11 keys)",
    ]);
  });

  it('keeps caches apart, and gives the report of its look', async () => {
    const held = [await cacheWith('poor', 11), await cacheWith('good', 11), await cacheWith('small', 10)];
    for (const [place, cache] of held.entries()) await read(cache, { hits: place === 1 ? 2 : 0, misses: 1 }, HIT);
    const { lines, ...logger } = memoryLogger();
    using monitor = monitorCachePerformance({ logger, ...IDLE });
    const report = await monitor.check();
    expect(report.recommendations.map(({ tag }) => tag)).toEqual(['poor']);
    expect(lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('debug'))).toHaveLength(3);
  });

  it('takes other thresholds', async () => {
    const cache = await cacheWith('layout', 3);
    await read(cache, { hits: 9, misses: 1 }, HIT);
    const { lines, ...logger } = memoryLogger();
    using monitor = monitorCachePerformance({ logger, ...IDLE, minHitRate: 0.95, minKeys: 2 });
    await monitor.check();
    expect(lines.join()).toContain('warn');
  });

  it('looks by itself, again and again, until it is stopped', async () => {
    const cache = await cacheWith('layout', 1);
    const { lines, ...logger } = memoryLogger();
    const monitor = monitorCachePerformance({ logger, interval: 0.01 });
    await vi.waitFor(() => expect(lines.length).toBeGreaterThan(2));
    monitor.stop();
    monitor.stop();
    await delay(50);
    const seen = lines.length;
    await delay(100);
    expect(lines.length).toBe(seen);
    expect(cache.closed).toBe(false);
  });

  it('is stopped by its signal, and never starts where that has come before', async () => {
    const cache = await cacheWith('layout', 1);
    const { lines, ...logger } = memoryLogger();
    const controller = new AbortController();
    const monitors = [monitorCachePerformance({ logger, interval: 0.01, signal: controller.signal })];
    controller.abort();
    monitors.push(monitorCachePerformance({ logger, interval: 0.01, signal: controller.signal }));
    await delay(100);
    expect(lines).toEqual([]);
    await monitors[1]?.check();
    expect(lines).toHaveLength(1);
    expect(cache.closed).toBe(false);
  });

  it('needs no more of a logger than warn, as a method', async () => {
    const cache = await cacheWith('layout', 11);
    await read(cache, { hits: 0, misses: 1 });
    class OnlyWarns {
      readonly lines: string[] = [];
      warn(message: string): void {
        this.lines.push(message);
      }
    }
    const logger = new OnlyWarns();
    using monitor = monitorCachePerformance({ logger, ...IDLE });
    await monitor.check();
    expect(logger.lines).toHaveLength(1);
  });

  it('is not harmed by a logger that throws, or rejects', async () => {
    const cache = await cacheWith('layout', 11);
    await read(cache, { hits: 0, misses: 1 });
    const throwing = () => {
      throw new Error('of the logger');
    };
    const looks = vi.fn(async () => {
      throw new Error('of the logger, later');
    });
    const monitor = monitorCachePerformance({ logger: { warn: throwing, debug: looks }, interval: 0.01 });
    onTestFinished(() => monitor.stop());
    await expect(monitor.check()).resolves.toMatchObject({ caches: [{ tag: 'layout' }] });
    await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(2));
  });

  it('lets the process end', async () => {
    const file = bundle(
      `import { monitorCachePerformance } from '../../src/metrics/index.ts';
       monitorCachePerformance({ logger: console, interval: 30 });
       console.log('done');`,
      'esm',
    );
    const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 15_000 });
    expect(stdout).toBe('done\n');
  });

  it.each([
    [{}, /^logger must have a method warn/],
    [{ logger: { info: () => {} } }, /^logger must have a method warn/],
    [undefined, /^logger must have a method warn/],
    [{ logger: console, interval: 0 }, /^interval must be a positive finite number of seconds, got 0/],
    [{ logger: console, interval: '5' }, /^interval/],
    [{ logger: console, minHitRate: 50 }, /^minHitRate must be a number from 0 to 1, got 50/],
    [{ logger: console, minKeys: 0.5 }, /^minKeys/],
    [{ logger: console, signal: {} }, /^signal must be an AbortSignal/],
  ])('refuses %o', (options, message) => {
    expect(() => Reflect.apply(monitorCachePerformance, undefined, [options])).toThrow(message);
  });
});
