/**
 * The listing in memory: one row an entry, found by its hash.
 *
 * A million rows as objects would take about 200 bytes each; as numbers they take 74, and their slots 10 to 20.
 */

import { builtin } from '../../builtin.ts';
import type { Listing } from '../entry/listing.ts';
import { CODECS, type Codec } from '../value/codec.ts';
import { grown, IndexRows, timesStart, wordsStart } from './index-rows.ts';
import { IndexSlots, NO_ROW, SLOT_PARTS, slotPart } from './index-slots.ts';
import { copyWords, formatWords, GENERATION_WORDS, HASH_WORDS, hasWords, parseWords } from './index-words.ts';

export { NO_ROW };

/** The words of a row: its hash, then these. */
const GENERATION_AT = HASH_WORDS;
const SIZE_AT = GENERATION_AT + GENERATION_WORDS;
const BLOCKS_AT = SIZE_AT + 1;
const CHECKSUM_AT = BLOCKS_AT + 1;
const STAMP_AT = CHECKSUM_AT + 1;

/** The times of a row. */
const EXPIRES_AT = 0;
const CREATED_AT = 1;
const ACCESSED_AT = 2;

const BLOCK = 512;

/** A byte for each row is copied in no time, so there may be some to spare. */
const CODECS_GROWTH = 1.5;
/** In the place of a codec's number, where a row is not in use. */
const NOT_LIVE = 0;

/** For marks of a part that there isn't. */
const NO_SLOTS = new IndexSlots();

/** An odd number for each word of a hash, another in each process; drawn when the first row comes. */
const SECRETS = new Int32Array(HASH_WORDS);

function drawSecrets(): void {
  builtin('node:crypto').randomFillSync(SECRETS);
  for (let word = 0; word < HASH_WORDS; word++) SECRETS[word] = (SECRETS[word] ?? 0) | 1;
}

/** What a row is made of: a listing in numbers. */
export interface RowFields extends Omit<Listing, 'hash' | 'generation'> {
  readonly hash: Int32Array;
  readonly generation: Int32Array;
}

/** The rows. */
export class IndexTable {
  readonly #slots = Array.from({ length: SLOT_PARTS }, () => new IndexSlots());
  readonly #rows = new IndexRows();
  /** By row, the number of its codec, counted from one. */
  #codecs = new Uint8Array(0);
  #count = 0;
  #allocated = 0;
  #lastStamp = 0;

  readonly #wanted = new Int32Array(HASH_WORDS);
  readonly #wantedGeneration = new Int32Array(GENERATION_WORDS);
  readonly #previous = new Int32Array(GENERATION_WORDS);

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
    return this.#rows.limit;
  }

  /** Memory held by the rows and their slots, in bytes. */
  get memoryBytes(): number {
    const slots = this.#slots.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
    return this.#rows.memoryBytes + this.#codecs.byteLength + slots;
  }

  /** The row of `hash`, or {@link NO_ROW}. */
  find(hash: string): number {
    parseWords(hash, this.#wanted);
    return this.findWords(this.#wanted);
  }

  /** {@link find} by the words of a hash. */
  findWords(hash: Int32Array): number {
    const mark = markOf(hash);
    const slots = this.#slotsOf(mark);
    return slots.rowAt(this.#slotOf(slots, hash, mark));
  }

  /** Puts a listing in place of the hash's row, or in a new one; returns the row. */
  put(listing: Listing): number {
    parseWords(listing.hash, this.#wanted);
    parseWords(listing.generation, this.#wantedGeneration);
    this.putFields({ ...listing, hash: this.#wanted, generation: this.#wantedGeneration }, this.#previous);
    return this.findWords(this.#wanted);
  }

  /**
   * {@link put} of a listing in numbers.
   * @param previous takes the generation that was listed until now.
   * @returns whether there was one.
   */
  putFields(fields: RowFields, previous: Int32Array): boolean {
    if (SECRETS[0] === 0) drawSecrets();
    const { hash, generation } = fields;
    const mark = markOf(hash);
    const slots = this.#slotsOf(mark);
    const slot = this.#slotOf(slots, hash, mark);
    const found = slots.rowAt(slot);
    const isNew = found === NO_ROW;
    const row = isNew ? this.#takeRow() : found;
    const words = this.#rows.wordsOf(row);
    const at = wordsStart(row);
    if (isNew) {
      slots.fill(slot, mark, row);
      this.#count++;
    } else {
      this.#allocated -= this.allocatedAt(row);
      for (let word = 0; word < GENERATION_WORDS; word++) previous[word] = words[at + GENERATION_AT + word] ?? 0;
    }
    copyWords(hash, words, at);
    copyWords(generation, words, at + GENERATION_AT);
    words[at + SIZE_AT] = fields.size;
    words[at + BLOCKS_AT] = Math.ceil(fields.allocated / BLOCK);
    words[at + CHECKSUM_AT] = fields.checksum;
    words[at + STAMP_AT] = ++this.#lastStamp;
    const times = this.#rows.timesOf(row);
    const timesAt = timesStart(row);
    times[timesAt + EXPIRES_AT] = fields.expires;
    times[timesAt + CREATED_AT] = fields.created;
    times[timesAt + ACCESSED_AT] = fields.created;
    this.#codecs[row] = codecNumber(fields.codec);
    this.#allocated += this.allocatedAt(row);
    return !isNew;
  }

  /** Removes the row of `hash`, if there is one. */
  remove(hash: string): void {
    const row = this.find(hash);
    if (row !== NO_ROW) this.removeRow(row);
  }

  /** Removes a row that is in use. */
  removeRow(row: number): void {
    const words = this.#rows.wordsOf(row);
    const at = wordsStart(row);
    const mark = markOf(words, at);
    const slots = this.#slotsOf(mark);
    let slot = slots.seek(slots.home(mark), mark);
    while (slots.rowAt(slot) !== row) slot = slots.seek(slots.next(slot), mark);
    slots.vacate(slot);
    this.#allocated -= this.allocatedAt(row);
    this.#codecs[row] = NOT_LIVE;
    words[at + STAMP_AT] = ++this.#lastStamp;
    this.#rows.giveBack(row);
    this.#count--;
  }

  isLive(row: number): boolean {
    return (this.#codecs[row] ?? NOT_LIVE) !== NOT_LIVE;
  }

  hashAt(row: number): string {
    return formatWords(this.#rows.wordsOf(row), wordsStart(row), HASH_WORDS);
  }

  generationAt(row: number): string {
    return formatWords(this.#rows.wordsOf(row), wordsStart(row) + GENERATION_AT, GENERATION_WORDS);
  }

  /** Whether the row lists `generation`; cheaper than comparing {@link generationAt}. */
  isGeneration(row: number, generation: string): boolean {
    parseWords(generation, this.#wantedGeneration);
    return this.isGenerationWords(row, this.#wantedGeneration);
  }

  /** {@link isGeneration} by the words of a generation. */
  isGenerationWords(row: number, generation: Int32Array): boolean {
    return hasWords(this.#rows.wordsOf(row), wordsStart(row) + GENERATION_AT, generation);
  }

  /** The highest stamp so far: that of the row changed last. */
  get lastStamp(): number {
    return this.#lastStamp;
  }

  /** Gives a row a new stamp and leaves it as it is. */
  confirm(row: number): void {
    this.#rows.wordsOf(row)[wordsStart(row) + STAMP_AT] = ++this.#lastStamp;
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
    this.#rows.timesOf(row)[timesStart(row) + ACCESSED_AT] = time;
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

  #wordAt(row: number, field: number): number {
    return (this.#rows.wordsOf(row)[wordsStart(row) + field] ?? 0) >>> 0;
  }

  #timeAt(row: number, field: number): number {
    return this.#rows.timesOf(row)[timesStart(row) + field] ?? 0;
  }

  #takeRow(): number {
    const row = this.#rows.take();
    if (row >= this.#codecs.length) {
      this.#codecs = grown(new Uint8Array(Math.ceil((row + 1) * CODECS_GROWTH)), this.#codecs);
    }
    return row;
  }

  #slotsOf(mark: number): IndexSlots {
    return this.#slots[slotPart(mark)] ?? NO_SLOTS;
  }

  /** The slot that leads to a hash, or the empty one where it would be put. */
  #slotOf(slots: IndexSlots, hash: Int32Array, mark: number): number {
    let slot = slots.seek(slots.home(mark), mark);
    for (;;) {
      const row = slots.rowAt(slot);
      if (row === NO_ROW || hasWords(this.#rows.wordsOf(row), wordsStart(row), hash)) return slot;
      slot = slots.seek(slots.next(slot), mark);
    }
  }
}

/** For so few a loop beats the built-in search. */
function codecNumber(codec: Codec): number {
  let number = 0;
  while (number < CODECS.length && CODECS[number] !== codec) number++;
  return number + 1;
}

/**
 * What a hash's slot is found by. Whoever chooses keys can choose hashes that agree in many bits, so the words are
 * multiplied by secret odd numbers; the high bits are the good ones (multilinear hashing, Carter and Wegman 1979).
 */
function markOf(words: Int32Array, start = 0): number {
  let sum = 0;
  for (let word = 0; word < HASH_WORDS; word++)
    sum = (sum + Math.imul(words[start + word] ?? 0, SECRETS[word] ?? 1)) | 0;
  return sum;
}
