/**
 * Two processes that hold one lock at once, since a waiter that has found it stale removes its successor's.
 */

import { readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RemoteCache } from '../races/actors.ts';
import { MOMENTS } from '../races/moments.ts';
import { onStage, type Stage } from '../races/stage.ts';

const KEYS = ['a', 'b', 'c'];

/** Leaves a stale lock, as a killed holder does. */
async function leaveStaleLock(stage: Stage): Promise<void> {
  const victim = await stage.hot();
  await victim.killAt(MOMENTS.lockTaken, 'cleanupSync');
  stage.ageLock();
}

/** What each of two holders does, and where the first one is stopped in it; a third sets keys all the while. */
const WORK = {
  compaction: { method: 'cleanupSync', moment: MOMENTS.beforeNewIndex },
  'compaction, already named': { method: 'cleanupSync', moment: MOMENTS.newIndexPlaced },
  'a reaping': { method: 'cleanupSync', moment: MOMENTS.beforeReaping },
  clearing: { method: 'clearSync', moment: MOMENTS.beforeKill },
} as const;

async function fill(cache: RemoteCache, value: string): Promise<void> {
  for (const key of KEYS) await cache.call('setSync', key, value);
}

it.concurrent.each(Object.entries(WORK))('both may be at %s', (_, { method, moment }) => {
  return onStage(undefined, async (stage) => {
    const other = await stage.hot();
    await fill(other, 'old');
    await other.call('setSync', 'dead', 'old');
    await other.call('deleteSync', 'dead');
    stage.litter();
    await leaveStaleLock(stage);
    const [first, second] = [await stage.hot(), await stage.hot()];
    // The second finds the lock stale; before it removes it the first one does, and has a new one.
    const waiting = await second.stopAt([MOMENTS.beforeTakingOver, moment], method);
    const working = await first.stopAt(moment, method);
    await fill(other, 'new');
    // The second removes the first one's, which is fresh, and both are at work.
    await waiting.goOn();
    await other.call('setSync', 'set by a third', 'value');
    await working.go();
    await fill(other, 'newest');
    await waiting.go();
    const caches = [first, second, other, await stage.observer()];
    const allowed = method === 'clearSync' ? ['newest', undefined] : ['newest'];
    for (const key of KEYS) expect(await stage.look(caches, key, allowed)).toEqual([]);
    expect(await stage.lookAround(caches)).toEqual([]);
  });
});

it.concurrent('a lock that two had is free when both have given it back', () => {
  return onStage(undefined, async (stage) => {
    const [first, second, victim] = [await stage.cold(), await stage.cold(), await stage.cold()];
    const hold = ({ name: cache }: RemoteCache) => ({ act: 'hold', cache, key: 'key' }) as const;
    await victim.actor.tell(hold(victim));
    await victim.actor.kill();
    const locks = join(stage.cacheRoot, stage.tag, 'locks');
    const [name = ''] = readdirSync(locks);
    utimesSync(join(locks, name), 0, 0);
    // Two that take over a lock in the same second get the same time for it from the library.
    const at = Date.now();
    for (const { actor } of [first, second]) await actor.tell({ act: 'stop clock', at });
    const taking = await second.actor.stopIn(hold(second), MOMENTS.beforeTakingOverKey);
    await first.actor.tell(hold(first));
    await taking.go();
    for (const { actor } of [first, second]) await actor.tell({ act: 'stop clock' });
    // Each refreshes what it takes for its own.
    await first.actor.tell({ act: 'pause', milliseconds: 2_000 });
    await second.actor.tell({ act: 'let go' });
    await first.actor.tell({ act: 'let go' });
    expect(readdirSync(locks)).toEqual([]);
    // Nor does anybody go on refreshing one who comes later.
    const later = await stage.cold();
    await later.actor.tell(hold(later));
    const times = new Set<number>();
    for (let look = 0; look < 8; look++) {
      times.add(statSync(join(locks, name)).mtimeMs);
      await first.actor.tell({ act: 'pause', milliseconds: 250 });
    }
    expect(times.size).toBeLessThanOrEqual(3);
    await later.actor.tell({ act: 'let go' });
    expect(readdirSync(locks)).toEqual([]);
  });
});
