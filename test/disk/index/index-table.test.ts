import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Listing } from '../../../src/disk/entry/listing.ts';
import { IndexTable, NO_ROW } from '../../../src/disk/index/index-table.ts';

/** Few different beginnings, so that many hashes want the same slot. */
function hashOf(number: number, homes = 3): string {
  const home = (number % homes).toString(16).padStart(8, '0');
  return home + number.toString(16).padStart(32, '0');
}

function listingOf(number: number, generation: number, homes?: number): Listing {
  return {
    hash: hashOf(number, homes),
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
        for (const row of [NO_ROW, table.rowLimit, 1_000_000]) expect(table.isLive(row)).toBe(false);
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

  it('takes at most a hundred bytes of memory for an entry, however many thousands there are', () => {
    const table = new IndexTable();
    let most = 0;
    for (let number = 0; number < 2 ** 17; number++) {
      table.put(listingOf(number, number, 2 ** 17));
      if (table.count >= 1000) most = Math.max(most, table.memoryBytes / table.count);
    }
    expect(most).toBeLessThanOrEqual(100);
  });

  it('uses the rows of what was removed before it takes more memory', () => {
    const table = new IndexTable();
    const rows = new Set<number>();
    for (let number = 0; number < 5000; number++) rows.add(table.put(listingOf(number, 1, 5000)));
    const { memoryBytes } = table;
    for (let number = 0; number < 5000; number += 3) table.remove(hashOf(number, 5000));
    for (let number = 5000; table.count < 5000; number++) expect(rows).toContain(table.put(listingOf(number, 1, 5000)));
    expect(table.memoryBytes).toBe(memoryBytes);
    expect(table.rowLimit).toBe(5000);
  });
});
