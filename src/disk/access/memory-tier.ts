/**
 * Values kept in memory; those not read for long are let go first. Whether one is still the key's value is the catalog's
 * to say, at each hit.
 */

import { type Codec, decode, decodeText, type EncodedValue } from '../value/codec.ts';

/** What one value costs besides its key and its bytes: map slot, bookkeeping, a buffer's own head, estimated. */
const OVERHEAD_BYTES = 300;
/** One value may take this part of the whole. */
const LARGEST_SHARE = 1 / 8;

/** A value in memory, and the row of the index that it was read under. */
export interface MemoryItem {
  readonly hash: string;
  readonly epoch: number;
  readonly row: number;
  readonly stamp: number;
  readonly codec: Codec;
  readonly content: string | Buffer;
  readonly cost: number;
}

/** An item in its place in the queue. */
interface Kept extends MemoryItem {
  /** Whether it was read since it was last at the head of the queue. */
  wasRead: boolean;
}

/**
 * Values leave in the order in which they came, but those that were read since get a second chance (CLOCK, Corbató 1968):
 * nearly LRU, and a hit moves nothing.
 */
export class MemoryTier {
  readonly #maxBytes: number;
  readonly #items = new Map<string, Kept>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether something is kept under `key`; it may be out of date. */
  has(key: string): boolean {
    return this.#items.has(key);
  }

  /** What is kept under `key`; counts as a read. */
  get(key: string): MemoryItem | undefined {
    const item = this.#items.get(key);
    if (item !== undefined) item.wasRead = true;
    return item;
  }

  /**
   * Keeps a value, unless it is too large to be worth it: a copy of bytes, and a text as it is. A text that is a piece
   * of a larger one, as callers often have it, would keep all of that in memory.
   */
  put(key: string, place: Pick<MemoryItem, 'hash' | 'epoch' | 'row' | 'stamp'>, value: EncodedValue): void {
    const size = value.text === undefined ? value.bytes.length : costOf(value.text, value.bytes);
    const cost = size + 2 * key.length + OVERHEAD_BYTES;
    this.delete(key);
    if (cost > this.#maxBytes * LARGEST_SHARE) return;
    const { hash, epoch, row, stamp } = place;
    const content = value.text ?? ownCopy(value.bytes);
    this.#makeRoom(cost);
    const item = { hash, epoch, row, stamp, codec: value.codec, content, cost, wasRead: false };
    // The key, too, may be a piece of something.
    this.#items.set(Buffer.from(key).toString(), item);
    this.#bytes += cost;
  }

  #makeRoom(needed: number): void {
    for (const [oldest, candidate] of this.#items) {
      if (this.#bytes + needed <= this.#maxBytes) break;
      if (candidate.wasRead) this.#requeue(oldest, candidate);
      else this.delete(oldest);
    }
  }

  #requeue(key: string, item: Kept): void {
    item.wasRead = false;
    this.#items.delete(key);
    this.#items.set(key, item);
  }

  delete(key: string): void {
    const item = this.#items.get(key);
    if (item === undefined) return;
    this.#items.delete(key);
    this.#bytes -= item.cost;
  }

  clear(): void {
    this.#items.clear();
    this.#bytes = 0;
  }
}

/** Characters take one byte each in memory if all are ASCII, as UTF-8 tells, else two. */
function costOf(text: string, bytes: Uint8Array): number {
  return bytes.length === text.length ? text.length : 2 * text.length;
}

/** The value of an item, the caller's alone. */
export function memoryValue(item: MemoryItem): unknown {
  if (typeof item.content === 'string') return decodeText(item.codec, item.content);
  return decode(item.codec, ownCopy(item.content));
}

/** A copy that shares no memory with others: a small buffer is otherwise a piece of a pool, and keeps all of it. */
function ownCopy(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}
