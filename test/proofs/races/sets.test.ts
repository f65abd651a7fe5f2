/**
 * Sets that are stopped while others set, sweep or replace the index.
 */

import { describe } from 'vitest';
import { MOMENTS } from './moments.ts';
import { race } from './race.ts';

/** Longer than orphans are left alone, in seconds. */
const TWO_HOURS = 7200;

describe('a set that was stopped', () => {
  race('after it looked what it replaces removes what another set put there meanwhile', {
    without: {
      'set-looks-at-tail': /an entry file is left over/,
      'set-looks-again': /an entry file is left over/,
      'set-clears-up': /an entry file is left over/,
    },
    async play(stage) {
      const slow = await stage.hot();
      await slow.call('setSync', 'key', 'old');
      const fast = await stage.hot(['key']);
      const set = await slow.stopAt(MOMENTS.beforeSidecar, 'setSync', 'key', 'slow');
      await fast.call('setSync', 'key', 'fast');
      await set.go();
      const caches = [slow, fast, await stage.observer()];
      return [...(await stage.look(caches, 'key', ['slow'])), ...(await stage.lookAround(caches))];
    },
  });

  race('after its sidecar appeared leaves a newer set alone', {
    without: { 'set-looks-at-own-sidecar': /reads undefined/ },
    async play(stage) {
      const slow = await stage.hot();
      await slow.call('setSync', 'key', 'old');
      const fast = await stage.hot(['key']);
      // It removes the file of what it replaced, and its own or, were it wrong, the newer one's.
      const clearedUp = { ...MOMENTS.killed, nth: 2 };
      const set = await slow.stopAt([MOMENTS.sidecarPlaced, clearedUp], 'setSync', 'key', 'slow');
      await fast.call('setSync', 'key', 'fast');
      await set.goOn();
      await set.kill();
      const caches = [fast, await stage.observer()];
      return [...(await stage.look(caches, 'key', ['fast'])), ...(await stage.lookAround(caches))];
    },
  });

  race('before its record does not bring back what was replaced', {
    without: { 'out-of-order-asks': /reads slow/ },
    async play(stage) {
      const slow = await stage.hot();
      await slow.call('setSync', 'key', 'old');
      // What was read is kept in memory, and what takes its place.
      await slow.call('getSync', 'key');
      const fast = await stage.hot(['key']);
      const set = await slow.stopAt(MOMENTS.beforeRecord, 'setSync', 'key', 'slow');
      await fast.call('setSync', 'key', 'fast');
      await set.go();
      const caches = [slow, fast, await stage.observer()];
      return [...(await stage.look(caches, 'key', ['fast'])), ...(await stage.lookAround(caches))];
    },
  });

  race('before its sidecar loses nothing of the old value to a sweep', {
    without: { 'set-looks-before-sidecar': /reads undefined/ },
    async play(stage) {
      const slow = await stage.hot();
      await slow.call('setSync', 'key', 'old');
      const reader = await stage.hot(['key']);
      const sweeper = await stage.cold();
      await sweeper.actor.stepClock(TWO_HOURS);
      const set = await slow.stopAt([MOMENTS.entryCreated, MOMENTS.sidecarPlaced], 'setSync', 'key', 'slow');
      await sweeper.call('cleanupSync');
      await set.goOn();
      const meanwhile = await stage.look([reader, await stage.observer()], 'key', ['slow']);
      await set.go();
      const caches = [slow, reader, await stage.observer()];
      return [...meanwhile, ...(await stage.look(caches, 'key', ['slow'])), ...(await stage.lookAround(caches))];
    },
  });

  race('and whose entry file is swept stores all the same', {
    without: { 'set-looks-at-own-entry': /reads undefined/ },
    async play(stage) {
      const slow = await stage.hot();
      const sweeper = await stage.hot();
      await sweeper.actor.stepClock(TWO_HOURS);
      const set = await slow.stopAt([MOMENTS.entryCreated, MOMENTS.sidecarCreated], 'setSync', 'key', 'slow');
      const sweep = await sweeper.stopAt(MOMENTS.beforeSweeping, 'cleanupSync');
      await set.goOn();
      await sweep.go();
      await set.go();
      const caches = [slow, sweeper, await stage.observer()];
      return [...(await stage.look(caches, 'key', ['slow'])), ...(await stage.lookAround(caches))];
    },
  });

  race('and has returned loses nothing to a sweep that was stopped', {
    without: {},
    async play(stage) {
      const slow = await stage.hot();
      const sweeper = await stage.hot();
      await sweeper.actor.stepClock(TWO_HOURS);
      const set = await slow.stopAt(MOMENTS.entryCreated, 'setSync', 'key', 'slow');
      const sweep = await sweeper.stopAt(MOMENTS.beforeSweeping, 'cleanupSync');
      await set.go();
      await sweep.go();
      const caches = [slow, sweeper, await stage.observer()];
      return [...(await stage.look(caches, 'key', ['slow'])), ...(await stage.lookAround(caches))];
    },
  });

  race('and killed behind its sidecar leaves nobody with another value than the others', {
    without: {
      'set-announces': /others/,
      'pending-asks': /others/,
      'memory-doubts': /others/,
    },
    async play(stage) {
      const slow = await stage.hot();
      await slow.call('setSync', 'key', 'old');
      const hot = await stage.hot(['key']);
      await slow.killAt(MOMENTS.sidecarPlaced, 'setSync', 'key', 'slow');
      const caches = [await stage.observer(), hot];
      const wrong = await stage.look(caches, 'key', ['old', 'slow']);
      await hot.call('setSync', 'key', 'new');
      wrong.push(...(await stage.look(caches, 'key', ['new'])));
      // What the killed one left is gone an hour later.
      await hot.actor.stepClock(TWO_HOURS);
      await hot.call('cleanupSync');
      return [...wrong, ...(await stage.lookAround(caches))];
    },
  });

  race('and killed before its sidecar leaves the old value', {
    without: {},
    async play(stage) {
      const slow = await stage.hot();
      await slow.call('setSync', 'key', 'old');
      const hot = await stage.hot(['key']);
      await slow.killAt(MOMENTS.beforeSidecar, 'setSync', 'key', 'slow');
      const caches = [await stage.observer(), hot];
      const wrong = await stage.look(caches, 'key', ['old']);
      await hot.actor.stepClock(TWO_HOURS);
      await hot.call('cleanupSync');
      return [...wrong, ...(await stage.look(caches, 'key', ['old'])), ...(await stage.lookAround(caches))];
    },
  });
});
