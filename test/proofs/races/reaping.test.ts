/**
 * Reapers of dead sidecars that are stopped while others set the same key.
 */

import { describe } from 'vitest';
import { hashKey } from '../../../src/disk/value/key.ts';
import { MOMENTS } from './moments.ts';
import { race } from './race.ts';
import type { Stage } from './stage.ts';

/** Two keys of one shard. */
function neighbours(): [string, string] {
  const seen = new Map<string, string>();
  for (let number = 0; ; number++) {
    const key = `key ${number}`;
    const shard = hashKey(key).slice(0, 2);
    const other = seen.get(shard);
    if (other !== undefined) return [other, key];
    seen.set(shard, key);
  }
}

/** A process that has deleted keys, whose empty sidecars wait to be reaped. */
async function afterDeleting(stage: Stage, ...keys: readonly string[]) {
  const reaper = await stage.hot();
  for (const key of keys) {
    await reaper.call('setSync', key, 'old');
    await reaper.call('deleteSync', key);
  }
  return reaper;
}

describe('a reaper that was stopped', () => {
  race('before it takes a dead sidecar does not take the one that a set has put there', {
    without: { 'set-fences-reaper': /reads undefined/ },
    async play(stage) {
      const reaper = await afterDeleting(stage, 'key');
      const other = await stage.hot();
      const reaping = await reaper.stopAt(MOMENTS.beforeReaping, 'cleanupSync');
      await other.call('setSync', 'key', 'new');
      await reaping.go();
      const caches = [reaper, other, await stage.observer()];
      return [...(await stage.look(caches, 'key', ['new'])), ...(await stage.lookAround(caches))];
    },
  });

  race('after it has looked at a dead sidecar does not remove the one that a set has put there', {
    without: { 'reaper-moves': /reads undefined/ },
    async play(stage) {
      const reaper = await afterDeleting(stage, 'key');
      const other = await stage.hot();
      const reaping = await reaper.stopAt(MOMENTS.emptySidecarSeen, 'cleanupSync');
      await other.call('setSync', 'key', 'new');
      await reaping.go();
      const caches = [reaper, other, await stage.observer()];
      return [...(await stage.look(caches, 'key', ['new'])), ...(await stage.lookAround(caches))];
    },
  });

  race('and takes a sidecar that has just appeared makes its set start over', {
    without: { 'set-looks-at-own-sidecar': /reads undefined/ },
    async play(stage) {
      const reaper = await afterDeleting(stage, 'key');
      const other = await stage.hot();
      const reaping = await reaper.stopAt(MOMENTS.beforeReaping, 'cleanupSync');
      const set = await other.stopAt(MOMENTS.sidecarPlaced, 'setSync', 'key', 'new');
      await reaping.go();
      await set.go();
      const caches = [reaper, other, await stage.observer()];
      return [...(await stage.look(caches, 'key', ['new'])), ...(await stage.lookAround(caches))];
    },
  });

  race('and fenced does not find the folder of a successor in the place of its own', {
    without: { 'reaper-own-folder': /reads undefined/ },
    async play(stage) {
      const [key, neighbour] = neighbours();
      const first = await afterDeleting(stage, key);
      const second = await afterDeleting(stage, neighbour);
      const other = await stage.hot();
      const reaping = await first.stopAt(MOMENTS.beforeReaping, 'cleanupSync');
      await other.call('setSync', key, 'new');
      stage.ageLock();
      const successor = await second.stopAt(MOMENTS.beforeReaping, 'cleanupSync');
      await reaping.go();
      await successor.go();
      const caches = [first, second, other, await stage.observer()];
      return [...(await stage.look(caches, key, ['new'])), ...(await stage.lookAround(caches))];
    },
  });

  race('and killed with a sidecar in its folder leaves a key that can be set', {
    without: {},
    async play(stage) {
      const reaper = await afterDeleting(stage, 'key');
      const other = await stage.hot();
      await reaper.killAt(MOMENTS.reaped, 'cleanupSync');
      await other.call('setSync', 'key', 'new');
      const caches = [other, await stage.observer()];
      const wrong = await stage.look(caches, 'key', ['new']);
      stage.ageLock();
      await other.call('cleanupSync');
      return [...wrong, ...(await stage.lookAround(caches))];
    },
  });
});
