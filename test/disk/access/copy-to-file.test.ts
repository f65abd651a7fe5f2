import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ManualClock } from '../../support/manual-clock.ts';
import { expectSound, openCache } from '../../support/open-cache.ts';
import { canShareBlocks, mountSharingDisk, usedBytes } from '../../support/sharing-disk.ts';
import { findEntry } from '../../support/store-files.ts';
import { createTempRoot } from '../../support/temp-root.ts';

const LARGE = 300_000;

describe('copyToFile', () => {
  it.each<[string, string | Uint8Array, Buffer]>([
    ['text', 'grüße', Buffer.from('grüße')],
    ['a buffer', Buffer.from([1, 2, 3]), Buffer.from([1, 2, 3])],
    ['bytes of a larger buffer', new Uint8Array([9, 1, 2, 9]).subarray(1, 3), Buffer.from([1, 2])],
    ['nothing', '', Buffer.alloc(0)],
    ['much', Buffer.alloc(LARGE, 'x'), Buffer.alloc(LARGE, 'x')],
  ])('makes a new file of %s, private to the user', async (_, value, bytes) => {
    const cache = openCache();
    await cache.set('key', value);
    const path = join(createTempRoot(), 'copy');
    expect(await cache.copyToFile('key', path)).toBe(true);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await expectSound(cache);
  });

  it('makes no file of what is not there, has expired or is damaged', async () => {
    const clock = new ManualClock();
    const cache = openCache({ clock: clock.now, memoryMaxBytes: 0 });
    const folder = createTempRoot();
    await cache.set('expired', 'value', { ttl: 1 });
    await cache.set('damaged', Buffer.alloc(LARGE));
    writeFileSync(findEntry(cache, 'damaged').entry, Buffer.alloc(LARGE, 1));
    clock.advance(2);
    for (const key of ['missing', 'expired', 'damaged']) {
      expect(await cache.copyToFile(key, join(folder, key))).toBe(false);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves alone what stands in the place of the file', async () => {
    const cache = openCache();
    await cache.set('key', Buffer.alloc(LARGE));
    const folder = createTempRoot();
    const [file, dangling] = [join(folder, 'file'), join(folder, 'dangling')];
    writeFileSync(file, 'mine');
    symlinkSync(join(folder, 'elsewhere'), dangling);
    for (const path of [file, dangling, folder]) {
      await expect(cache.copyToFile('key', path)).rejects.toMatchObject({ code: 'ERR_CACHE_WRITE', key: 'key' });
    }
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(readdirSync(folder).sort()).toEqual(['dangling', 'file']);
  });

  it('refuses a folder that is missing, by the name of the file', async () => {
    const cache = openCache();
    await cache.set('key', 'value');
    const path = join(createTempRoot(), 'missing', 'copy');
    await expect(cache.copyToFile('key', path)).rejects.toThrow(`file ${path} could not be written: `);
  });

  it.each(['', 'a\0b', undefined])('refuses %j as a path', async (path) => {
    const cache = openCache();
    await expect(Reflect.apply(cache.copyToFile, cache, ['key', path])).rejects.toMatchObject({
      code: 'ERR_CACHE_ARGUMENT',
      message: expect.stringContaining('path must be the path of a file to be created'),
    });
  });

  it('refuses a value that is neither text nor bytes', async () => {
    const cache = openCache();
    await cache.set('key', { plain: 'json' });
    const folder = createTempRoot();
    await expect(cache.copyToFile('key', join(folder, 'copy'))).rejects.toMatchObject({ code: 'ERR_CACHE_VALUE' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.runIf(existsSync('/dev/shm'))(
    'makes no file and reads nothing where blocks were to be shared and are known not to be',
    async () => {
      const cache = openCache({ cacheRoot: mkdtempSync('/dev/shm/glovebox-cache-') });
      onTestFinished(() => rmSync(cache.cacheRoot, { recursive: true, force: true }));
      await cache.set('key', Buffer.alloc(LARGE));
      const folder = join(cache.cacheRoot, 'copies');
      mkdirSync(folder);
      for (const name of ['a', 'b', 'c']) {
        expect(await cache.copyToFile('key', join(folder, name), { sharedOnly: true })).toBe(false);
      }
      expect(readdirSync(folder)).toEqual([]);
      expect((await cache.getStats()).hits).toBeLessThanOrEqual(1);
    },
  );

  it('counts as a read', async () => {
    const cache = openCache();
    await cache.set('key', 'value');
    await cache.copyToFile('key', join(createTempRoot(), 'copy'));
    await cache.copyToFile('other', join(createTempRoot(), 'copy'));
    expect(await cache.getStats()).toMatchObject({ hits: 1, misses: 1 });
  });

  it('gives a copy of its own: to change it changes nothing in the cache', async () => {
    const cache = openCache({ memoryMaxBytes: 0 });
    await cache.set('key', Buffer.alloc(LARGE, 'x'));
    const path = join(createTempRoot(), 'copy');
    await cache.copyToFile('key', path);
    writeFileSync(path, 'changed');
    expect((await cache.get('key', Buffer.alloc(0))).equals(Buffer.alloc(LARGE, 'x'))).toBe(true);
  });
});

describe.runIf(canShareBlocks())('copyToFile where files can share blocks', () => {
  it('takes no room for copies until they are changed', async () => {
    const disk = mountSharingDisk();
    const cache = openCache({ cacheRoot: join(disk, 'cache') });
    const value = randomBytes(8 * 2 ** 20);
    await cache.set('key', value);
    mkdirSync(join(disk, 'copies'));
    const before = usedBytes(disk);
    for (let copy = 0; copy < 10; copy++) await cache.copyToFile('key', join(disk, 'copies', String(copy)));
    expect(usedBytes(disk) - before).toBeLessThan(value.length / 4);
    expect(await cache.copyToFile('key', join(disk, 'copies', 'shared'), { sharedOnly: true })).toBe(true);
    expect(usedBytes(disk) - before).toBeLessThan(value.length / 4);
    writeFileSync(join(disk, 'copies', '0'), randomBytes(value.length));
    expect(readFileSync(join(disk, 'copies', '1')).equals(value)).toBe(true);
    expect((await cache.get('key', Buffer.alloc(0))).equals(value)).toBe(true);
    await cache.close();
  });

  it('writes bytes to another file system', async () => {
    const disk = mountSharingDisk();
    const cache = openCache({ cacheRoot: join(disk, 'cache') });
    await cache.set('key', Buffer.alloc(LARGE, 'x'));
    const path = join(createTempRoot(), 'copy');
    expect(await cache.copyToFile('key', path)).toBe(true);
    expect(statSync(path).size).toBe(LARGE);
    await cache.close();
  });
});
