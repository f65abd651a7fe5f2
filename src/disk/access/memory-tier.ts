/**
 * Values kept in memory, least recently used first out. Whether one is still the key's value is the catalog's to say,
 * at each hit.
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

/** The least recently used values leave when there are too many. */
export class MemoryTier {
  readonly #maxBytes: number;
  readonly #items = new Map<string, MemoryItem>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What is kept under `key`; marks it as the most recently used. */
  get(key: string): MemoryItem | undefined {
    const item = this.#items.get(key);
    if (item === undefined) return undefined;
    this.#items.delete(key);
    this.#items.set(key, item);
    return item;
  }

  /**
   * Keeps a copy of a value, unless it is too large to be worth it. A copy even of strings: a piece of a larger one, as
   * callers often have it, would keep all of that in memory.
   */
  put(key: string, place: Pick<MemoryItem, 'hash' | 'epoch' | 'row' | 'stamp'>, value: EncodedValue): void {
    const size = value.text === undefined ? value.bytes.length : costOf(value.text, value.bytes);
    const cost = size + 2 * key.length + OVERHEAD_BYTES;
    this.delete(key);
    if (cost > this.#maxBytes * LARGEST_SHARE) return;
    const content = value.text === undefined ? ownCopy(value.bytes) : Buffer.from(value.bytes).toString();
    this.#items.set(Buffer.from(key).toString(), { ...place, codec: value.codec, content, cost });
    this.#bytes += cost;
    for (const [oldest] of this.#items) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
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
