/**
 * Holders of the lock that are killed after each change that they make while they hold it.
 */

import { expect, it } from 'vitest';
import { NeverStopped, type RemoteCache } from '../races/actors.ts';
import { MOMENTS, type Moment } from '../races/moments.ts';
import { onStage, type Stage } from '../races/stage.ts';

/** What changes the tag for all to see. */
const CHANGE: Moment = {
  call: ['writeSync', 'renameSync', 'unlinkSync', 'mkdirSync', 'rmdirSync', 'ftruncateSync', 'rmSync'],
  path: '/stage/',
  when: 'after',
};
const LIVE = 'live';
/** Its empty sidecar waits to be reaped. */
const DEAD = 'dead';
/** In milliseconds; a stale lock would keep others waiting for seconds. */
const LONGEST = 4_000;

/** Kills a holder after the `nth` change that it makes; `false` if it makes fewer. */
async function killAfter(stage: Stage, other: RemoteCache, method: string, nth: number): Promise<boolean> {
  const holder = await stage.cold();
  for (const key of [LIVE, DEAD]) await other.call('setSync', key, 'old');
  await other.call('deleteSync', DEAD);
  if (method === 'cleanupSync') stage.litter();
  try {
    const holding = await holder.stopAt([MOMENTS.lockTaken, { ...CHANGE, nth }], method);
    await holding.goOn();
    await holding.kill();
  } catch (error) {
    if (!(error instanceof NeverStopped)) throw error;
    return false;
  }
  const began = performance.now();
  const allowed = method === 'clearSync' ? ['old', undefined] : ['old'];
  const caches = [other, await stage.cold({}, other.actor)];
  expect(await stage.look(caches, LIVE, allowed)).toEqual([]);
  for (const key of [LIVE, DEAD]) await other.call('setSync', key, 'new');
  for (const key of [LIVE, DEAD]) expect(await stage.look(caches, key, ['new'])).toEqual([]);
  expect(performance.now() - began).toBeLessThan(LONGEST);
  try {
    stage.ageLock();
  } catch {
    // It had given its lock back.
  }
  // A temporary index is left to the next one who writes an index.
  stage.litter();
  await other.call('cleanupSync');
  for (const key of [LIVE, DEAD]) expect(await stage.look(caches, key, ['new'])).toEqual([]);
  expect(await stage.lookAround(caches)).toEqual([]);
  return true;
}

it.concurrent.each(['cleanupSync', 'clearSync'])(
  '%s may be killed wherever it holds the lock',
  (method) => {
    return onStage(undefined, async (stage) => {
      const other = await stage.hot();
      let nth = 1;
      while (await killAfter(stage, other, method, nth)) nth++;
      expect(nth).toBeGreaterThan(10);
    });
  },
  240_000,
);
