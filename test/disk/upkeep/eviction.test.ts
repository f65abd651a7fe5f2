import { statSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { CacheEntryTooLargeError } from '../../../src/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { expectSound, openCache } from '../../support/open-cache.ts';
import { allocatedBytes, findEntry, listEntryFolder } from '../../support/store-files.ts';
import { withTempRoot } from '../../support/temp-root.ts';

/** What one small entry takes on this machine's file system: its entry file and its sidecar. */
function smallEntryBytes(): number {
  const probe = openCache();
  probe.setSync('probe', 'small');
  return listEntryFolder(probe).reduce((sum, path) => sum + allocatedBytes(path), 0);
}

/** A full cache: entries `0` to `capacity - 1`, two seconds apart, the first the oldest. */
function openFull(capacity: number) {
  const clock = new ManualClock();
  const limit = capacity * smallEntryBytes();
  const options = { clock: clock.now, maxSizeBytes: limit };
  const cache = openCache(options);
  for (let number = 0; number < capacity; number++) {
    cache.setSync(String(number), number);
    clock.advance(2);
  }
  expect(cache.keysSync()).toHaveLength(capacity);
  return { cache, clock, options: { ...options, cacheRoot: cache.cacheRoot } };
}

/** Fails unless what is left is the end of `order`, from least to most recently used, and not all of it. */
function expectOldestGone(left: string[], order: string[]): void {
  const sorted = order.filter((key) => left.includes(key));
  expect(sorted).toEqual(order.slice(order.length - left.length));
  expect(left.length).toBeLessThan(order.length);
}

describe('what is evicted', () => {
  it('is what was set the longest ago, where nothing was read', () => {
    const { cache } = openFull(10);
    cache.setSync('new', 1);
    expectOldestGone(cache.keysSync(), [...'0123456789', 'new']);
    expect(cache.getStatsSync().evictions).toBe(11 - cache.keysSync().length);
  });

  it('is what was read the longest ago', () => {
    const { cache, clock } = openFull(10);
    for (const key of ['0', '3', '1']) {
      cache.getSync(key);
      clock.advance(2);
    }
    cache.setSync('new', 1);
    expectOldestGone(cache.keysSync(), [...'2456789', '0', '3', '1', 'new']);
  });

  it('counts reads that were answered from memory', () => {
    const { cache, clock } = openFull(10);
    for (let turn = 0; turn < 5; turn++) {
      expect(cache.getSync('0')).toBe(0);
      clock.advance(2);
    }
    cache.setSync('new', 1);
    expectOldestGone(cache.keysSync(), [...'123456789', '0', 'new']);
  });

  it('counts reads of another instance', () => {
    const { cache, clock, options } = openFull(10);
    const reader = openCache(options);
    for (let turn = 0; turn < 2; turn++) {
      reader.getSync('0');
      clock.advance(2);
    }
    cache.setSync('new', 1);
    expectOldestGone(cache.keysSync(), [...'123456789', '0', 'new']);
  });

  it('is the same after a restart', () => {
    const { cache, clock, options } = openFull(10);
    cache.getSync('0');
    clock.advance(2);
    cache.closeSync();
    const restarted = openCache(options);
    restarted.setSync('new', 1);
    expectOldestGone(restarted.keysSync(), [...'123456789', '0', 'new']);
  });

  it('does not depend on exists, getMetadata, keys or check, which are no accesses', async () => {
    const { cache, clock } = openFull(10);
    cache.existsSync('0');
    cache.getMetadataSync('0');
    cache.keysSync();
    await cache.check();
    clock.advance(2);
    cache.setSync('new', 1);
    expectOldestGone(cache.keysSync(), [...'0123456789', 'new']);
  });

  it('is in order to the second by default, and finer on request', () => {
    const clock = new ManualClock();
    const options = { clock: clock.now, maxSizeBytes: 10 * smallEntryBytes(), atimeResolution: 0.01 };
    const cache = openCache(options);
    for (let number = 0; number < 10; number++) {
      cache.setSync(String(number), number);
      clock.advance(0.02);
    }
    cache.getSync('0');
    clock.advance(0.02);
    cache.setSync('new', 1);
    expectOldestGone(cache.keysSync(), [...'123456789', '0', 'new']);
  });

  it('prefers what has expired to what is live', () => {
    const { cache, clock } = openFull(10);
    cache.setSync('9', 'brief', { ttl: 1 });
    cache.setSync('8', 'brief', { ttl: 1 });
    clock.advance(2);
    cache.setSync('new', 1);
    expect(cache.keysSync()).toEqual(expect.arrayContaining(['0', '1', '2', 'new']));
    expect(cache.getStatsSync().evictions).toBe(0);
  });

  it('is a miss for every instance, at once', () => {
    const { cache, options } = openFull(10);
    const reader = openCache(options);
    expect(reader.getSync('5')).toBe(5);
    cache.setSync('large', Buffer.alloc(options.maxSizeBytes - smallEntryBytes()));
    expect(cache.getSync('5')).toBeUndefined();
    expect(reader.getSync('5')).toBeUndefined();
    expect(reader.getStatsSync().errors).toBe(0);
  });

  it('is announced by planCleanup', () => {
    const { cache, options } = openFull(10);
    cache.closeSync();
    const smaller = openCache({ ...options, maxSizeBytes: options.maxSizeBytes / 2 });
    const plan = smaller.planCleanup();
    expect(plan.expired).toEqual([]);
    expect(plan.evicted.length).toBeGreaterThanOrEqual(5);
    expect(plan.evicted).toEqual([...'0123456789'].slice(0, plan.evicted.length));
    expect(smaller.keysSync()).toHaveLength(10);
    expect(smaller.cleanupSync()).toBe(plan.evicted.length);
    expect(smaller.keysSync().sort()).toEqual([...'0123456789'].slice(plan.evicted.length));
  });

  it('is always the least recently used, in any sequence of sets and reads by two instances', () => {
    const limit = 12 * smallEntryBytes();
    const steps = fc.array(
      fc.record({
        number: fc.nat(1),
        key: fc.nat(19).map(String),
        write: fc.boolean(),
        reopen: fc.nat(9).map((chance) => chance === 0),
      }),
      { minLength: 20, maxLength: 60, size: 'max' },
    );
    return fc.assert(
      fc.asyncProperty(steps, (sequence) =>
        withTempRoot(async (cacheRoot) => {
          const clock = new ManualClock();
          const open = () => new DiskCacheManager({ cacheRoot, clock: clock.now, maxSizeBytes: limit });
          const instances: [DiskCacheManager, DiskCacheManager] = [open(), open()];
          let order: string[] = [];
          try {
            for (const { number, key, write, reopen } of sequence) {
              const position = number === 0 ? 0 : 1;
              if (reopen) {
                instances[position].closeSync();
                instances[position] = open();
              }
              const cache = instances[position];
              if (write) cache.setSync(key, key);
              if (write || cache.getSync(key) !== undefined) order = [...order.filter((other) => other !== key), key];
              const left = cache.keysSync();
              expect(order.slice(order.length - left.length).sort()).toEqual(left.sort());
              order = order.slice(order.length - left.length);
              clock.advance(2);
            }
          } finally {
            for (const cache of instances) cache.closeSync();
          }
        }),
      ),
      { numRuns: 15 },
    );
  });
});

describe('the limit', () => {
  it('holds after every set', async () => {
    const limit = 256 * 1024;
    const cache = openCache({ maxSizeBytes: limit });
    for (let turn = 0; turn < 100; turn++) {
      const size = (turn * 7919) % 40_000;
      if (turn % 2 === 0) cache.setSync(['n', turn], Buffer.alloc(size));
      else await cache.set(['n', turn], Buffer.alloc(size));
      const used = listEntryFolder(cache).reduce((sum, path) => sum + allocatedBytes(path), 0);
      expect(used).toBeLessThanOrEqual(limit);
      expect(cache.getSync<Buffer>(['n', turn])?.length).toBe(size);
    }
    await expectSound(cache);
  });

  it('holds for two instances that write in turn', async () => {
    const limit = 256 * 1024;
    const first = openCache({ maxSizeBytes: limit });
    const second = openCache({ maxSizeBytes: limit, cacheRoot: first.cacheRoot });
    for (let turn = 0; turn < 100; turn++) {
      (turn % 2 === 0 ? first : second).setSync(['n', turn], Buffer.alloc(10_000));
      const used = listEntryFolder(first).reduce((sum, path) => sum + allocatedBytes(path), 0);
      expect(used).toBeLessThanOrEqual(limit);
    }
    await expectSound(second);
  });

  it('never costs the entry that was just set, however large', () => {
    const limit = 256 * 1024;
    const cache = openCache({ maxSizeBytes: limit });
    for (let turn = 0; turn < 10; turn++) cache.setSync(['n', turn], Buffer.alloc(10_000));
    const all = Buffer.alloc(limit - smallEntryBytes() / 2, 1);
    for (let turn = 0; turn < 2; turn++) {
      cache.setSync('large', all);
      expect(cache.getSync<Buffer>('large')?.equals(all)).toBe(true);
      expect(cache.getStatsSync().sizeBytes).toBeLessThanOrEqual(limit);
    }
  });

  it('never costs the entry that was just set, though the clock was set back and all others look newer', () => {
    const { cache, clock } = openFull(10);
    clock.advance(-3600);
    cache.setSync('new', 1);
    expect(cache.getSync('new')).toBe(1);
    expect(cache.keysSync()).toContain('new');
  });

  it('holds where keys are long, whose sidecars take more than a block', () => {
    const limit = 128 * 1024;
    const cache = openCache({ maxSizeBytes: limit });
    for (let turn = 0; turn < 10; turn++) {
      const key = `${turn}`.repeat(50_000);
      cache.setSync(key, Buffer.alloc(20_000));
      expect(cache.getStatsSync().sizeBytes).toBeLessThanOrEqual(limit);
      expect(cache.existsSync(key)).toBe(true);
    }
    const small = openCache({ maxSizeBytes: 64 * 1024 });
    expect(() => small.setSync('k'.repeat(60_000), Buffer.alloc(8000))).toThrow(CacheEntryTooLargeError);
    expect(small.getStatsSync().sizeBytes).toBe(0);
  });

  it('is not reached by overwriting the same key', () => {
    const cache = openCache({ maxSizeBytes: 256 * 1024 });
    cache.setSync('other', 1);
    for (let turn = 0; turn < 30; turn++) cache.setSync('key', Buffer.alloc(50_000, turn));
    expect(cache.getSync('other')).toBe(1);
    expect(cache.getStatsSync().evictions).toBe(0);
  });

  it('counts small entries by what they take on the disk', () => {
    const each = smallEntryBytes();
    const cache = openCache({ maxSizeBytes: 20 * each });
    for (let turn = 0; turn < 50; turn++) cache.setSync(['n', turn], 'x');
    expect(cache.keysSync().length).toBeLessThanOrEqual(20);
    expect(cache.getStatsSync().evictions).toBeGreaterThanOrEqual(30);
  });

  it('may be given in GiB', () => {
    expect(openCache({ maxSizeGb: 0.5 }).maxSizeBytes).toBe(2 ** 29);
    expect(openCache().maxSizeBytes).toBe(2 ** 31);
  });

  it('that a tag is far over when it is opened is reached by the next set or cleanup', () => {
    for (const reach of ['set', 'cleanup'] as const) {
      const cache = openCache();
      for (let turn = 0; turn < 50; turn++) cache.setSync(['n', turn], Buffer.alloc(10_000));
      cache.closeSync();
      const limit = 100_000;
      const smaller = openCache({ cacheRoot: cache.cacheRoot, maxSizeBytes: limit });
      if (reach === 'set') smaller.setSync('new', 1);
      else expect(smaller.cleanupSync()).toBeGreaterThan(40);
      expect(smaller.getStatsSync().sizeBytes).toBeLessThanOrEqual(limit);
    }
  });
});

describe('the time of an access', () => {
  it('is written once in the window of its resolution, by reads from the disk and from memory', () => {
    for (const memoryMaxBytes of [0, undefined]) {
      const clock = new ManualClock();
      const cache = openCache({ clock: clock.now, memoryMaxBytes });
      cache.setSync('key', 'value');
      const { entry } = findEntry(cache, 'key');
      const accessedAfter = (seconds: number) => {
        clock.advance(seconds);
        cache.getSync('key');
        return statSync(entry).atimeMs;
      };
      const set = statSync(entry).atimeMs;
      expect(accessedAfter(0.5)).toBe(set);
      const first = accessedAfter(1);
      expect(first - set).toBeCloseTo(1500, -1);
      expect(accessedAfter(0.9)).toBe(first);
      expect(accessedAfter(0.1) - first).toBeCloseTo(1000, -1);
    }
  });
});
