import { describe, expect, it } from 'vitest';
import { bufferFor, createRandom, createZipf, keyFor, valueFor } from '../../bench/harness/values.ts';

describe('values of the benchmark', () => {
  it.each([100, 1024, 32 * 1024, 1024 * 1024])('are JSON texts of the wanted size: %i bytes', (bytes) => {
    const size = JSON.stringify(valueFor(7, bytes)).length;
    expect(Math.abs(size - bytes)).toBeLessThan(30);
  });

  it('differ from index to index and are the same in every run', () => {
    expect(valueFor(1, 1024)).not.toEqual(valueFor(2, 1024));
    // The next with the same content, since contents repeat; it is another value all the same.
    expect(valueFor(1, 1024)).not.toEqual(valueFor(65, 1024));
    expect(valueFor(1, 100)).toEqual({ ...valueFor(65, 100), id: 1_000_000_001 });
    expect(bufferFor(3, 4096).equals(bufferFor(3, 4096))).toBe(true);
    expect(bufferFor(3, 4096).equals(bufferFor(4, 4096))).toBe(false);
  });

  it('have keys of their own', () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => keyFor(index));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keyFor(5, 'absent')).not.toBe(keyFor(5));
  });
});

describe('a Zipf choice', () => {
  it('takes the first rank in proportion to its weight, and every rank now and then', () => {
    const choose = createZipf(10, 1, createRandom(1));
    const counts = new Array<number>(10).fill(0);
    const draws = 50_000;
    for (let left = draws; left > 0; left--) {
      const rank = choose();
      counts[rank] = (counts[rank] ?? 0) + 1;
    }
    const total = counts.reduce((sum, _, rank) => sum + 1 / (rank + 1), 0);
    for (const [rank, count] of counts.entries()) expect(count / draws).toBeCloseTo(1 / (rank + 1) / total, 1);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });
});
