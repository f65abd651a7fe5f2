/**
 * The listing in memory: one row an entry, found by its hash.
 *
 * A million rows as objects would take about 200 bytes each; as numbers they take 73, and their slots 10 to 20. What
 * belongs to one row lies together, since a look at a row that is in no cache of the processor costs as much as a hundred
 * steps. Rows come in segments: a growing table copies none but the last, and holds no more memory than it needs.
 */

import { builtin } from '../../builtin.ts';
import type { Listing } from '../entry/listing.ts';
import { CODECS, type Codec } from '../value/codec.ts';
import { IndexSlots, NO_ROW } from './index-slots.ts';
import { copyWords, formatWords, GENERATION_WORDS, HASH_WORDS, hasWords, parseWords } from './index-words.ts';

export { NO_ROW };

/** The words of a row: its hash, then these. */
const GENERATION_AT = HASH_WORDS;
const SIZE_AT = GENERATION_AT + GENERATION_WORDS;
const BLOCKS_AT = SIZE_AT + 1;
const CHECKSUM_AT = BLOCKS_AT + 1;
const STAMP_AT = CHECKSUM_AT + 1;
const ROW_WORDS = STAMP_AT + 1;
/** A row that is not in use has the number of the next such row here. */
const NEXT_FREE_AT = 0;

/** The times of a row. */
const EXPIRES_AT = 0;
const CREATED_AT = 1;
const ACCESSED_AT = 2;
const ROW_TIMES = 3;

const SEGMENT_BITS = 12;
const SEGMENT_ROWS = 1 << SEGMENT_BITS;
const SEGMENT_MASK = SEGMENT_ROWS - 1;
/** The last segment grows by a small part of all rows, so that few are spare. */
const GROWTH = 1 / 16;
const LEAST_GROWTH = 64;
/** A byte for each row is copied in no time. */
const CODECS_GROWTH = 1.5;

const BLOCK = 512;

/** In the place of a codec's number, where a row is not in use. */
const NOT_LIVE = 0;

/** For look-ups of rows that there never were. */
const NO_WORDS = new Int32Array(0);
const NO_TIMES = new Float64Array(0);

/** An odd number for each word of a hash, another in each process; drawn when the first row comes. */
const SECRETS = new Int32Array(HASH_WORDS);

function drawSecrets(): void {
  builtin('node:crypto').randomFillSync(SECRETS);
  for (let word = 0; word < HASH_WORDS; word++) SECRETS[word] = (SECRETS[word] ?? 0) | 1;
}

/** What a row is made of. Times are milliseconds since the epoch, `expires` is 0 for never. */
export interface RowFields {
  readonly hash: Int32Array;
  readonly generation: Int32Array;
  readonly size: number;
  readonly allocated: number;
  readonly expires: number;
  readonly created: number;
  readonly codec: Codec;
  readonly checksum: number;
}

/** The rows. */
export class IndexTable {
  readonly #slots = new IndexSlots();
  readonly #words: Int32Array[] = [];
  readonly #times: Float64Array[] = [];
  /** By row, the number of its codec, counted from one. */
  #codecs = new Uint8Array(LEAST_GROWTH);
  /** Rows that there is room for. */
  #capacity = 0;
  #used = 0;
  /** The first of the rows that are not in use any more. */
  #free = NO_ROW;
  #count = 0;
  #allocated = 0;
  #lastStamp = 0;

  readonly #wanted = new Int32Array(HASH_WORDS);
  readonly #wantedGeneration = new Int32Array(GENERATION_WORDS);

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

  /** Memory held by the rows and their slots, in bytes. */
  get memoryBytes(): number {
    const perRow = ROW_WORDS * Int32Array.BYTES_PER_ELEMENT + ROW_TIMES * Float64Array.BYTES_PER_ELEMENT;
    return this.#capacity * perRow + this.#codecs.byteLength + this.#slots.memoryBytes;
  }

  /** The row of `hash`, or {@link NO_ROW}. */
  find(hash: string): number {
    parseWords(hash, this.#wanted);
    return this.findWords(this.#wanted);
  }

  /** {@link find} by the words of a hash. */
  findWords(hash: Int32Array): number {
    return this.#slots.rowAt(this.#slotOf(hash, markOf(hash)));
  }

  /** Puts a listing in place of the hash's row, or in a new one; returns the row. */
  put(listing: Listing): number {
    parseWords(listing.hash, this.#wanted);
    parseWords(listing.generation, this.#wantedGeneration);
    return this.putFields({ ...listing, hash: this.#wanted, generation: this.#wantedGeneration });
  }

  /** {@link put} of a listing in numbers. */
  putFields(fields: RowFields): number {
    if (SECRETS[0] === 0) drawSecrets();
    const { hash, generation } = fields;
    const mark = markOf(hash);
    const slot = this.#slotOf(hash, mark);
    let row = this.#slots.rowAt(slot);
    const isNew = row === NO_ROW;
    if (isNew) {
      row = this.#takeRow();
      this.#slots.fill(slot, mark, row);
      this.#count++;
    } else {
      this.#allocated -= this.allocatedAt(row);
    }
    const words = this.#wordsOf(row);
    const at = wordsStart(row);
    copyWords(hash, words, at);
    copyWords(generation, words, at + GENERATION_AT);
    words[at + SIZE_AT] = fields.size;
    words[at + BLOCKS_AT] = Math.ceil(fields.allocated / BLOCK);
    words[at + CHECKSUM_AT] = fields.checksum;
    words[at + STAMP_AT] = ++this.#lastStamp;
    const times = this.#timesOf(row);
    const timesAt = timesStart(row);
    times[timesAt + EXPIRES_AT] = fields.expires;
    times[timesAt + CREATED_AT] = fields.created;
    times[timesAt + ACCESSED_AT] = fields.created;
    this.#codecs[row] = codecNumber(fields.codec);
    this.#allocated += this.allocatedAt(row);
    return row;
  }

  /** Removes the row of `hash`, if there is one. */
  remove(hash: string): void {
    const row = this.find(hash);
    if (row !== NO_ROW) this.removeRow(row);
  }

  /** Removes a row that is in use. */
  removeRow(row: number): void {
    const words = this.#wordsOf(row);
    const at = wordsStart(row);
    this.#slots.vacate(this.#slotOf(words.subarray(at, at + HASH_WORDS)));
    this.#allocated -= this.allocatedAt(row);
    this.#codecs[row] = NOT_LIVE;
    words[at + STAMP_AT] = ++this.#lastStamp;
    words[at + NEXT_FREE_AT] = this.#free;
    this.#free = row;
    this.#count--;
  }

  isLive(row: number): boolean {
    return (this.#codecs[row] ?? NOT_LIVE) !== NOT_LIVE;
  }

  hashAt(row: number): string {
    return formatWords(this.#wordsOf(row), wordsStart(row), HASH_WORDS);
  }

  generationAt(row: number): string {
    return formatWords(this.#wordsOf(row), wordsStart(row) + GENERATION_AT, GENERATION_WORDS);
  }

  /** Whether the row lists `generation`; cheaper than comparing {@link generationAt}. */
  isGeneration(row: number, generation: string): boolean {
    parseWords(generation, this.#wantedGeneration);
    return this.isGenerationWords(row, this.#wantedGeneration);
  }

  /** {@link isGeneration} by the words of a generation. */
  isGenerationWords(row: number, generation: Int32Array): boolean {
    return hasWords(this.#wordsOf(row), wordsStart(row) + GENERATION_AT, generation);
  }

  /** The highest stamp so far: that of the row changed last. */
  get lastStamp(): number {
    return this.#lastStamp;
  }

  /** Gives a row a new stamp and leaves it as it is. */
  confirm(row: number): void {
    this.#wordsOf(row)[wordsStart(row) + STAMP_AT] = ++this.#lastStamp;
  }

  /** A number that a row has only until it is next changed. */
  stampAt(row: number): number {
    return this.#wordAt(row, STAMP_AT);
  }

  sizeAt(row: number): number {
    return this.#wordAt(row, SIZE_AT);
  }

  allocatedAt(row: number): number {
    return this.#wordAt(row, BLOCKS_AT) * BLOCK;
  }

  checksumAt(row: number): number {
    return this.#wordAt(row, CHECKSUM_AT);
  }

  codecAt(row: number): Codec {
    return CODECS[(this.#codecs[row] ?? NOT_LIVE) - 1] ?? 'text';
  }

  expiresAt(row: number): number {
    return this.#timeAt(row, EXPIRES_AT);
  }

  createdAt(row: number): number {
    return this.#timeAt(row, CREATED_AT);
  }

  /** The last access that this process knows of; the entry file's atime may be later. */
  accessedAt(row: number): number {
    return this.#timeAt(row, ACCESSED_AT);
  }

  setAccessed(row: number, time: number): void {
    this.#timesOf(row)[timesStart(row) + ACCESSED_AT] = time;
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

  #wordsOf(row: number): Int32Array {
    return this.#words[row >> SEGMENT_BITS] ?? NO_WORDS;
  }

  #timesOf(row: number): Float64Array {
    return this.#times[row >> SEGMENT_BITS] ?? NO_TIMES;
  }

  #wordAt(row: number, field: number): number {
    return (this.#wordsOf(row)[wordsStart(row) + field] ?? 0) >>> 0;
  }

  #timeAt(row: number, field: number): number {
    return this.#timesOf(row)[timesStart(row) + field] ?? 0;
  }

  /** The slot that leads to a hash, or the empty one where it would be put. */
  #slotOf(hash: Int32Array, mark = markOf(hash)): number {
    const slots = this.#slots;
    let slot = slots.seek(slots.home(mark), mark);
    for (;;) {
      const row = slots.rowAt(slot);
      if (row === NO_ROW || hasWords(this.#wordsOf(row), wordsStart(row), hash)) return slot;
      slot = slots.seek(slots.next(slot), mark);
    }
  }

  /** A row that is not in use. */
  #takeRow(): number {
    const row = this.#free;
    if (row === NO_ROW) {
      if (this.#used === this.#capacity) this.#grow();
      return this.#used++;
    }
    this.#free = this.#wordsOf(row)[wordsStart(row) + NEXT_FREE_AT] ?? NO_ROW;
    return row;
  }

  /** Makes room for more rows: in the last segment if that isn't full, else in a new one. */
  #grow(): void {
    const segment = this.#used >> SEGMENT_BITS;
    const start = segment << SEGMENT_BITS;
    const more = Math.max(LEAST_GROWTH, Math.floor(this.#used * GROWTH));
    const rows = Math.min(SEGMENT_ROWS, this.#used - start + more);
    this.#words[segment] = grown(new Int32Array(rows * ROW_WORDS), this.#words[segment]);
    this.#times[segment] = grown(new Float64Array(rows * ROW_TIMES), this.#times[segment]);
    this.#capacity = start + rows;
    if (this.#codecs.length >= this.#capacity) return;
    this.#codecs = grown(new Uint8Array(Math.ceil(this.#capacity * CODECS_GROWTH)), this.#codecs);
  }
}

/** For so few a loop beats the built-in search. */
function codecNumber(codec: Codec): number {
  let number = 0;
  while (number < CODECS.length && CODECS[number] !== codec) number++;
  return number + 1;
}

function wordsStart(row: number): number {
  return (row & SEGMENT_MASK) * ROW_WORDS;
}

function timesStart(row: number): number {
  return (row & SEGMENT_MASK) * ROW_TIMES;
}

/**
 * What a hash's slot is found by. Whoever chooses keys can choose hashes that agree in many bits, so the words are
 * multiplied by secret odd numbers; the high bits are the good ones (multilinear hashing, Carter and Wegman 1979).
 */
function markOf(hash: Int32Array): number {
  let sum = 0;
  for (let word = 0; word < HASH_WORDS; word++) sum = (sum + Math.imul(hash[word] ?? 0, SECRETS[word] ?? 1)) | 0;
  return sum;
}

function grown<T extends Int32Array | Float64Array | Uint8Array>(larger: T, smaller: T | undefined): T {
  if (smaller !== undefined) larger.set(smaller);
  return larger;
}
