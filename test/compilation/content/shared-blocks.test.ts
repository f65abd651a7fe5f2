import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CacheManager } from '../../../src/cache-manager.ts';
import { ZmkWorkspaceCacheService } from '../../../src/compilation/index.ts';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { canShareBlocks, mountSharingDisk, usedBytes } from '../../support/sharing-disk.ts';
import { createTempRoot } from '../../support/temp-root.ts';

const NAME = { repository: 'owner/name' };

/** A workspace with one file of `bytes`. */
function makeWorkspace(folder: string, bytes: Uint8Array): string {
  mkdirSync(join(folder, 'source/zephyr'), { recursive: true });
  writeFileSync(join(folder, 'source/zephyr/VERSION'), 'VERSION_MAJOR = 4');
  writeFileSync(join(folder, 'source/zephyr/large'), bytes, { mode: 0o750 });
  return join(folder, 'source');
}

function openCache(cacheRoot: string): DiskCacheManager {
  const cache = new DiskCacheManager({ cacheRoot, tag: 'compilation', memoryMaxBytes: 0 });
  onTestFinished(() => cache.closeSync());
  return cache;
}

/** The cache as it would be if what it copies into files were something else. */
function copyingWrongly(cache: DiskCacheManager): CacheManager {
  return new Proxy<CacheManager>(cache, {
    get: (target, name) => {
      if (name === 'copyToFile') {
        return async (_: unknown, path: string) => {
          writeFileSync(path, 'something else');
          return true;
        };
      }
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

describe('a large file that is restored', () => {
  it('has its content and mode, whether or not the cache can make files', async () => {
    const folder = createTempRoot();
    const bytes = randomBytes(100_000);
    const cache = openCache(createTempRoot());
    for (const [index, used] of [cache, withoutCopies(cache)].entries()) {
      const service = new ZmkWorkspaceCacheService(used);
      if (index === 0) await service.add(NAME, makeWorkspace(folder, bytes));
      expect(await service.restore(NAME, join(folder, `target-${index}`))).toMatchObject({ outcome: 'hit' });
      const file = join(folder, `target-${index}`, 'zephyr/large');
      expect(readFileSync(file).equals(bytes)).toBe(true);
      expect(statSync(file).mode & 0o777).toBe(0o750);
    }
  });

  it('is a miss when a copy of it turns out to be something else', async () => {
    const folder = createTempRoot();
    const cache = openCache(createTempRoot());
    const service = new ZmkWorkspaceCacheService(copyingWrongly(cache));
    await service.add(NAME, makeWorkspace(folder, randomBytes(100_000)));
    expect(await service.restore(NAME, join(folder, 'target'))).toMatchObject({ outcome: 'miss' });
    expect(readdirSync(folder)).toEqual(['source']);
  });
});

describe.runIf(canShareBlocks())('where files can share blocks', () => {
  it('a large file that is restored takes no room of its own', async () => {
    const disk = mountSharingDisk();
    const bytes = randomBytes(8 * 2 ** 20);
    const cache = openCache(join(disk, 'cache'));
    const service = new ZmkWorkspaceCacheService(cache);
    await service.add(NAME, makeWorkspace(disk, bytes));
    const before = usedBytes(disk);
    for (const target of ['one', 'two', 'three']) await service.restore(NAME, join(disk, target));
    expect(usedBytes(disk) - before).toBeLessThan(bytes.length / 4);
    expect(readFileSync(join(disk, 'two/zephyr/large')).equals(bytes)).toBe(true);
    await cache.close();
  });
});

/** The cache without what a cache need not be able to do. */
function withoutCopies(cache: DiskCacheManager): CacheManager {
  return {
    get: cache.get.bind(cache),
    set: cache.set.bind(cache),
    delete: cache.delete.bind(cache),
    deleteMany: cache.deleteMany.bind(cache),
    clear: cache.clear.bind(cache),
    exists: cache.exists.bind(cache),
    getMetadata: cache.getMetadata.bind(cache),
    getStats: cache.getStats.bind(cache),
    cleanup: cache.cleanup.bind(cache),
    keys: cache.keys.bind(cache),
    withLock: cache.withLock.bind(cache),
    close: cache.close.bind(cache),
    [Symbol.asyncDispose]: cache[Symbol.asyncDispose].bind(cache),
  };
}
