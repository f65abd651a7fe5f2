import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { expectSound, openCache } from '../../support/open-cache.ts';
import { listEntryFiles, listEntryFolder } from '../../support/store-files.ts';

/** What `du` says the tag's entries and sidecars take, in bytes. */
function du(cache: DiskCacheManager): number {
  const files = listEntryFolder(cache);
  if (files.length === 0) return 0;
  const total = execFileSync('du', ['-k', '-c', ...files], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .at(-1);
  return Number.parseInt(total ?? '', 10) * 1024;
}

describe('sizeBytes agrees with du', () => {
  const sizes = [0, 1, 100, 4095, 4096, 4097, 10_000, 65_536, 1_000_000];

  it('whatever the sizes', () => {
    const cache = openCache();
    for (const size of sizes) cache.setSync(['size', size], Buffer.alloc(size, 1));
    cache.setSync('k'.repeat(10_000), 'a sidecar of several blocks');
    expect(cache.getStatsSync().sizeBytes).toBe(du(cache));
  });

  it('after overwriting and deleting', () => {
    const cache = openCache();
    for (const size of sizes) cache.setSync(['size', size], Buffer.alloc(size, 1));
    for (const size of sizes) cache.setSync(['size', 0], Buffer.alloc(size, 2));
    cache.deleteSync(['size', 1_000_000]);
    expect(cache.getStatsSync().sizeBytes).toBe(du(cache));
    for (const size of sizes) cache.deleteSync(['size', size]);
    expect(cache.getStatsSync().sizeBytes).toBe(0);
    expect(du(cache)).toBe(0);
  });

  it('for an instance that only watched, and for one that starts cold', async () => {
    const writer = openCache();
    const watcher = openCache({ cacheRoot: writer.cacheRoot });
    for (const size of sizes) {
      writer.setSync(['size', size], Buffer.alloc(size, 1));
      await watcher.set('overwritten', Buffer.alloc(size));
    }
    const used = du(writer);
    expect(watcher.getStatsSync().sizeBytes).toBe(used);
    expect(openCache({ cacheRoot: writer.cacheRoot }).getStatsSync().sizeBytes).toBe(used);
  });

  it('after evictions', () => {
    const cache = openCache({ maxSizeBytes: 300_000 });
    for (let turn = 0; turn < 60; turn++) cache.setSync(['n', turn], Buffer.alloc((turn * 997) % 30_000));
    expect(cache.getStatsSync().sizeBytes).toBe(du(cache));
    expect(du(cache)).toBeLessThanOrEqual(300_000);
  });
});

describe('files', () => {
  it('do not outlive their entries', async () => {
    const clock = new ManualClock();
    const cache = openCache({ clock: clock.now });
    for (let turn = 0; turn < 300; turn++) {
      cache.setSync(['n', turn], turn, turn % 3 === 0 ? { ttl: 1 } : {});
      if (turn % 3 === 1) cache.deleteSync(['n', turn]);
    }
    clock.advance(2);
    cache.cleanupSync();
    const live = cache.keysSync().length;
    expect(live).toBe(100);
    expect(listEntryFiles(cache)).toHaveLength(live);
    cache.clearSync();
    cache.cleanupSync();
    expect(listEntryFolder(cache)).toEqual([]);
    await expectSound(cache);
  });

  it('of a key that is overwritten again and again are always two', () => {
    const cache = openCache();
    for (let turn = 0; turn < 50; turn++) {
      cache.setSync('key', turn);
      expect(listEntryFolder(cache)).toHaveLength(2);
    }
  });

  it("that somebody has removed with their folders are nobody else's trouble", async () => {
    const cache = openCache();
    for (let turn = 0; turn < 100; turn++) cache.setSync(['n', turn], turn);
    for (let turn = 0; turn < 50; turn++) cache.deleteSync(['n', turn]);
    rmSync(join(cache.cacheRoot, cache.tag, 'entries'), { recursive: true });
    expect(cache.cleanupSync()).toBe(0);
    await cache.check({ repair: true });
    cache.setSync('key', 'value');
    rmSync(join(cache.cacheRoot, cache.tag), { recursive: true });
    await cache.cleanup();
    cache.setSync('key', 'value');
    expect(cache.keysSync()).toEqual(['key']);
    await expectSound(cache);
  });

  it('left by deletes are reaped without being asked', () => {
    const cache = openCache();
    for (let turn = 0; turn < 4000; turn++) {
      cache.setSync(['n', turn], turn);
      cache.deleteSync(['n', turn]);
    }
    expect(listEntryFolder(cache).length).toBeLessThan(2100);
    cache.closeSync();
    expect(listEntryFolder(openCache()).length).toBeLessThan(2000);
  });
});
