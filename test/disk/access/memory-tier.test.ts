import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MemoryTier, memoryValue } from '../../../src/disk/access/memory-tier.ts';
import { encode } from '../../../src/disk/value/codec.ts';
import { openCache } from '../../support/open-cache.ts';
import { findEntry } from '../../support/store-files.ts';

const place = { hash: 'ab'.repeat(20), epoch: 1, row: 0, stamp: 1 };

describe('the memory tier', () => {
  it('holds no more than it may, and lets go of what was read the longest ago', () => {
    const tier = new MemoryTier(10_000);
    const keep = (key: string) => tier.put(key, place, encode('x'.repeat(800)));
    for (let number = 0; number < 8; number++) keep(`n${number}`);
    tier.get('n0');
    for (let number = 8; number < 12; number++) keep(`n${number}`);
    const kept = Array.from({ length: 12 }, (_, number) => `n${number}`).filter((key) => tier.get(key) !== undefined);
    expect(kept.length).toBeGreaterThanOrEqual(7);
    expect(kept.length).toBeLessThanOrEqual(10);
    expect(kept).toContain('n0');
    expect(kept).toContain('n11');
    expect(kept).not.toContain('n1');
  });

  it('does not give up everything for one large value', () => {
    const tier = new MemoryTier(10_000);
    tier.put('small', place, encode('x'));
    tier.put('large', place, encode(Buffer.alloc(9_000)));
    expect(tier.get('large')).toBeUndefined();
    expect(tier.get('small')).toBeDefined();
  });

  it('gives a fresh copy each time', () => {
    const tier = new MemoryTier(10_000);
    const bytes = Buffer.from('bytes');
    tier.put('key', place, encode(bytes));
    bytes.fill(0);
    const item = tier.get('key');
    if (item === undefined) throw new Error('not kept');
    const first = memoryValue(item);
    expect(first).toEqual(Buffer.from('bytes'));
    if (Buffer.isBuffer(first)) first.fill(0);
    expect(memoryValue(item)).toEqual(Buffer.from('bytes'));
  });
});

describe('a value that was read', () => {
  /** Whether reads go on when the value's file is gone: then they come from memory. */
  function isKept(options: { memoryMaxBytes?: number }, size: number): boolean {
    const cache = openCache(options);
    cache.setSync('key', 'x'.repeat(size));
    for (let turn = 0; turn < 10; turn++) cache.getSync('key');
    rmSync(findEntry(cache, 'key').entry);
    return cache.getSync('key') !== undefined;
  }

  it('is kept in memory by default', () => {
    expect(isKept({}, 1000)).toBe(true);
  });

  it('is not kept where there is to be no memory tier', () => {
    expect(isKept({ memoryMaxBytes: 0 }, 1000)).toBe(false);
  });

  it('is not kept where it is too large for it', () => {
    expect(isKept({ memoryMaxBytes: 10_000 }, 9_000)).toBe(false);
  });
});
