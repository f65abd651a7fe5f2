import { expect, test } from 'vitest';
import { createCacheStats } from '../src/models.ts';

const zero = { hits: 0, misses: 0, totalKeys: 0, sizeBytes: 0, evictions: 0, expirations: 0, errors: 0 };

test('rates are shares of all reads, from 0 to 1', () => {
  expect(createCacheStats({ ...zero, hits: 3, misses: 1 })).toMatchObject({ hitRate: 0.75, missRate: 0.25 });
  expect(createCacheStats({ ...zero, hits: 5 })).toMatchObject({ hitRate: 1, missRate: 0 });
  expect(createCacheStats({ ...zero, misses: 5 })).toMatchObject({ hitRate: 0, missRate: 1 });
});

test('rates are 0 before the first read', () => {
  expect(createCacheStats(zero)).toEqual({ ...zero, sizeMb: 0, hitRate: 0, missRate: 0 });
});

test('sizeMb is sizeBytes in MiB', () => {
  expect(createCacheStats({ ...zero, sizeBytes: 1_572_864 }).sizeMb).toBe(1.5);
});
