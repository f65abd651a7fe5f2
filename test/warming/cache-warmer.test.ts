import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CacheArgumentError } from '../../src/errors.ts';
import { CacheWarmer, type WarmingProgress, type WarmingTask } from '../../src/warming/index.ts';
import { openCache } from '../support/open-cache.ts';

/** A task whose result is kept in a cache of its own. */
function task(name: string, work: (signal: AbortSignal) => Promise<void> | void = () => {}): WarmingTask {
  const cache = openCache();
  return {
    name,
    isWarm: () => cache.exists(name),
    warm: async (signal) => {
      await work(signal);
      await cache.set(name, 'made');
    },
  };
}

function warm(made: WarmingTask): WarmingTask {
  return { ...made, isWarm: async () => true, warm: () => Promise.reject(new Error('it is there')) };
}

describe('a cache warmer', () => {
  it('makes what is missing and skips what is there', async () => {
    const tasks = [task('a'), warm(task('b')), task('c')];
    const report = await new CacheWarmer().warm(tasks);
    expect(report).toMatchObject({ warmed: ['a', 'c'], skipped: ['b'], failed: [], unfinished: [], aborted: false });
    expect(report.elapsedMs).toBeGreaterThan(0);
    expect(await new CacheWarmer().warm(tasks)).toMatchObject({ warmed: [], skipped: ['a', 'b', 'c'] });
  });

  it('reports what failed and goes on', async () => {
    const error = new Error('no such board');
    const tasks = [
      task('a', () => Promise.reject(error)),
      { ...task('b'), isWarm: () => Promise.reject(error) },
      task('c'),
    ];
    expect(await new CacheWarmer().warm(tasks)).toMatchObject({
      warmed: ['c'],
      failed: [
        { name: 'a', error },
        { name: 'b', error },
      ],
      aborted: false,
    });
  });

  it('reports as failed what the cache did not keep', async () => {
    const lost: WarmingTask = { name: 'lost', isWarm: async () => false, warm: async () => {} };
    const { failed } = await new CacheWarmer().warm([lost]);
    expect(failed).toEqual([
      { name: 'lost', error: expect.objectContaining({ message: expect.stringMatching(/did not keep it/) }) },
    ]);
  });

  it('runs no more at once than it may, and no fewer', async () => {
    let running = 0;
    let most = 0;
    const tasks = Array.from({ length: 9 }, (_, index) =>
      task(`task ${index}`, async () => {
        most = Math.max(most, ++running);
        await sleep(5);
        running--;
      }),
    );
    await new CacheWarmer({ concurrency: 3 }).warm(tasks);
    expect(most).toBe(3);
  });

  it('tells how far it is after each task', async () => {
    const heard: WarmingProgress[] = [];
    const tasks = [task('a'), warm(task('b')), task('c', () => Promise.reject(new Error('no')))];
    await new CacheWarmer({ concurrency: 1 }).warm(tasks, { onProgress: (progress) => void heard.push(progress) });
    expect(heard).toEqual([
      { done: 1, total: 3, name: 'a', outcome: 'warmed' },
      { done: 2, total: 3, name: 'b', outcome: 'skipped' },
      { done: 3, total: 3, name: 'c', outcome: 'failed' },
    ]);
  });

  it('ends when it is aborted: what runs is told, what has not begun is left', async () => {
    const controller = new AbortController();
    const told: unknown[] = [];
    const tasks = [
      task('a'),
      task('b', async (signal) => {
        controller.abort('enough');
        told.push(signal.reason);
        await sleep(60_000, undefined, { signal });
      }),
      task('c'),
      warm(task('d')),
    ];
    const report = await new CacheWarmer({ concurrency: 1 }).warm(tasks, { signal: controller.signal });
    expect(report).toMatchObject({
      warmed: ['a'],
      skipped: [],
      failed: [],
      unfinished: ['b', 'c', 'd'],
      aborted: true,
    });
    expect(told).toEqual(['enough']);
  });

  it('begins nothing when it is aborted before', async () => {
    const never = task('a', () => Promise.reject(new Error('begun')));
    const report = await new CacheWarmer().warm([never], { signal: AbortSignal.abort() });
    expect(report).toMatchObject({ failed: [], unfinished: ['a'], aborted: true });
  });

  it('is not aborted where all had ended before the signal came', async () => {
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const report = await new CacheWarmer().warm([task('a')], { signal: controller.signal, onProgress });
    expect(report).toMatchObject({ warmed: ['a'], aborted: false });
  });

  it('throws what its listener throws, with nothing left running', async () => {
    let ended = false;
    const tasks = [
      task('a'),
      task('b', async (signal) => {
        await sleep(20, undefined, { signal }).catch(() => undefined);
        ended = true;
      }),
      task('c', () => Promise.reject(new Error('begun'))),
    ];
    const onProgress = () => {
      throw new Error('listener');
    };
    await expect(new CacheWarmer().warm(tasks, { onProgress })).rejects.toThrow('listener');
    expect(ended).toBe(true);
  });

  it('has nothing to do without tasks', async () => {
    expect(await new CacheWarmer().warm([])).toMatchObject({ warmed: [], aborted: false });
  });

  it.each([0, 1.5, -1, Number.NaN, '2'])('refuses a concurrency of %j by name', (concurrency) => {
    expect(() => Reflect.construct(CacheWarmer, [{ concurrency }])).toThrow(CacheArgumentError);
    expect(() => Reflect.construct(CacheWarmer, [{ concurrency }])).toThrow(
      /^concurrency must be a whole number from 1/,
    );
  });
});
