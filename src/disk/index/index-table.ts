/**
 * The listing in memory: one row an entry, in columns, found by hash.
 *
 * A million rows as objects would take about 200 bytes each; as columns they take about 70. Hashes find their rows by
 * open addressing with linear probing (Knuth, TAOCP vol. 3, 6.4, algorithm L; removal is algorithm R).
 */

import { builtin } from '../../builtin.ts';
import type { Listing } from '../entry/listing.ts';
import type { Codec } from '../value/codec.ts';

const HASH_WORDS = 5;
const GENERATION_WORDS = 3;
const WORD_DIGITS = 8;
const INITIAL_ROWS = 64;
/** Slots per row that there is room for; at most half of them are taken. */
const SLOTS_PER_ROW = 2;
const BLOCK = 512;

const CODEC_LIST: readonly Codec[] = ['text', 'buffer', 'bytes', 'json', 'v8', 'jsc'];

/** An odd number for each word of a hash, another in each process; drawn when the first row comes. */
const SECRETS = new Uint32Array(HASH_WORDS);

function drawSecrets(): void {
  builtin('node:crypto').randomFillSync(SECRETS);
  for (let word = 0; word < HASH_WORDS; word++) SECRETS[word] = (SECRETS[word] ?? 0) | 1;
}

/** Returned by look-ups that found no row. */
export const NO_ROW = -1;

function grown<T extends Uint32Array | Float64Array | Uint8Array>(larger: T, smaller: T): T {
  larger.set(smaller);
  return larger;
}

/** The rows. Times are milliseconds since the epoch, `expires` is 0 for never. */
export class IndexTable {
  #capacity = INITIAL_ROWS;
  #used = 0;
  #free: number[] = [];
  #count = 0;
  #allocated = 0;

  #slots = new Int32Array(INITIAL_ROWS * SLOTS_PER_ROW).fill(NO_ROW);
  #hashes = new Uint32Array(INITIAL_ROWS * HASH_WORDS);
  #generations = new Uint32Array(INITIAL_ROWS * GENERATION_WORDS);
  #sizes = new Uint32Array(INITIAL_ROWS);
  #blocks = new Uint32Array(INITIAL_ROWS);
  #checksums = new Uint32Array(INITIAL_ROWS);
  #codecs = new Uint8Array(INITIAL_ROWS);
  #expires = new Float64Array(INITIAL_ROWS);
  #created = new Float64Array(INITIAL_ROWS);
  #accessed = new Float64Array(INITIAL_ROWS);
  /** Changes with each change of the row. */
  #stamps = new Uint32Array(INITIAL_ROWS);
  #lastStamp = 0;
  /** 1 where the row is in use. */
  #live = new Uint8Array(INITIAL_ROWS);

  readonly #wanted = new Uint32Array(HASH_WORDS);

  /** Number of rows. */
  get count(): number {
    return this.#count;
  }

  /** Disk space of all rows' entries, in bytes. */
  get allocatedBytes(): number {
    return this.#allocated;
  }

  /** One more than the highest row number ever in use; for loops over all rows with {@link isLive}. */
  get rowLimit(): number {
    return this.#used;
  }

  /** Memory held by the columns, in bytes. */
  get memoryBytes(): number {
    const perRow = (HASH_WORDS + GENERATION_WORDS + 4) * 4 + 2 + 3 * 8;
    return this.#capacity * (perRow + SLOTS_PER_ROW * 4);
  }

  /** The row of `hash`, or {@link NO_ROW}. */
  find(hash: string): number {
    this.#want(hash);
    return this.#slots[this.#probe()] ?? NO_ROW;
  }

  /** Puts a listing in place of the hash's row, or in a new one; returns the row. */
  put(listing: Listing): number {
    if (SECRETS[0] === 0) drawSecrets();
    this.#want(listing.hash);
    let slot = this.#probe();
    let row = this.#slots[slot] ?? NO_ROW;
    if (row === NO_ROW) {
      if (this.#free.length === 0 && this.#used === this.#capacity) {
        this.#grow();
        this.#want(listing.hash);
        slot = this.#probe();
      }
      row = this.#free.pop() ?? this.#used++;
      this.#slots[slot] = row;
      this.#hashes.set(this.#wanted, row * HASH_WORDS);
      this.#live[row] = 1;
      this.#count++;
    } else {
      this.#allocated -= this.allocatedAt(row);
    }
    const { generation } = listing;
    for (let word = 0; word < GENERATION_WORDS; word++) {
      this.#generations[row * GENERATION_WORDS + word] = parseWord(generation, word);
    }
    this.#sizes[row] = listing.size;
    this.#blocks[row] = Math.ceil(listing.allocated / BLOCK);
    this.#checksums[row] = listing.checksum;
    this.#codecs[row] = CODEC_LIST.indexOf(listing.codec);
    this.#expires[row] = listing.expires;
    this.#created[row] = listing.created;
    this.#accessed[row] = listing.created;
    this.#stamps[row] = ++this.#lastStamp;
    this.#allocated += this.allocatedAt(row);
    return row;
  }

  /** Removes the row of `hash`, if there is one. */
  remove(hash: string): void {
    this.#want(hash);
    const slot = this.#probe();
    const row = this.#slots[slot] ?? NO_ROW;
    if (row === NO_ROW) return;
    this.#allocated -= this.allocatedAt(row);
    this.#live[row] = 0;
    this.#stamps[row] = ++this.#lastStamp;
    this.#count--;
    this.#free.push(row);
    this.#vacate(slot);
  }

  isLive(row: number): boolean {
    return this.#live[row] === 1;
  }

  hashAt(row: number): string {
    return formatWords(this.#hashes, row * HASH_WORDS, HASH_WORDS);
  }

  generationAt(row: number): string {
    return formatWords(this.#generations, row * GENERATION_WORDS, GENERATION_WORDS);
  }

  /** Whether the row lists `generation`; cheaper than comparing {@link generationAt}. */
  isGeneration(row: number, generation: string): boolean {
    for (let word = 0; word < GENERATION_WORDS; word++) {
      if (this.#generations[row * GENERATION_WORDS + word] !== parseWord(generation, word)) return false;
    }
    return true;
  }

  /** The highest stamp so far: that of the row changed last. */
  get lastStamp(): number {
    return this.#lastStamp;
  }

  /** Gives a row a new stamp and leaves it as it is. */
  confirm(row: number): void {
    this.#stamps[row] = ++this.#lastStamp;
  }

  /** A number that a row has only until it is next changed. */
  stampAt(row: number): number {
    return this.#stamps[row] ?? 0;
  }

  sizeAt(row: number): number {
    return this.#sizes[row] ?? 0;
  }

  allocatedAt(row: number): number {
    return (this.#blocks[row] ?? 0) * BLOCK;
  }

  checksumAt(row: number): number {
    return this.#checksums[row] ?? 0;
  }

  codecAt(row: number): Codec {
    return CODEC_LIST[this.#codecs[row] ?? 0] ?? 'text';
  }

  expiresAt(row: number): number {
    return this.#expires[row] ?? 0;
  }

  createdAt(row: number): number {
    return this.#created[row] ?? 0;
  }

  /** The last access that this process knows of; the entry file's atime may be later. */
  accessedAt(row: number): number {
    return this.#accessed[row] ?? 0;
  }

  setAccessed(row: number, time: number): void {
    this.#accessed[row] = time;
  }

  /** Everything a row lists. */
  listingAt(row: number): Listing {
    return {
      hash: this.hashAt(row),
      generation: this.generationAt(row),
      size: this.sizeAt(row),
      allocated: this.allocatedAt(row),
      expires: this.expiresAt(row),
      created: this.createdAt(row),
      codec: this.codecAt(row),
      checksum: this.checksumAt(row),
    };
  }

  #want(hash: string): void {
    for (let word = 0; word < HASH_WORDS; word++) this.#wanted[word] = parseWord(hash, word);
  }

  /** The slot that leads to the wanted hash, or the empty one where it would be put. */
  #probe(): number {
    const mask = this.#slots.length - 1;
    for (let slot = this.#home(this.#wanted, 0); ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot] ?? NO_ROW;
      if (row === NO_ROW || this.#holdsWanted(row)) return slot;
    }
  }

  #holdsWanted(row: number): boolean {
    const start = row * HASH_WORDS;
    for (let word = 0; word < HASH_WORDS; word++) {
      if (this.#hashes[start + word] !== this.#wanted[word]) return false;
    }
    return true;
  }

  /**
   * Where a hash's slot would be if all were free. Whoever chooses keys can choose hashes that agree in many bits, so
   * the words are multiplied by secret odd numbers, and the high bits taken (multilinear hashing, Carter and Wegman 1979).
   */
  #home(words: Uint32Array, start: number): number {
    let sum = 0;
    for (let word = 0; word < HASH_WORDS; word++) sum += Math.imul(words[start + word] ?? 0, SECRETS[word] ?? 1);
    return sum >>> (Math.clz32(this.#slots.length) + 1);
  }

  /** Empties a slot and moves up those that were displaced past it. */
  #vacate(emptied: number): void {
    const mask = this.#slots.length - 1;
    let hole = emptied;
    for (let slot = (hole + 1) & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot] ?? NO_ROW;
      if (row === NO_ROW) break;
      const distance = (slot - this.#home(this.#hashes, row * HASH_WORDS)) & mask;
      if (distance >= ((slot - hole) & mask)) {
        this.#slots[hole] = row;
        hole = slot;
      }
    }
    this.#slots[hole] = NO_ROW;
  }

  #grow(): void {
    const capacity = this.#capacity * 2;
    this.#hashes = grown(new Uint32Array(capacity * HASH_WORDS), this.#hashes);
    this.#generations = grown(new Uint32Array(capacity * GENERATION_WORDS), this.#generations);
    this.#sizes = grown(new Uint32Array(capacity), this.#sizes);
    this.#blocks = grown(new Uint32Array(capacity), this.#blocks);
    this.#checksums = grown(new Uint32Array(capacity), this.#checksums);
    this.#codecs = grown(new Uint8Array(capacity), this.#codecs);
    this.#expires = grown(new Float64Array(capacity), this.#expires);
    this.#created = grown(new Float64Array(capacity), this.#created);
    this.#accessed = grown(new Float64Array(capacity), this.#accessed);
    this.#stamps = grown(new Uint32Array(capacity), this.#stamps);
    this.#live = grown(new Uint8Array(capacity), this.#live);
    this.#capacity = capacity;
    this.#slots = new Int32Array(capacity * SLOTS_PER_ROW).fill(NO_ROW);
    const mask = this.#slots.length - 1;
    for (let row = 0; row < this.#used; row++) {
      if (this.#live[row] !== 1) continue;
      let slot = this.#home(this.#hashes, row * HASH_WORDS);
      while (this.#slots[slot] !== NO_ROW) slot = (slot + 1) & mask;
      this.#slots[slot] = row;
    }
  }
}

/** The value of each hexadecimal digit, by its character code. */
const DIGIT_VALUES = new Uint8Array(128);
for (let value = 0; value < 16; value++) DIGIT_VALUES[value.toString(16).charCodeAt(0)] = value;

/** Digit by digit, which takes a fifth of the time of `Number.parseInt` on a slice. */
function parseWord(digits: string, word: number): number {
  let value = 0;
  const end = (word + 1) * WORD_DIGITS;
  for (let index = word * WORD_DIGITS; index < end; index++) {
    value = (value << 4) | (DIGIT_VALUES[digits.charCodeAt(index)] ?? 0);
  }
  return value >>> 0;
}

function formatWords(words: Uint32Array, start: number, count: number): string {
  let digits = '';
  for (let word = start; word < start + count; word++) {
    digits += (words[word] ?? 0).toString(16).padStart(WORD_DIGITS, '0');
  }
  return digits;
}
