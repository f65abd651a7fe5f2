import { existsSync, mkdirSync, readdirSync, rmdirSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { FolderLock } from '../../../src/disk/lock/lock.ts';
import { CacheTimeoutError } from '../../../src/errors.ts';
import { expectSound, openCache } from '../../support/open-cache.ts';
import { tagFolder } from '../../support/store-files.ts';
import { createTempRoot } from '../../support/temp-root.ts';

/** Holds the lock under a key; resolves, once it is held, to what gives it back. */
function hold(cache: DiskCacheManager, key: string): Promise<() => Promise<void>> {
  return new Promise((resolve) => {
    const holding = cache.withLock(key, () => {
      return new Promise<void>((letGo) => {
        resolve(async () => {
          letGo();
          await holding;
        });
      });
    });
  });
}

describe('withLock', () => {
  it('keeps out other instances of the same folder, and lets them in afterwards', async () => {
    const one = openCache();
    const two = openCache({ cacheRoot: one.cacheRoot });
    const order: string[] = [];
    const release = await hold(one, 'key');
    const waiting = two.withLock('key', () => order.push('second'), { onWait: () => order.push('waits') });
    await expect(two.withLock('key', () => 'never', { timeout: 0.05 })).rejects.toThrow(CacheTimeoutError);
    order.push('first');
    await release();
    await waiting;
    expect(order).toEqual(['waits', 'first', 'second']);
  });

  it('calls onWait once when it has to wait, and not at all when it does not', async () => {
    const cache = openCache();
    let waits = 0;
    let noteWait = () => {};
    const firstWait = new Promise<void>((resolve) => {
      noteWait = resolve;
    });
    const onWait = () => {
      waits++;
      noteWait();
    };
    await cache.withLock('key', () => 1, { onWait });
    expect(waits).toBe(0);
    const release = await hold(cache, 'key');
    const waiting = cache.withLock('key', () => 1, { onWait });
    await firstWait;
    await release();
    await waiting;
    expect(waits).toBe(1);
  });

  it('says after its timeout which key it waited for and for how long', async () => {
    const cache = openCache({ timeout: 0.05 });
    const release = await hold(cache, 'busy key');
    const refused = (error: unknown) => {
      expect(error).toBeInstanceOf(CacheTimeoutError);
      expect(error).toMatchObject({ code: 'ERR_CACHE_TIMEOUT', key: 'busy key' });
      expect(String(error)).toMatch(/0\.05 s.*timeout/);
      return true;
    };
    await expect(cache.withLock('busy key', () => 1)).rejects.toSatisfy(refused);
    await release();
  });

  it('does not hold back single operations under the same key', async () => {
    const cache = openCache();
    const release = await hold(cache, 'key');
    cache.setSync('key', 1);
    expect(cache.getSync('key')).toBe(1);
    expect(cache.deleteSync('key')).toBe(true);
    cache.clearSync();
    cache.cleanupSync();
    await release();
    await expectSound(cache);
  });

  it('counts exactly, by several instances at once', async () => {
    const one = openCache();
    const two = openCache({ cacheRoot: one.cacheRoot });
    one.setSync('counter', 0);
    await Promise.all(
      Array.from({ length: 12 }, (_, turn) => {
        const cache = turn % 2 === 0 ? one : two;
        return cache.withLock('counter', async () => {
          const count = await cache.get('counter', 0);
          await new Promise(setImmediate);
          await cache.set('counter', count + 1);
        });
      }),
    );
    expect(two.getSync('counter')).toBe(12);
  });

  it('refuses a timeout that is none', async () => {
    const cache = openCache();
    for (const timeout of [-1, Number.NaN]) {
      await expect(cache.withLock('key', () => 1, { timeout })).rejects.toThrow(/timeout/);
    }
  });

  it('leaves nothing behind', async () => {
    const cache = openCache();
    for (const key of ['a', 'b', 'c']) await cache.withLock(key, () => 1);
    const names = readdirSync(tagFolder(cache), { recursive: true }).map(String);
    expect(names.filter((name) => name.endsWith('.lock'))).toEqual([]);
    await expectSound(cache);
  });
});

describe('a lock', () => {
  it('is held by one at a time', () => {
    const path = join(createTempRoot(), 'a.lock');
    const release = new FolderLock(path).tryAcquire();
    expect(release).toBeTypeOf('function');
    expect(new FolderLock(path).tryAcquire()).toBeUndefined();
    release?.();
    expect(existsSync(path)).toBe(false);
    const again = new FolderLock(path).tryAcquire();
    expect(again).toBeTypeOf('function');
    again?.();
  });

  it('of a dead holder is taken over when it is stale, or lies in the far future', () => {
    for (const seconds of [-3600, 3600]) {
      const path = join(createTempRoot(), 'a.lock');
      mkdirSync(path);
      const time = Date.now() / 1000 + seconds;
      utimesSync(path, time, time);
      const release = new FolderLock(path).acquireSync(2, 'the test');
      release();
      expect(existsSync(path)).toBe(false);
    }
  });

  it('that was taken over is left to its new holder', () => {
    const path = join(createTempRoot(), 'a.lock');
    const release = new FolderLock(path).tryAcquire();
    utimesSync(path, 0, 0);
    const usurper = new FolderLock(path).tryAcquire();
    // Within one process the library may refuse to lock twice; what counts is that a usurper's lock survives.
    release?.();
    if (usurper) expect(existsSync(path)).toBe(true);
    usurper?.();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it('waits no longer than it is told', () => {
    const path = join(createTempRoot(), 'a.lock');
    mkdirSync(path); // as another process would
    const began = performance.now();
    expect(() => new FolderLock(path).acquireSync(0.1, 'clear')).toThrow(CacheTimeoutError);
    expect(() => new FolderLock(path).acquireSync(0, 'clear')).toThrow(/clear waited 0 s/);
    expect(performance.now() - began).toBeLessThan(1500);
  });

  it('is not waited for by the very thread that holds it', async () => {
    const path = join(createTempRoot(), 'a.lock');
    const release = await new FolderLock(path).acquire(1, 'the test');
    new FolderLock(path).acquireSync(1, 'the test')();
    expect(existsSync(path)).toBe(true);
    release();
    expect(existsSync(path)).toBe(false);
  });
});

describe('a tag that another process keeps locked', () => {
  it('can be read and written; clear says after its timeout that it could not wait longer', async () => {
    const cache = openCache({ timeout: 0.1 });
    cache.setSync('key', 1);
    const lock = join(tagFolder(cache), 'index.lock');
    mkdirSync(lock);
    for (let turn = 0; turn < 200; turn++) cache.setSync('key', turn);
    expect(cache.getSync('key')).toBe(199);
    expect(cache.deleteSync('key')).toBe(true);
    expect(openCache({ cacheRoot: cache.cacheRoot }).existsSync('key')).toBe(false);
    expect(() => cache.clearSync()).toThrow(CacheTimeoutError);
    await expect(cache.clear()).rejects.toThrow(/clear.*0\.1 s/);
    rmdirSync(lock);
    cache.clearSync();
  });
});
