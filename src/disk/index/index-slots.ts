/**
 * Which row holds which hash: open addressing with linear probing (Knuth, TAOCP vol. 3, 6.4, algorithm L; removal is
 * algorithm R).
 *
 * A slot holds a row and the mark of its hash, so that neither probing nor growing looks at the rows, which lie all over
 * the memory. The high bits of a mark say where its slot is to be: so growing goes through the old slots and the new ones
 * in the same order, and takes some nanoseconds for a row.
 */

/** Returned by look-ups that found no row. */
export const NO_ROW = -1;

const PART_BITS = 4;
/** So many parts share the hashes, by the highest bits of their marks: each grows by itself, which makes no long pause. */
export const SLOT_PARTS = 1 << PART_BITS;
const INITIAL_SLOTS = 16;
/** Of the slots that there are, at most this part is taken. */
const MAX_LOAD = 0.8;
/** A slot's words: the mark, then the row. */
const SLOT_WORDS = 2;

/** The part that a mark belongs to. */
export function slotPart(mark: number): number {
  return mark >>> (32 - PART_BITS);
}

/** One part's slots by the marks of hashes: 32 bits each, of which the high ones must be spread evenly. */
export class IndexSlots {
  #words = emptySlots(INITIAL_SLOTS);
  #slots = INITIAL_SLOTS;
  /** How far a mark is shifted to become a slot. */
  #shift = Math.clz32(INITIAL_SLOTS) + 1;
  #count = 0;

  /** Memory held, in bytes. */
  get memoryBytes(): number {
    return this.#words.byteLength;
  }

  /** The first slot in which a mark may be. */
  home(mark: number): number {
    return (mark << PART_BITS) >>> this.#shift;
  }

  /** The first slot from `slot` on that has the mark or is empty. */
  seek(slot: number, mark: number): number {
    const words = this.#words;
    for (let at = slot; ; at = this.next(at)) {
      if (words[at * SLOT_WORDS] === mark || words[at * SLOT_WORDS + 1] === NO_ROW) return at;
    }
  }

  /** The slot after another. */
  next(slot: number): number {
    return (slot + 1) & (this.#slots - 1);
  }

  /** The row of a slot, {@link NO_ROW} if it is empty. */
  rowAt(slot: number): number {
    return this.#words[slot * SLOT_WORDS + 1] ?? NO_ROW;
  }

  /** Puts a row in the empty slot that was found for its mark. */
  fill(slot: number, mark: number, row: number): void {
    this.#set(slot, mark, row);
    if (++this.#count > this.#slots * MAX_LOAD) this.#grow();
  }

  /** Empties a slot and moves up those that were displaced past it. */
  vacate(emptied: number): void {
    this.#count--;
    const mask = this.#slots - 1;
    let hole = emptied;
    for (let slot = this.next(hole); this.rowAt(slot) !== NO_ROW; slot = this.next(slot)) {
      const mark = this.#markAt(slot);
      const distance = (slot - this.home(mark)) & mask;
      if (distance >= ((slot - hole) & mask)) {
        this.#set(hole, mark, this.rowAt(slot));
        hole = slot;
      }
    }
    this.#set(hole, 0, NO_ROW);
  }

  #markAt(slot: number): number {
    return this.#words[slot * SLOT_WORDS] ?? 0;
  }

  #set(slot: number, mark: number, row: number): void {
    this.#words[slot * SLOT_WORDS] = mark;
    this.#words[slot * SLOT_WORDS + 1] = row;
  }

  #grow(): void {
    const old = this.#words;
    this.#words = emptySlots(this.#slots * 2);
    this.#slots *= 2;
    this.#shift--;
    for (let at = 0; at < old.length; at += SLOT_WORDS) {
      const row = old[at + 1] ?? NO_ROW;
      if (row === NO_ROW) continue;
      const mark = old[at] ?? 0;
      let slot = this.home(mark);
      while (this.rowAt(slot) !== NO_ROW) slot = this.next(slot);
      this.#set(slot, mark, row);
    }
  }
}

function emptySlots(count: number): Int32Array {
  return new Int32Array(count * SLOT_WORDS).fill(NO_ROW);
}
