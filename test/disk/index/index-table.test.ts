import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Listing } from '../../../src/disk/entry/listing.ts';
import { IndexTable, NO_ROW } from '../../../src/disk/index/index-table.ts';

/** Few different beginnings, so that many hashes want the same slot. */
function hashOf(number: number, homes = 3): string {
  const home = (number % homes).toString(16).padStart(8, '0');
  return home + number.toString(16).padStart(32, '0');
}

function listingOf(number: number, generation: number): Listing {
  return {
    hash: hashOf(number),
    generation: generation.toString(16).padStart(24, 'f'),
    size: number * 10,
    allocated: 8192 + (generation % 4) * 512,
    expires: number % 2 === 0 ? 0 : 1_700_000_000_000.5,
    created: 1_600_000_000_000 + generation,
    codec: 'json',
    checksum: 4_000_000_000 + number,
  };
}

describe('the table of the index', () => {
  it('finds what was put and not what was removed, like a map', () => {
    const steps = fc.array(fc.tuple(fc.nat(200), fc.nat(1000), fc.boolean()), { maxLength: 600, size: 'max' });
    fc.assert(
      fc.property(steps, (sequence) => {
        const table = new IndexTable();
        const model = new Map<number, Listing>();
        for (const [number, generation, remove] of sequence) {
          if (remove) {
            table.remove(hashOf(number));
            model.delete(number);
          } else {
            table.put(listingOf(number, generation));
            model.set(number, listingOf(number, generation));
          }
        }
        expect(table.count).toBe(model.size);
        expect(table.allocatedBytes).toBe([...model.values()].reduce((sum, { allocated }) => sum + allocated, 0));
        for (let number = 0; number <= 200; number++) {
          const row = table.find(hashOf(number));
          const expected = model.get(number);
          if (expected === undefined) expect(row).toBe(NO_ROW);
          else {
            expect(table.listingAt(row)).toEqual(expected);
            expect(table.isLive(row)).toBe(true);
            expect(table.isGeneration(row, expected.generation)).toBe(true);
            expect(table.isGeneration(row, '0'.repeat(24))).toBe(false);
          }
        }
        let live = 0;
        for (let row = 0; row < table.rowLimit; row++) if (table.isLive(row)) live++;
        expect(live).toBe(model.size);
      }),
      { numRuns: 40 },
    );
  });

  it('gives a row a new stamp with each change, also when it is used again for another key', () => {
    const table = new IndexTable();
    const row = table.put(listingOf(1, 1));
    const stamps = [table.stampAt(row)];
    expect(table.put(listingOf(1, 2))).toBe(row);
    stamps.push(table.stampAt(row));
    table.remove(hashOf(1));
    stamps.push(table.stampAt(row));
    expect(table.put(listingOf(2, 3))).toBe(row);
    stamps.push(table.stampAt(row));
    expect(new Set(stamps).size).toBe(4);
  });

  it('knows accesses from creation on', () => {
    const table = new IndexTable();
    const row = table.put(listingOf(1, 5));
    expect(table.accessedAt(row)).toBe(1_600_000_000_005);
    table.setAccessed(row, 1_700_000_000_000);
    expect(table.accessedAt(row)).toBe(1_700_000_000_000);
  });

  it('takes less than a hundred bytes of memory for an entry', () => {
    const table = new IndexTable();
    for (let number = 0; number < 2 ** 14; number++) {
      table.put({ ...listingOf(number, number), hash: hashOf(number, 2 ** 14) });
    }
    expect(table.memoryBytes / table.count).toBeLessThan(100);
  });
});
