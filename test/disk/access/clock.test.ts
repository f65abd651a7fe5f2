/**
 * A clock that uses the cache itself, as one does that logs what it tells: the cache is in the middle of a call then.
 */

import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import type { DiskCacheManager } from '../../../src/index.ts';
import { expectSound, openCache } from '../../support/open-cache.ts';
import { findEntry } from '../../support/store-files.ts';

/** A cache whose clock does something with it, once for each time that it is asked from outside. */
function openWithClock(during: (cache: DiskCacheManager) => void, options: { memoryMaxBytes?: number } = {}) {
  let isBusy = true;
  const clock = () => {
    if (!isBusy) {
      isBusy = true;
      during(cache);
      isBusy = false;
    }
    return Date.now();
  };
  const cache = openCache({ ...options, clock });
  return {
    cache,
    watch: () => {
      isBusy = false;
    },
  };
}

const LONG = 'the value of the key '.repeat(20);

it('sets something else while a value is being set', async () => {
  const { cache, watch } = openWithClock((other) => other.setSync('asked', 'x'.repeat(LONG.length)));
  cache.setSync('key', 'old');
  cache.getSync('key');
  watch();
  cache.setSync('key', LONG);
  expect(cache.getSync('key')).toBe(LONG);
  await expectSound(cache);
});

it('removes the folder that a value is being written into', async () => {
  let folder = '';
  const { cache, watch } = openWithClock((other) => {
    if (folder !== '') rmSync(folder, { recursive: true });
    folder = '';
    other.setSync('asked', 'x'.repeat(LONG.length));
  });
  cache.setSync('key', 'old');
  folder = dirname(findEntry(cache, 'key').entry);
  watch();
  cache.setSync('key', LONG);
  expect(cache.getSync('key')).toBe(LONG);
  await expectSound(cache);
});

it('reads something else while a value is being read', () => {
  const { cache, watch } = openWithClock((other) => other.getSync('asked'), { memoryMaxBytes: 0 });
  cache.setSync('key', LONG);
  cache.setSync('asked', 'x'.repeat(LONG.length));
  watch();
  for (let turn = 0; turn < 3; turn++) expect(cache.getSync('key')).toBe(LONG);
  expect(cache.getStatsSync().errors).toBe(0);
});

it('replaces a value that is being read from memory', () => {
  let wasReplaced = false;
  const { cache, watch } = openWithClock((other) => {
    if (!wasReplaced) other.setSync('key', 'new');
    wasReplaced = true;
  });
  cache.setSync('key', 'old');
  cache.getSync('key');
  cache.getSync('key');
  watch();
  expect(cache.getSync('key')).toBe('new');
});
