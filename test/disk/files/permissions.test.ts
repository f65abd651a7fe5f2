import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { CacheWriteError } from '../../../src/errors.ts';
import { expectSound, openCache } from '../../support/open-cache.ts';
import { findEntry, indexPath, tagFolder } from '../../support/store-files.ts';
import { createTempRoot } from '../../support/temp-root.ts';

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

/** Until the end of the test, the process is nobody special: as root, permissions would mean nothing. */
function becomeOrdinaryUser(folder: string): void {
  if (process.getuid?.() !== 0) return;
  chownSync(folder, 12345, 12345);
  process.seteuid?.(12345);
  onTestFinished(() => process.seteuid?.(0));
}

describe.each([0o000, 0o022, 0o077])('what is created under umask %o', (umask) => {
  it('is private to the user', async () => {
    const before = process.umask(umask);
    try {
      const cacheRoot = join(createTempRoot(), 'new', 'root');
      const cache = openCache({ cacheRoot });
      cache.setSync('key', 'value');
      await cache.set('large', Buffer.alloc(3 * 2 ** 20));
      await cache.withLock('key', () => 1);
      cache.clearSync();
      cache.setSync('key', 'value');
      cache.cleanupSync();
      for (const path of [cacheRoot, join(cacheRoot, '..')]) expect(mode(path)).toBe('700');
      for (const item of readdirSync(cacheRoot, { recursive: true, withFileTypes: true })) {
        const path = join(item.parentPath, item.name);
        expect(`${path} ${mode(path)}`).toBe(`${path} ${item.isDirectory() ? '700' : '600'}`);
      }
    } finally {
      process.umask(before);
    }
  });
});

describe('a root', () => {
  it('that the cache created is marked for backup tools', () => {
    const cache = openCache({ cacheRoot: join(createTempRoot(), 'new') });
    const mark = readFileSync(join(cache.cacheRoot, 'CACHEDIR.TAG'), 'utf8');
    expect(mark).toMatch(/^Signature: 8a477f597d28d172789f06886806bc55/);
  });

  it('that was there keeps its mode', () => {
    const cacheRoot = createTempRoot();
    chmodSync(cacheRoot, 0o755);
    openCache({ cacheRoot }).setSync('key', 1);
    expect(mode(cacheRoot)).toBe('755');
    expect(mode(join(cacheRoot, 'default'))).toBe('700');
  });

  it('with open modes, as an orchestrator mounts it, is used whoever owns it', () => {
    const cacheRoot = createTempRoot();
    if (process.getuid?.() === 0) chownSync(cacheRoot, 12345, 12345);
    chmodSync(cacheRoot, 0o777);
    const cache = openCache({ cacheRoot });
    cache.setSync('key', 1);
    expect(mode(join(cacheRoot, 'default'))).toBe('700');
  });
});

describe('where nothing may be written', () => {
  /** A filled cache whose folders are read-only. */
  function openReadOnly(): DiskCacheManager {
    const cacheRoot = createTempRoot();
    becomeOrdinaryUser(cacheRoot);
    const writer = new DiskCacheManager({ cacheRoot });
    writer.setSync('key', 'value');
    writer.setSync('brief', 'value', { ttl: 1000 });
    writer.closeSync();
    const folder = tagFolder(writer);
    const folders = [
      folder,
      ...readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((item) => item.isDirectory())
        .map((item) => join(item.parentPath, item.name)),
    ];
    for (const path of folders) chmodSync(path, 0o500);
    chmodSync(indexPath(writer), 0o400);
    onTestFinished(() => {
      for (const path of folders) chmodSync(path, 0o700);
    });
    const cache = new DiskCacheManager({ cacheRoot });
    onTestFinished(() => cache.closeSync());
    return cache;
  }

  it('reads go on', async () => {
    const cache = openReadOnly();
    expect(cache.getSync('key')).toBe('value');
    expect(await cache.get('brief')).toBe('value');
    expect(cache.existsSync('key')).toBe(true);
    expect(cache.getMetadataSync('key')?.size).toBe(5);
    expect(cache.keysSync().sort()).toEqual(['brief', 'key']);
    expect(cache.getStatsSync().totalKeys).toBe(2);
  });

  it('a set throws, with the cause, and changes nothing', async () => {
    const cache = openReadOnly();
    const refused = (error: unknown) => {
      expect(error).toBeInstanceOf(CacheWriteError);
      expect(error).toMatchObject({ code: 'ERR_CACHE_WRITE', cause: { code: 'EACCES' } });
      return true;
    };
    expect(() => cache.setSync('key', 'new')).toThrow(expect.toSatisfy(refused));
    await expect(cache.set('key', Buffer.alloc(3 * 2 ** 20))).rejects.toSatisfy(refused);
    expect(() => cache.setSync('other', 'new')).toThrow(CacheWriteError);
    expect(cache.getSync('key')).toBe('value');
  });
});

describe('an entry that may not be read', () => {
  it('is a miss and an error, but not damage: nothing is removed', async () => {
    const cacheRoot = createTempRoot();
    becomeOrdinaryUser(cacheRoot);
    const writer = new DiskCacheManager({ cacheRoot });
    writer.setSync('key', 'value');
    writer.closeSync();
    const { entry } = findEntry(writer, 'key');
    chmodSync(entry, 0o000);
    const cache = new DiskCacheManager({ cacheRoot });
    onTestFinished(() => cache.closeSync());
    expect(cache.getSync('key')).toBeUndefined();
    expect(cache.getStatsSync()).toMatchObject({ misses: 1 });
    expect(cache.getStatsSync().errors).toBeGreaterThanOrEqual(1);
    expect(existsSync(entry)).toBe(true);
    chmodSync(entry, 0o600);
    expect(cache.getSync('key')).toBe('value');
    await expectSound(cache);
  });
});

describe('a tag folder that is removed while it is open', () => {
  it('is a miss for every key, and the next set begins anew', async () => {
    const cache = openCache();
    cache.setSync('key', 1);
    expect(cache.getSync('key')).toBe(1);
    rmSync(tagFolder(cache), { recursive: true });
    expect(cache.getSync('key')).toBeUndefined();
    expect(cache.existsSync('key')).toBe(false);
    cache.setSync('key', 2);
    expect(cache.getSync('key')).toBe(2);
    expect(openCache({ cacheRoot: cache.cacheRoot }).getSync('key')).toBe(2);
    await expectSound(cache);
  });
});
