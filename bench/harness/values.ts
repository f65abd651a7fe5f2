/**
 * Keys and values: pseudo-random, but the same in every run and for every contestant.
 */

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A source of random numbers that gives the same ones for the same seed. */
export interface Random {
  /** A whole number from 0 to `below` - 1. */
  integer(below: number): number;
  /** A number from 0 to 1, 1 excluded. */
  fraction(): number;
}

export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  return {
    integer: (below) => uniformInt(generator, 0, below - 1),
    fraction: () => uniformFloat64(generator),
  };
}

/** The key of a number, as applications have them: a domain, and something that looks like a hash. */
export function keyFor(index: number, family = 'layout'): string {
  const scrambled = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  return `${family}-${scrambled.toString(16).padStart(8, '0')}-${index}`;
}

/** Different values per size; more would only take memory. */
const POOL = 64;
const pools = new Map<number, readonly Record<string, unknown>[]>();

/** A JSON object whose text has `bytes` bytes (give or take a few), unlike that of any other index. */
export function valueFor(index: number, bytes: number): Record<string, unknown> {
  let pool = pools.get(bytes);
  if (pool === undefined) {
    const distinct = bytes > 2 ** 17 ? 4 : POOL;
    pool = Array.from({ length: distinct }, (_, seed) => createValue(createRandom(bytes * 1000 + seed), bytes));
    pools.set(bytes, pool);
  }
  return { id: 1_000_000_000 + index, ...pool[index % pool.length] };
}

const ID_BYTES = '{"id":1000000000,'.length - 1;

/** The part of a value that is records; the rest is text. More would leave all the time to the JSON of all contestants. */
const RECORDS = 1 / 4;
const LINE_BYTES = 64;

/** What a build or a request gives: records of numbers, words and flags, and lines of text up to the wanted size. */
function createValue(random: Random, bytes: number): Record<string, unknown> {
  const records: unknown[] = [];
  const value = { name: word(random), ok: random.integer(2) === 1, records, text: '' };
  let size = ID_BYTES + JSON.stringify(value).length;
  for (;;) {
    const record = {
      path: `${word(random)}/${word(random)}.c`,
      line: random.integer(5000),
      weight: Math.round(random.fraction() * 1e6) / 1e6,
      used: random.integer(2) === 1,
      tags: [word(random), word(random)],
    };
    const recordSize = JSON.stringify(record).length + 1;
    if (size + recordSize > bytes * RECORDS) break;
    records.push(record);
    size += recordSize;
  }
  value.text = text(random, bytes - size);
  return value;
}

/** Lines of words that take `bytes` bytes in JSON, where the end of a line takes two. */
function text(random: Random, bytes: number): string {
  const lines: string[] = [];
  let left = bytes;
  while (left > LINE_BYTES + 2) {
    let line = word(random);
    while (line.length < LINE_BYTES) line += ` ${word(random)}`;
    lines.push(line.slice(0, LINE_BYTES));
    left -= LINE_BYTES + 2;
  }
  lines.push('.'.repeat(Math.max(0, left)));
  return lines.join('\n');
}

const SYLLABLES = [
  'ka',
  'lo',
  'mi',
  'ter',
  'san',
  'vu',
  'rel',
  'po',
  'gan',
  'ti',
  'zu',
  'ber',
  'no',
  'qui',
  'ex',
  'da',
];

function word(random: Random): string {
  let syllables = '';
  for (let left = 2 + random.integer(3); left > 0; left--) {
    syllables += SYLLABLES[random.integer(SYLLABLES.length)] ?? '';
  }
  return syllables;
}

/** A buffer that no compression makes smaller. */
export function bufferFor(index: number, bytes: number): Buffer {
  const random = createRandom(bytes + index);
  const buffer = Buffer.allocUnsafeSlow(bytes);
  for (let at = 0; at + 4 <= bytes; at += 4) buffer.writeUInt32LE(random.integer(2 ** 32), at);
  return buffer;
}

/**
 * Ranks from 0 to `count` - 1, the first ones chosen most: rank k in proportion to 1 / (k + 1)^exponent.
 * Each choice takes a binary search in the cumulated weights.
 */
export function createZipf(count: number, exponent: number, random: Random): () => number {
  const cumulated = new Float64Array(count);
  let total = 0;
  for (let rank = 0; rank < count; rank++) {
    total += (rank + 1) ** -exponent;
    cumulated[rank] = total;
  }
  return () => {
    const wanted = random.fraction() * total;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((cumulated[middle] ?? total) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
