import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isChecksum, isSize } from '../../../src/disk/entry/sidecar.ts';
import { HeldDescriptor, IndexFile, scanLines } from '../../../src/disk/index/index-file.ts';
import { IndexLine } from '../../../src/disk/index/index-line.ts';
import { formatRecord, formatSet, type IndexRecord } from '../../../src/disk/index/index-record.ts';
import { CODECS, isCodec } from '../../../src/disk/value/codec.ts';
import { trickyStrings } from '../../support/arbitraries.ts';
import { createTempRoot } from '../../support/temp-root.ts';
import { parseRecord } from './read-line.ts';

const HASH = '"([0-9a-f]{40})"';
const GENERATION = '"([0-9a-f]{24})"';
const GENERATION_OR_NONE = '"((?:[0-9a-f]{24})?)"';
const OPEN = new RegExp(`^\\["open",${HASH},${GENERATION},(\\d{1,16})\\]$`);
const SET = new RegExp(
  `^\\["set",${HASH},${GENERATION},${GENERATION_OR_NONE},(\\d{1,10}),(\\d{1,13}),(\\d{1,16}(?:\\.\\d{1,9})?),(\\d{1,16}),"([a-z0-9]{2,8})",(\\d{1,10}),"([ !#-~]+)"\\]$`,
);
const DEL = new RegExp(`^\\["del",${HASH},${GENERATION},${GENERATION_OR_NONE}\\]$`);
const EVICT = new RegExp(`^\\["evict",${HASH},${GENERATION}\\]$`);
const ASK = new RegExp(`^\\["ask",${HASH},${GENERATION_OR_NONE}\\]$`);

/** What a line says, by expressions that say plainly what a record looks like. */
function referenceRecord(text: string): IndexRecord | undefined {
  if (text === '["boot"]') return { kind: 'boot' };
  if (text === '["done"]') return { kind: 'done' };
  const [, openHash = '', openGeneration = '', time] = OPEN.exec(text) ?? [];
  if (time !== undefined) return { kind: 'open', hash: openHash, generation: openGeneration, time: Number(time) };
  const [, delHash = '', operation = '', deleted] = DEL.exec(text) ?? [];
  if (deleted !== undefined) return { kind: 'del', hash: delHash, operation, generation: deleted };
  const [, evictHash = '', evicted] = EVICT.exec(text) ?? [];
  if (evicted !== undefined) return { kind: 'evict', hash: evictHash, generation: evicted };
  const [, askHash = '', asked] = ASK.exec(text) ?? [];
  if (asked !== undefined) return { kind: 'ask', hash: askHash, generation: asked };
  const match = SET.exec(text);
  if (match === null) return undefined;
  const [, hash = '', generation = '', replaced = '', size, allocated, expires, created, codec, checksum] = match;
  if (!isCodec(codec) || !isSize(Number(size)) || !isChecksum(Number(checksum))) return undefined;
  return {
    kind: 'set',
    replaced,
    listing: {
      hash,
      generation,
      size: Number(size),
      allocated: Number(allocated),
      expires: Number(expires),
      created: Number(created),
      codec,
      checksum: Number(checksum),
    },
  };
}

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const hashes = hex(40);
const generations = hex(24);
const generationsOrNone = fc.oneof(generations, fc.constant(''));
const digits = (most: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: most });
const decimals = fc
  .tuple(digits(16), fc.option(digits(9)))
  .map(([whole, fraction]) => (fraction === null ? whole : `${whole}.${fraction}`));

/** A line of a set made of its parts, some of which are out of range. */
const setLines = fc
  .tuple(
    hashes,
    generations,
    generationsOrNone,
    fc.oneof(digits(10), fc.constantFrom('2147483647', '2147483648')),
    digits(13),
    decimals,
    digits(16),
    fc.oneof(fc.constantFrom(...CODECS), fc.stringMatching(/^[a-z0-9]{2,8}$/)),
    fc.oneof(digits(10), fc.constantFrom('4294967295', '4294967296')),
    fc.oneof(fc.stringMatching(/^[ !#-~]{1,20}$/), fc.constant('')),
  )
  .map(
    ([hash, generation, replaced, size, allocated, expires, created, codec, checksum, key]) =>
      `["set","${hash}","${generation}","${replaced}",${size},${allocated},${expires},${created},"${codec}",${checksum},"${key}"]`,
  );

/** Lines as they are written. */
const writtenLines = fc.oneof(
  fc
    .tuple(
      fc.record({
        hash: hashes,
        generation: generations,
        size: fc.nat(),
        allocated: fc.nat(),
        expires: fc.oneof(
          fc.constant(0),
          fc.nat({ max: 2 ** 41 }),
          fc.nat({ max: 2 ** 41 }).map((time) => time + 0.25),
        ),
        created: fc.nat({ max: 2 ** 41 }),
        codec: fc.constantFrom(...CODECS),
        checksum: fc.nat({ max: 2 ** 32 - 1 }),
      }),
      generationsOrNone,
      trickyStrings.filter(Boolean),
    )
    .map(([listing, replaced, key]) => formatSet({ kind: 'set', listing, replaced }, key)),
  fc
    .record({ hash: hashes, generation: generations, time: fc.nat({ max: 2 ** 41 }) })
    .map((open) => formatRecord({ kind: 'open', ...open })),
  fc
    .record({ hash: hashes, operation: generations, generation: generationsOrNone })
    .map((del) => formatRecord({ kind: 'del', ...del })),
  fc.record({ hash: hashes, generation: generations }).map((evict) => formatRecord({ kind: 'evict', ...evict })),
  fc.record({ hash: hashes, generation: generationsOrNone }).map((ask) => formatRecord({ kind: 'ask', ...ask })),
  fc.constantFrom('["boot"]', '["done"]'),
);

const lines = fc.oneof(writtenLines, setLines);
/** Characters that mean something in a line, and some that must not occur there. */
const characters = fc.oneof(
  fc.constantFrom(...'"[],.\\09afAFg: -+e\0\r\t\x7f\x80\xff'),
  fc.nat(255).map((code) => String.fromCharCode(code)),
);
const damagedLines = fc.oneof(
  fc.tuple(lines, fc.nat(), characters).map(([line, at, character]) => {
    const index = at % line.length;
    return line.slice(0, index) + character + line.slice(index + 1);
  }),
  fc.tuple(lines, fc.nat(), characters).map(([line, at, character]) => {
    const index = at % (line.length + 1);
    return line.slice(0, index) + character + line.slice(index);
  }),
  fc.tuple(lines, fc.nat(), fc.nat(5)).map(([line, at, count]) => {
    const index = at % line.length;
    return line.slice(0, index) + line.slice(index + count);
  }),
  fc.tuple(lines, lines, fc.nat()).map(([line, other, at]) => line.slice(0, at % line.length) + other),
  fc.tuple(lines, fc.nat()).map(([line, at]) => line.slice(0, at % line.length) + '\0'.repeat(20)),
  fc.string({ unit: characters, maxLength: 50 }),
);

const withoutNewlines = (text: string) => text.replaceAll('\n', '?');

describe('a line of the index', () => {
  it('is read as what it says if it is whole', () => {
    fc.assert(
      fc.property(lines, (line) => {
        expect(parseRecord(line)).toEqual(referenceRecord(line));
      }),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(writtenLines, (line) => {
        expect(parseRecord(line)).toBeDefined();
      }),
    );
  });

  it('is garbage unless all of it matches', () => {
    fc.assert(
      fc.property(damagedLines.map(withoutNewlines), (line) => {
        expect(parseRecord(line)).toEqual(referenceRecord(line));
      }),
      { numRuns: 6000 },
    );
  });

  it('has no digit too many in any number', () => {
    const hash = 'ab'.repeat(20);
    const generation = '01'.repeat(12);
    for (let count = 0; count <= 20; count++) {
      const number = '9'.repeat(count);
      const line = `["open","${hash}","${generation}",${number}]`;
      expect(parseRecord(line)).toEqual(referenceRecord(line));
      for (let field = 0; field < 6; field++) {
        const numbers = ['1', '1', '1', '1', '1', '1.1'];
        numbers[field] = field === 5 ? `1.${number}` : number;
        const [size, allocated, expires, created, checksum, decimal] = numbers;
        for (const expiry of [expires, decimal]) {
          const set = `["set","${hash}","${generation}","",${size},${allocated},${expiry},${created},"json",${checksum},"k"]`;
          expect(parseRecord(set)).toEqual(referenceRecord(set));
        }
      }
    }
  });

  it('gives the same when its record is taken over from memory', () => {
    const line = new IndexLine();
    fc.assert(
      fc.property(writtenLines, (text) => {
        const record = parseRecord(text);
        if (record === undefined) throw new Error(`no record: ${text}`);
        line.take(record);
        expect(line.toRecord()).toEqual(record);
      }),
    );
  });
});

describe('a scan of the index', () => {
  /** As much as is read at once. */
  const CHUNK = 1 << 19;

  function scan(
    path: string,
    content: string,
    to = content.length,
  ): { texts: string[]; records: (IndexRecord | undefined)[]; position: number } {
    writeFileSync(path, content, 'latin1');
    const held = new HeldDescriptor();
    const texts: string[] = [];
    const records: (IndexRecord | undefined)[] = [];
    const position = scanLines(new IndexFile(path, held, () => {}), 0, to, (line) => {
      texts.push(line.toText());
      records.push(line.toRecord());
    });
    held.release();
    return { texts, records, position };
  }

  it('visits each line that is whole, whatever stands around it', () => {
    const path = join(createTempRoot(), 'index.jsonl');
    const bytes = fc.array(fc.oneof(lines, damagedLines, fc.constant('')), { maxLength: 30 });
    fc.assert(
      fc.property(bytes, fc.nat(), (texts, cut) => {
        const content = texts.join('\n');
        const to = content.length === 0 ? 0 : cut % (content.length + 1);
        const seen = scan(path, content, to);
        const end = content.slice(0, to).lastIndexOf('\n') + 1;
        const expected = content.slice(0, end).split('\n').filter(Boolean);
        expect(seen.position).toBe(end);
        expect(seen.texts).toEqual(expected);
        expect(seen.records).toEqual(expected.map(referenceRecord));
      }),
      { numRuns: 150 },
    );
  });

  it('reads a line that lies across the end of a chunk', () => {
    const path = join(createTempRoot(), 'index.jsonl');
    fc.assert(
      fc.property(
        lines,
        damagedLines.map(withoutNewlines),
        fc.nat(400),
        fc.boolean(),
        (line, damaged, before, apart) => {
          const filling = 'x'.repeat(CHUNK - before - 1);
          const content = [filling, line, damaged, line, ''].join(apart ? '\n\n' : '\n');
          const expected = content.split('\n').filter(Boolean);
          const { texts, records, position } = scan(path, content);
          expect(position).toBe(content.length);
          expect(texts).toEqual(expected);
          expect(records).toEqual(expected.map(referenceRecord));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('goes past what is longer than any record, and reads what follows', () => {
    const path = join(createTempRoot(), 'index.jsonl');
    const line = `["evict","${'ab'.repeat(20)}","${'01'.repeat(12)}"]`;
    for (const length of [CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17]) {
      const content = `${line}\n${'x'.repeat(length)}\n${line}\n`;
      const { texts, records, position } = scan(path, content);
      expect(position).toBe(content.length);
      expect(texts.join('')).toBe(content.replaceAll('\n', ''));
      expect(records.filter(Boolean)).toEqual([referenceRecord(line), referenceRecord(line)]);
    }
  });

  it('may be done inside the visit of another', () => {
    const [first, second] = ['aa', 'bb'].map((byte) => `["evict","${byte.repeat(20)}","${'01'.repeat(12)}"]`);
    const root = createTempRoot();
    const path = join(root, 'outer.jsonl');
    writeFileSync(path, `${first}\n${first}\n`);
    const held = new HeldDescriptor();
    const seen: string[] = [];
    scanLines(new IndexFile(path, held, () => {}), 0, 1000, (line) => {
      scan(join(root, 'inner.jsonl'), `${second}\n`.repeat(5));
      seen.push(line.toText());
    });
    held.release();
    expect(seen).toEqual([first, first]);
  });
});
