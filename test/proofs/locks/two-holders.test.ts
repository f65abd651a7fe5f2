/**
 * Two processes that hold one lock at once, since a waiter that has found it stale removes its successor's.
 */

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
    const caches = [first, second, other, await stage.cold()];
    const allowed = method === 'clearSync' ? ['newest', undefined] : ['newest'];
    for (const key of KEYS) expect(await stage.look(caches, key, allowed)).toEqual([]);
    expect(await stage.lookAround(caches)).toEqual([]);
  });
});

it.concurrent('none of them leaves a lock behind that nobody holds, or keeps one fresh that is not its own', () => {
  return onStage(undefined, async (stage) => {
    const starter = await stage.hot();
    await starter.call('setSync', 'key', 'value');
    await leaveStaleLock(stage);
    const [first, second] = [await stage.cold(), await stage.cold()];
    // Both take the first lock of their lives in the same second, so the library gives both the same time.
    const waiting = await second.stopAt(MOMENTS.beforeTakingOver, 'clear');
    const working = await first.stopAt([MOMENTS.lockTaken, MOMENTS.beforeKill], 'clear');
    await working.goOn();
    await waiting.go();
    await working.go();
    expect(await stage.lookAround([first, second, starter])).toEqual([]);
  });
});
