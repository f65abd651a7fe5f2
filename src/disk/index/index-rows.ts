/**
 * Room for the rows of the index, in segments: a growing table copies no more than the last, and holds little more memory
 * than it needs. What belongs to one row lies together, since to reach what is in no cache of the processor costs as much
 * as a hundred steps.
 */

import { NO_ROW } from './index-slots.ts';

/** Words of 32 bits in a row. */
const ROW_WORDS = 12;
/** Times in a row. They lie apart, because whoever looks for the oldest of all rows reads nothing else. */
const ROW_TIMES = 3;

const SEGMENT_BITS = 12;
const SEGMENT_ROWS = 1 << SEGMENT_BITS;
const SEGMENT_MASK = SEGMENT_ROWS - 1;
/** The last segment grows by a small part of all rows, so that few are spare. */
const GROWTH = 1 / 16;
const LEAST_GROWTH = 64;

/** For rows that there never were. */
const NO_WORDS = new Int32Array(0);
const NO_TIMES = new Float64Array(0);

/** Where a row begins in {@link IndexRows.wordsOf}. */
export function wordsStart(row: number): number {
  return (row & SEGMENT_MASK) * ROW_WORDS;
}

/** Where a row begins in {@link IndexRows.timesOf}. */
export function timesStart(row: number): number {
  return (row & SEGMENT_MASK) * ROW_TIMES;
}

/** Rows by number. The first word of one that is not in use is the number of the next such row. */
export class IndexRows {
  readonly #words: Int32Array[] = [];
  readonly #times: Float64Array[] = [];
  #capacity = 0;
  #used = 0;
  #free = NO_ROW;

  /** One more than the highest number ever in use. */
  get limit(): number {
    return this.#used;
  }

  /** Memory held, in bytes. */
  get memoryBytes(): number {
    return this.#capacity * (ROW_WORDS * Int32Array.BYTES_PER_ELEMENT + ROW_TIMES * Float64Array.BYTES_PER_ELEMENT);
  }

  /** The segment that has a row's words. */
  wordsOf(row: number): Int32Array {
    return this.#words[row >> SEGMENT_BITS] ?? NO_WORDS;
  }

  /** The segment that has a row's times. */
  timesOf(row: number): Float64Array {
    return this.#times[row >> SEGMENT_BITS] ?? NO_TIMES;
  }

  /** Takes a row that is not in use. */
  take(): number {
    const row = this.#free;
    if (row === NO_ROW) {
      if (this.#used === this.#capacity) this.#grow();
      return this.#used++;
    }
    this.#free = this.wordsOf(row)[wordsStart(row)] ?? NO_ROW;
    return row;
  }

  /** Gives back a row that was taken; its first word is lost. */
  giveBack(row: number): void {
    this.wordsOf(row)[wordsStart(row)] = this.#free;
    this.#free = row;
  }

  /** Makes room for more: in the last segment if that isn't full, else in a new one. */
  #grow(): void {
    const segment = this.#used >> SEGMENT_BITS;
    const start = segment << SEGMENT_BITS;
    const more = Math.max(LEAST_GROWTH, Math.floor(this.#used * GROWTH));
    const count = Math.min(SEGMENT_ROWS, this.#used - start + more);
    this.#words[segment] = grown(new Int32Array(count * ROW_WORDS), this.#words[segment]);
    this.#times[segment] = grown(new Float64Array(count * ROW_TIMES), this.#times[segment]);
    this.#capacity = start + count;
  }
}

/** `larger`, with what `smaller` has. */
export function grown<T extends Int32Array | Float64Array | Uint8Array>(larger: T, smaller: T | undefined): T {
  if (smaller !== undefined) larger.set(smaller);
  return larger;
}
