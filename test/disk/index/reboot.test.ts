/**
 * After the system was started anew the index may list what was replaced: its end, and the removal of a file, can be
 * lost in a power cut that sidecars and entry files have survived.
 */

import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bootId } from '../../../src/disk/files/boot.ts';
import { expectSound, openCache } from '../../support/open-cache.ts';
import { findEntry, indexPath } from '../../support/store-files.ts';
import { createTempRoot } from '../../support/temp-root.ts';

const KEYS = ['replaced', 'deleted', 'same'];

/** A tag as a power cut leaves it: the index is older than the files, and an entry file that was removed is back. */
function cutPower(): string {
  const cacheRoot = createTempRoot();
  const cache = openCache({ cacheRoot });
  for (const key of KEYS) cache.setSync(key, 'old');
  const { entry } = findEntry(cache, 'replaced');
  copyFileSync(entry, `${entry}.saved`);
  const index = readFileSync(indexPath(cache), 'latin1');
  cache.setSync('replaced', 'new');
  cache.setSync('added', 'new');
  cache.deleteSync('deleted');
  cache.closeSync();
  renameSync(`${entry}.saved`, entry);
  writeFileSync(indexPath(cache), index.replace(bootId(), '0'.repeat(36)));
  return cacheRoot;
}

describe('after the system was started anew', () => {
  it('the sidecar decides for each key, not what the index lists', () => {
    const cacheRoot = cutPower();
    const [first, second] = [openCache({ cacheRoot }), openCache({ cacheRoot })];
    for (const cache of [first, second]) {
      // Often enough for the index to be read.
      for (let count = 0; count < 6; count++) {
        expect([...KEYS, 'added'].map((key) => cache.getSync(key))).toEqual(['new', undefined, 'old', 'new']);
      }
    }
    first.setSync('same', 'newer');
    expect(second.getSync('same')).toBe('newer');
    expect(second.getSync('replaced')).toBe('new');
  });

  it('what is listed and gone is in no list of keys', () => {
    const cache = openCache({ cacheRoot: cutPower() });
    expect(cache.keysSync().sort()).toEqual(['added', 'replaced', 'same']);
    expect(cache.getStatsSync().totalKeys).toBe(3);
  });

  it('the index is compacted once all was compared, so that nobody needs to do it again', () => {
    const cacheRoot = cutPower();
    const cache = openCache({ cacheRoot });
    expect(readFileSync(indexPath(cache), 'latin1')).toContain('["boot"]');
    cache.keysSync();
    expect(readFileSync(indexPath(cache), 'latin1')).not.toContain('["boot"]');
    expect(openCache({ cacheRoot }).getSync('replaced')).toBe('new');
  });

  it('is told by the header, which says in which run the index was last opened', () => {
    const cacheRoot = cutPower();
    const cache = openCache({ cacheRoot });
    const text = readFileSync(indexPath(cache), 'latin1');
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ boot: bootId() });
    openCache({ cacheRoot });
    expect(readFileSync(indexPath(cache), 'latin1')).toBe(text);
  });

  it('eviction counts what is there, and check finds no damage', async () => {
    const cacheRoot = cutPower();
    const cache = openCache({ cacheRoot, maxSizeBytes: 16 * 8192 });
    for (let count = 0; count < 40; count++) cache.setSync(`fill ${count}`, 'x');
    expect(cache.getStatsSync().sizeBytes).toBeLessThanOrEqual(16 * 8192);
    await cache.check({ repair: true });
    await expectSound(cache);
  });
});
