/**
 * While a stopped process holds the lock, single operations go on as if there were none, and those that need the lock
 * give up when their time is over.
 */

import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { RemoteCache } from '../races/actors.ts';
import { MOMENTS } from '../races/moments.ts';
import { onStage } from '../races/stage.ts';

/** What one small entry takes: a block for its value and one for its sidecar. */
const ENTRY_BYTES = 8192;
/** In milliseconds. Far below any wait for a lock, which would last seconds; far above what a busy machine makes of it. */
const LONGEST = 2_000;
/** In milliseconds, of a hundred sets, gets, existence checks and deletes, most of which take a few dozen microseconds. */
const MEDIAN = 25;

/** How long each of a hundred rounds of single operations took, in milliseconds. */
async function timeRounds(cache: RemoteCache): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < 100; round++) {
    const value = `value ${round}`;
    for (const [method, ...args] of [
      ['setSync', `key ${round}`, value],
      ['getSync', `key ${round}`],
      ['existsSync', `key ${round}`],
      ['deleteSync', `key ${round - 3}`],
      ['set', `other key ${round}`, value],
      ['get', `other key ${round}`],
    ]) {
      const { took, error } = await cache.actor.tell({
        act: 'call',
        cache: cache.name,
        method: String(method),
        args,
      });
      expect(error).toBeUndefined();
      times.push(took);
    }
  }
  return times.sort((a, b) => a - b);
}

it.concurrent('single operations and eviction do not wait for a lock that a stopped process holds', () => {
  return onStage(undefined, async (stage) => {
    const holder = await stage.hot();
    const cache = await stage.cold({ maxSizeBytes: 20 * ENTRY_BYTES });
    const clear = await holder.stopAt(MOMENTS.lockTaken, 'clearSync');
    const times = await timeRounds(cache);
    expect(times.at(-1)).toBeLessThan(LONGEST);
    expect(times[times.length >> 1]).toBeLessThan(MEDIAN);
    // Deletes took a part of them; the others went by eviction.
    const keys = await (await stage.cold()).call('keysSync');
    expect(Array.isArray(keys) && keys.length).toBeLessThanOrEqual(20);
    await clear.go();
    expect(await stage.lookAround([holder, cache])).toEqual([]);
  });
});

it.concurrent('nor do they where there is no index, which only the holder of the lock may rebuild', () => {
  return onStage(undefined, async (stage) => {
    // On a busy machine it may be stopped for long.
    const holder = await stage.hot([], { timeout: 60 });
    const cache = await stage.hot();
    await cache.call('setSync', 'kept', 'value');
    rmSync(stage.index);
    const rebuild = await holder.stopAt(MOMENTS.lockTaken, 'keysSync');
    const times = await timeRounds(cache);
    expect(times.at(-1)).toBeLessThan(LONGEST);
    expect(times[times.length >> 1]).toBeLessThan(MEDIAN);
    expect(await cache.call('getSync', 'kept')).toBe('value');
    await rebuild.go();
    expect(await stage.lookAround([holder, cache])).toEqual([]);
  });
});

it.concurrent('a set that waits is found out', () => {
  return onStage('sets-do-not-wait', async (stage) => {
    const holder = await stage.hot();
    const cache = await stage.hot();
    rmSync(stage.index);
    const rebuild = await holder.stopAt(MOMENTS.lockTaken, 'keysSync');
    const { took } = await cache.actor.tell({ act: 'call', cache: cache.name, method: 'setSync', args: ['key', 1] });
    expect(took).toBeGreaterThan(LONGEST);
    await rebuild.go();
  });
});

it.concurrent.each(['clearSync', 'clear', 'cleanupSync', 'cleanup', 'keysSync', 'keys', 'getStats', 'getStatsSync'])(
  '%s gives up after its timeout',
  (method) => {
    return onStage(undefined, async (stage) => {
      const holder = await stage.hot();
      const cache = await stage.cold({ timeout: 0.5 });
      await cache.call('setSync', 'key', 'value');
      rmSync(stage.index);
      const holding = await holder.stopAt(MOMENTS.lockTaken, 'cleanupSync');
      const { took, error } = await cache.actor.tell({ act: 'call', cache: cache.name, method, args: [] });
      expect(error?.name).toBe('CacheTimeoutError');
      expect(took).toBeGreaterThanOrEqual(499);
      expect(took).toBeLessThan(5_000);
      expect(await cache.call('getSync', 'key')).toBe('value');
      await holding.go();
      expect(await stage.lookAround([holder, cache])).toEqual([]);
    });
  },
);
