import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAppend, formatRecord, formatSet, type IndexRecord } from '../../../src/disk/index/index-record.ts';
import { trickyStrings } from '../../support/arbitraries.ts';
import { parseRecord, readLine } from './read-line.ts';

const hash = 'ab'.repeat(20);
const generation = '01'.repeat(12);
const replaced = 'fe'.repeat(12);
const listing = {
  hash,
  generation,
  size: 12,
  allocated: 8192,
  expires: 1_700_000_060_000.25,
  created: 1_700_000_000_000,
  codec: 'text',
  checksum: 123,
} as const;

const records: [string, IndexRecord][] = [
  ['open', { kind: 'open', hash, generation, time: 17 }],
  ['set', { kind: 'set', replaced, listing }],
  ['set of a new key', { kind: 'set', replaced: '', listing }],
  ['del', { kind: 'del', hash, operation: generation, generation: replaced }],
  ['del of nothing', { kind: 'del', hash, operation: generation, generation: '' }],
  ['evict', { kind: 'evict', hash, generation }],
  ['ask', { kind: 'ask', hash, generation: '' }],
  ['done', { kind: 'done' }],
];

function format(record: IndexRecord): string {
  return record.kind === 'set' ? formatSet(record, 'key') : formatRecord(record);
}

describe('a record of the index', () => {
  it.each(records)('%s is read as it was written', (_name, record) => {
    expect(parseRecord(format(record))).toEqual(record);
  });

  it.each(records)('%s is skipped when it is cut, at either end', (_name, record) => {
    const line = format(record);
    for (let at = 1; at < line.length; at++) {
      expect(parseRecord(line.slice(0, at))).toBeUndefined();
      expect(parseRecord(line.slice(at))).toBeUndefined();
    }
  });

  it('keeps any key on one line of printable ASCII', () => {
    fc.assert(
      fc.property(trickyStrings.filter(Boolean), (key) => {
        const line = formatSet({ kind: 'set', replaced, listing }, key);
        expect(line).toMatch(/^[\x20-\x7e]*$/);
        expect(readLine(line).toKey()).toBe(key);
        expect(parseRecord(line)).toEqual({ kind: 'set', replaced, listing });
      }),
      { numRuns: 200 },
    );
  });

  it('is skipped when two of them ran into each other', () => {
    const [first = '', second = ''] = ['a', 'b'].map((key) => formatSet({ kind: 'set', replaced, listing }, key));
    for (let at = 1; at < first.length; at++) expect(parseRecord(first.slice(0, at) + second)).toBeUndefined();
  });

  it('is skipped when it is foreign', () => {
    for (const line of ['', '\0'.repeat(50), '{}', '["set"]', '["later",1]', 'x'.repeat(10_000)]) {
      expect(parseRecord(line)).toBeUndefined();
    }
  });
});

describe('what is appended', () => {
  it('begins and ends with a newline, so that what was torn before costs no neighbour', () => {
    const text = formatAppend(formatRecord({ kind: 'ask', hash, generation: '' }), formatRecord({ kind: 'done' }));
    expect(`{"torn":${text}{"tor`.split('\n').map(parseRecord).filter(Boolean)).toEqual([
      { kind: 'ask', hash, generation: '' },
      { kind: 'done' },
    ]);
  });
});
