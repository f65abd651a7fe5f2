/**
 * Deletes, evictions and expiries that are stopped while others set the same key.
 */

import { describe } from 'vitest';
import { MOMENTS } from './moments.ts';
import { race } from './race.ts';

/** What one small entry takes: a block for its value and one for its sidecar. */
const ENTRY_BYTES = 8192;

describe('a delete that was stopped', () => {
  race('before it empties the sidecar touches none that a set has put there', {
    without: { 'delete-through-descriptor': /reads undefined|left over/ },
    async play(stage) {
      const slow = await stage.hot();
      await slow.call('setSync', 'key', 'old');
      const fast = await stage.hot(['key']);
      const deletion = await slow.stopAt(MOMENTS.killed, 'deleteSync', 'key');
      await fast.call('setSync', 'key', 'new');
      await deletion.go();
      const caches = [slow, fast, await stage.observer()];
      return [...(await stage.look(caches, 'key', ['new'])), ...(await stage.lookAround(caches))];
    },
  });

  race('and killed behind the entry file leaves the key dead for all', {
    without: { 'delete-announces': /reads old/ },
    async play(stage) {
      const slow = await stage.hot();
      await slow.call('setSync', 'key', 'old');
      const hot = await stage.hot(['key']);
      await slow.killAt(MOMENTS.killed, 'deleteSync', 'key');
      const caches = [hot, await stage.observer()];
      const wrong = await stage.look(caches, 'key', [undefined]);
      await hot.call('setSync', 'key', 'new');
      return [...wrong, ...(await stage.look(caches, 'key', ['new'])), ...(await stage.lookAround(caches))];
    },
  });

  race('before it kills takes what a set has put there, or nothing', {
    without: {},
    async play(stage) {
      const slow = await stage.hot();
      await slow.call('setSync', 'key', 'old');
      const fast = await stage.hot(['key']);
      const deletion = await slow.stopAt(MOMENTS.beforeKill, 'deleteSync', 'key');
      await fast.call('setSync', 'key', 'new');
      await deletion.go();
      const caches = [slow, fast, await stage.observer()];
      return [...(await stage.look(caches, 'key', [undefined])), ...(await stage.lookAround(caches))];
    },
  });
});

describe('a set that was stopped before its record, and whose value is deleted meanwhile', () => {
  race('does not keep what replaced another', {
    without: { 'kill-of-unlisted-asks': /reads slow/ },
    async play(stage) {
      const slow = await stage.hot();
      await slow.call('setSync', 'key', 'old');
      // What was read is kept in memory, and what takes its place.
      await slow.call('getSync', 'key');
      const fast = await stage.hot(['key']);
      const set = await slow.stopAt(MOMENTS.beforeRecord, 'setSync', 'key', 'slow');
      const wasThere = await fast.call('deleteSync', 'key');
      await set.go();
      const caches = [slow, fast, await stage.observer()];
      const wrong = wasThere === true ? [] : ['there was nothing to delete'];
      return [...wrong, ...(await stage.look(caches, 'key', [undefined])), ...(await stage.lookAround(caches))];
    },
  });

  race('does not keep what was new', {
    without: { 'kill-of-unknown-asks': /reads slow/ },
    async play(stage) {
      const slow = await stage.hot();
      const fast = await stage.hot();
      await slow.call('setSync', 'key', 'old');
      await slow.call('getSync', 'key');
      await fast.call('deleteSync', 'key');
      const set = await slow.stopAt(MOMENTS.beforeRecord, 'setSync', 'key', 'slow');
      await fast.call('deleteSync', 'key');
      await set.go();
      const caches = [slow, fast, await stage.observer()];
      return [...(await stage.look(caches, 'key', [undefined])), ...(await stage.lookAround(caches))];
    },
  });
});

describe('an eviction that was stopped', () => {
  const limit = { maxSizeBytes: 4 * ENTRY_BYTES };

  race('before it empties the sidecar spares the set that returned meanwhile', {
    without: { 'kill-through-descriptor': /reads undefined/ },
    async play(stage) {
      const slow = await stage.hot([], limit);
      for (const key of ['key', 'a', 'b', 'c']) await slow.call('setSync', key, 'old');
      const fast = await stage.hot();
      const eviction = await slow.stopAt(MOMENTS.sidecarRead, 'setSync', 'd', 'new');
      await fast.call('setSync', 'key', 'new');
      await eviction.go();
      const caches = [slow, fast, await stage.observer()];
      return [...(await stage.look(caches, 'key', ['new'])), ...(await stage.lookAround(caches))];
    },
  });

  race('and killed before the entry file is gone leaves a whole entry', {
    without: { 'entry-first': /left over/ },
    async play(stage) {
      const slow = await stage.hot([], limit);
      for (const key of ['key', 'a', 'b', 'c']) await slow.call('setSync', key, 'old');
      const other = await stage.hot();
      await slow.killAt(MOMENTS.beforeKill, 'setSync', 'd', 'new');
      const caches = [other, await stage.observer()];
      return [...(await stage.look(caches, 'key', ['old'])), ...(await stage.lookAround(caches))];
    },
  });

  race('and killed behind the entry file leaves a key that can be set', {
    without: {},
    async play(stage) {
      const slow = await stage.hot([], limit);
      for (const key of ['key', 'a', 'b', 'c']) await slow.call('setSync', key, 'old');
      const other = await stage.hot();
      await slow.killAt(MOMENTS.killed, 'setSync', 'd', 'new');
      await other.call('setSync', 'key', 'new');
      const caches = [other, await stage.observer()];
      return [...(await stage.look(caches, 'key', ['new'])), ...(await stage.lookAround(caches))];
    },
  });
});

describe('an expiry that was stopped', () => {
  race('before it empties the sidecar spares the set that returned meanwhile', {
    without: { 'kill-through-descriptor': /reads undefined/ },
    async play(stage) {
      const slow = await stage.hot();
      await slow.call('setSync', 'key', 'old', { ttl: 60 });
      const fast = await stage.hot(['key']);
      await slow.actor.stepClock(120);
      const reading = await slow.stopAt(MOMENTS.sidecarRead, 'getSync', 'key');
      await fast.call('setSync', 'key', 'new');
      await reading.go();
      const caches = [slow, fast, await stage.observer()];
      return [...(await stage.look(caches, 'key', ['new'])), ...(await stage.lookAround(caches))];
    },
  });
});

describe('a reader', () => {
  race('that has a value in memory notices that it was replaced', {
    without: { 'memory-looks': /reads old/ },
    async play(stage) {
      const writer = await stage.hot();
      await writer.call('setSync', 'key', 'old');
      const reader = await stage.hot(['key']);
      await writer.call('setSync', 'key', 'new');
      return stage.look([reader, writer], 'key', ['new']);
    },
  });
});

describe('a reader that was stopped', () => {
  race('before it opens a generation that is replaced finds its successor', {
    without: { 'gone-twice': /the stopped one read undefined/ },
    async play(stage) {
      const fast = await stage.hot();
      await fast.call('setSync', 'key', 'old');
      const wrong: string[] = [];
      for (const slow of [await stage.cold(), await stage.hot([], { memoryMaxBytes: 0 })]) {
        const reading = await slow.stopAt(MOMENTS.beforeReading, 'getSync', 'key');
        await fast.call('setSync', 'key', 'new');
        const value = await reading.go();
        if (value !== 'new') wrong.push(`the stopped one read ${value}`);
        await fast.call('setSync', 'key', 'old');
      }
      return [...wrong, ...(await stage.lookAround([fast]))];
    },
  });
});
