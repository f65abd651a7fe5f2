import { existsSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../support/manual-clock.ts';
import { expectSound, openCache } from '../../support/open-cache.ts';
import { findEntry, indexPath, listEntryFiles } from '../../support/store-files.ts';

describe('an entry with a ttl', () => {
  it('is gone at its time for an instance that has it in memory', () => {
    const clock = new ManualClock();
    const cache = openCache({ clock: clock.now });
    cache.setSync('key', 'value', { ttl: 10 });
    for (let turn = 0; turn < 3; turn++) expect(cache.getSync('key')).toBe('value');
    clock.advance(10);
    expect(cache.getSync('key')).toBeUndefined();
    expect(cache.existsSync('key')).toBe(false);
    expect(cache.getMetadataSync('key')?.isExpired ?? true).toBe(true);
  });

  it('is gone at its time for an instance that starts cold, without a sweep', () => {
    const clock = new ManualClock();
    const writer = openCache({ clock: clock.now });
    writer.setSync('key', 'value', { ttl: 10 });
    clock.advance(9);
    const before = openCache({ cacheRoot: writer.cacheRoot, clock: clock.now });
    expect(before.getSync('key')).toBe('value');
    clock.advance(1);
    expect(before.getSync('key')).toBeUndefined();
    const after = openCache({ cacheRoot: writer.cacheRoot, clock: clock.now });
    expect(after.getSync('key')).toBeUndefined();
    expect(after.keysSync()).toEqual([]);
  });

  it("expires by the reader's own clock", () => {
    const writer = openCache();
    const ahead = new ManualClock();
    ahead.advance(3600);
    const reader = openCache({ cacheRoot: writer.cacheRoot, clock: ahead.now });
    writer.setSync('key', 'value', { ttl: 60 });
    expect(writer.getSync('key')).toBe('value');
    expect(reader.getSync('key')).toBeUndefined();
  });

  it('whose expiry passes while its bytes are read is a miss', async () => {
    const clock = new ManualClock();
    const writer = openCache({ clock: clock.now });
    // Large values are read without blocking the event loop, so the clock can move meanwhile.
    writer.setSync('large', Buffer.alloc(8 * 2 ** 20), { ttl: 10 });
    const reader = openCache({ cacheRoot: writer.cacheRoot, clock: clock.now, memoryMaxBytes: 0 });
    const reading = reader.get('large');
    clock.advance(11);
    expect(await reading).toBeUndefined();
  });

  it('keeps its expiry when the index is lost', () => {
    const clock = new ManualClock();
    const cache = openCache({ clock: clock.now });
    cache.setSync('key', 'value', { ttl: 10 });
    cache.closeSync();
    rmSync(indexPath(cache));
    clock.advance(9);
    const reopened = openCache({ cacheRoot: cache.cacheRoot, clock: clock.now });
    expect(reopened.keysSync()).toEqual(['key']);
    expect(reopened.getSync('key')).toBe('value');
    clock.advance(1);
    expect(reopened.keysSync()).toEqual([]);
    expect(reopened.getSync('key')).toBeUndefined();
  });

  it('gives its files back by cleanup, whoever cleans up', async () => {
    const clock = new ManualClock();
    const writer = openCache({ clock: clock.now });
    for (let turn = 0; turn < 5; turn++) writer.setSync(['brief', turn], turn, { ttl: 10 });
    writer.setSync('lasting', 1);
    clock.advance(11);
    const other = openCache({ cacheRoot: writer.cacheRoot, clock: clock.now });
    expect(other.cleanupSync()).toBe(5);
    expect(listEntryFiles(writer)).toEqual([findEntry(writer, 'lasting').entry]);
    expect(other.getStatsSync()).toMatchObject({ totalKeys: 1, expirations: 5, evictions: 0 });
    expect(writer.getStatsSync()).toMatchObject({ totalKeys: 1, expirations: 0 });
    await expectSound(writer);
  });

  it('is announced by planCleanup, which removes nothing', () => {
    const clock = new ManualClock();
    const cache = openCache({ clock: clock.now });
    cache.setSync('brief', 1, { ttl: 10 });
    cache.setSync('lasting', 1);
    expect(cache.planCleanup()).toEqual({ expired: [], evicted: [] });
    clock.advance(11);
    const { entry } = findEntry(cache, 'brief');
    expect(cache.planCleanup()).toEqual({ expired: ['brief'], evicted: [] });
    expect(existsSync(entry)).toBe(true);
    expect(cache.cleanupSync()).toBe(1);
    expect(existsSync(entry)).toBe(false);
  });

  it('can be set again after it has expired', async () => {
    const clock = new ManualClock();
    const cache = openCache({ clock: clock.now });
    const other = openCache({ cacheRoot: cache.cacheRoot, clock: clock.now });
    cache.setSync('key', 'old', { ttl: 1 });
    expect(other.getSync('key')).toBe('old');
    clock.advance(2);
    expect(other.getSync('key')).toBeUndefined();
    cache.setSync('key', 'new');
    expect(other.getSync('key')).toBe('new');
    expect(cache.cleanupSync()).toBe(0);
    expect(other.getSync('key')).toBe('new');
    await expectSound(cache);
  });
});

describe('the clock', () => {
  it('may tell fractions of milliseconds', async () => {
    const clock = () => Date.now() + 0.123456;
    const cache = openCache({ clock });
    cache.setSync('key', 'value', { ttl: 100.5 });
    const other = openCache({ cacheRoot: cache.cacheRoot, clock });
    expect(other.getSync('key')).toBe('value');
    expect(other.keysSync()).toEqual(['key']);
    await expectSound(other);
  });

  it('may be set back: entries from the future are live, and old ones are not read as new', () => {
    const clock = new ManualClock();
    const cache = openCache({ clock: clock.now });
    cache.setSync('lasting', 1);
    cache.setSync('brief', 1, { ttl: 10 });
    clock.advance(-3600);
    expect(cache.getSync('lasting')).toBe(1);
    cache.setSync('lasting', 2);
    expect(openCache({ cacheRoot: cache.cacheRoot, clock: clock.now }).getSync('lasting')).toBe(2);
    expect(cache.getMetadataSync('brief')?.ageSeconds).toBeGreaterThanOrEqual(0);
  });
});
