/**
 * A disk that is really full: writes come short, then fail, and nothing is lost by it.
 */

import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CacheWriteError } from '../../../src/errors.ts';
import { expectSound, openCache } from '../../support/open-cache.ts';
import { createTempRoot } from '../../support/temp-root.ts';

const DISK_BYTES = 2 ** 20;
const mounted: string[] = [];

function mountSmallDisk(): string | undefined {
  const folder = createTempRoot();
  const options = `size=${DISK_BYTES},mode=700`;
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status !== 0) return undefined;
  mounted.push(folder);
  return folder;
}

function unmountAll(): void {
  for (const folder of mounted.splice(0)) spawnSync('umount', ['-l', folder]);
}

/** Whether this user may mount a disk. */
const canMount = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  // In a namespace of its own, which vanishes with its process.
  return spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
})();

/** Takes all the space there is left, but so many bytes. */
function fill(disk: string, spared: number): void {
  const descriptor = openSync(join(disk, 'filling'), 'a');
  try {
    const block = Buffer.alloc(4096, 1);
    for (;;) writeSync(descriptor, block);
  } catch {
    // Full.
  }
  closeSync(descriptor);
  if (spared > 0) spawnSync('truncate', ['-s', `-${spared}`, join(disk, 'filling')]);
}

function smallDisk(): string {
  const disk = mountSmallDisk();
  if (disk === undefined) throw new Error('the disk could not be mounted');
  return disk;
}

describe.skipIf(!canMount)('a full disk (needs to be root)', () => {
  afterEach(unmountAll);

  it.each([0, 4096, 8192, 12_288, 16_384])(
    'refuses sets by name and keeps what is stored, with %i bytes left',
    async (left) => {
      const disk = smallDisk();
      const cache = openCache({ cacheRoot: join(disk, 'cache') });
      for (let key = 0; key < 10; key++) cache.setSync(`kept${key}`, `value ${key}`);
      fill(disk, left);

      let refused = 0;
      for (const value of ['small', 'x'.repeat(20_000), new Uint8Array(200_000)]) {
        for (const key of ['kept0', 'fresh']) {
          const before = cache.getSync(key);
          try {
            if (typeof value === 'string') cache.setSync(key, value);
            else await cache.set(key, value);
            expect(cache.getSync(key)).toEqual(typeof value === 'string' ? value : Buffer.from(value));
          } catch (error) {
            expect(error).toBeInstanceOf(CacheWriteError);
            expect(String(error)).toMatch(/disk is full/);
            expect(cache.getSync(key)).toEqual(before);
            refused++;
          }
        }
      }
      expect(refused).toBeGreaterThan(0);
      const newcomer = openCache({ cacheRoot: join(disk, 'cache') });
      for (let key = 1; key < 10; key++) {
        expect(cache.getSync(`kept${key}`)).toBe(`value ${key}`);
        expect(newcomer.getSync(`kept${key}`)).toBe(`value ${key}`);
      }

      rmSync(join(disk, 'filling'));
      cache.setSync('fresh', 'there is room again');
      expect(newcomer.getSync('fresh')).toBe('there is room again');
      await cache.check({ repair: true });
      await expectSound(cache);
      cache.closeSync();
      newcomer.closeSync();
    },
  );

  it('can be emptied by deleting, evicting and clearing', async () => {
    const disk = smallDisk();
    const cache = openCache({ cacheRoot: join(disk, 'cache') });
    for (let key = 0; key < 20; key++) cache.setSync(`key${key}`, 'x'.repeat(10_000));
    const other = openCache({ cacheRoot: join(disk, 'cache') });
    expect(other.keysSync()).toHaveLength(20);
    fill(disk, 0);

    expect(cache.deleteSync('key0')).toBe(true);
    expect(other.getSync('key0')).toBeUndefined();
    fill(disk, 0);
    await cache.clear();
    for (const reader of [cache, other, openCache({ cacheRoot: join(disk, 'cache') })]) {
      for (let key = 0; key < 20; key++) expect(reader.getSync(`key${key}`)).toBeUndefined();
      reader.closeSync();
    }
  });
});
