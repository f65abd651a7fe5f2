/**
 * Reading: from memory, through the index, or through the sidecar; never a torn, mixed or expired value.
 */

import * as fs from 'node:fs';
import { crc32 } from '../../crc32.ts';
import type { CacheMetadata } from '../../models.ts';
import { hasExpired, type Sidecar } from '../entry/sidecar.ts';
import { closeQuietly, isMissing, openToRead, readInto, readIntoAsync, uninterrupted } from '../files/files.ts';
import { ASK_SIDECAR } from '../index/catalog.ts';
import { NO_ROW } from '../index/index-table.ts';
import { type Codec, canDecode, decode, decodeText, type EncodedValue, withOwnText } from '../value/codec.ts';
import { hashKey } from '../value/key.ts';
import { SYNC_LIMIT_BYTES, type TagContext } from './context.ts';
import { memoryValue } from './memory-tier.ts';

const SCRATCH_BYTES = 64 * 1024;

/** A value that was found. Values may be `undefined`, so the absence of one needs its own mark. */
export interface Found {
  readonly value: unknown;
}

/** A generation that a key is said to have. */
interface Located {
  readonly key: string;
  readonly hash: string;
  readonly generation: string;
  readonly codec: Codec;
  readonly size: number;
  readonly checksum: number;
  readonly expires: number;
  readonly created: number;
  /** The row that says so, or {@link NO_ROW} if the sidecar does. */
  readonly row: number;
}

/** What reading an entry file came to: its bytes, or why there are none. */
type Content = Buffer | 'gone' | 'damaged';

/** The reading side of one tag. */
export class Reader {
  readonly #context: TagContext;
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

  constructor(context: TagContext) {
    this.#context = context;
  }

  /** The value under a key. Never throws for a fault of the store. */
  get(key: string): Found | undefined {
    const kept = this.#fromMemory(key);
    if (kept !== undefined) return this.#count(kept);
    return this.#count(
      this.#guard(() => {
        const located = this.#locate(key, hashKey(key));
        return located && this.#settle(located, this.#read(located));
      }),
    );
  }

  /** {@link get}; a promise only for a large value, which is read without blocking the event loop. */
  getAsync(key: string): Found | undefined | Promise<Found | undefined> {
    const kept = this.#fromMemory(key);
    if (kept !== undefined) return this.#count(kept);
    const located = this.#guard(() => this.#locate(key, hashKey(key)));
    if (located === undefined) return this.#count(undefined);
    if (located.size > SYNC_LIMIT_BYTES) return this.#getLarge(located);
    return this.#count(this.#guard(() => this.#settle(located, this.#read(located))));
  }

  async #getLarge(located: Located): Promise<Found | undefined> {
    try {
      const content = await this.#readAsync(located);
      return this.#count(this.#guard(() => this.#settle(located, content)));
    } catch {
      this.#context.counters.errors++;
      return this.#count(undefined);
    }
  }

  /** Whether a key is live; not an access. Never throws for a fault of the store. */
  exists(key: string, hash: string): boolean {
    const located = this.#guard(() => this.#locate(key, hash));
    if (located === undefined) return false;
    const { store, clock } = this.#context;
    const isThere = () => !hasExpired(located.expires, clock()) && store.hasEntry(hash, located.generation);
    return this.#guard(() => isThere() || this.#existsBySidecar(hash)) ?? false;
  }

  /** A generation that is gone or has expired may have been replaced just now. */
  #existsBySidecar(hash: string): boolean {
    const { store, clock } = this.#context;
    const sidecar = store.findLive(hash)?.sidecar;
    return sidecar !== undefined && !hasExpired(sidecar.expires, clock());
  }

  /** What sidecar and entry file tell of a key; not an access. */
  getMetadata(key: string, hash: string): CacheMetadata | undefined {
    const { store, clock, tag } = this.#context;
    return this.#guard(() => {
      const found = store.findLive(hash);
      if (found === undefined) return undefined;
      const { sidecar, entry } = found;
      const now = clock();
      return {
        key,
        size: sidecar.size,
        created: new Date(sidecar.created),
        accessed: new Date(Math.max(entry.atimeMs, sidecar.created)),
        ...(sidecar.ttl === undefined ? {} : { ttl: sidecar.ttl }),
        tag,
        isExpired: hasExpired(sidecar.expires, now),
        ageSeconds: Math.max(0, now - sidecar.created) / 1000,
      };
    });
  }

  /**
   * Keeps a value that was just set, if it still is the key's and what it replaced was kept. What nobody has read yet
   * may never be, and would push out what is read.
   */
  keepWritten(key: string, hash: string, generation: string, value: EncodedValue): void {
    const { catalog, memory } = this.#context;
    if (memory === undefined || !memory.has(key) || !catalog.trusted) return;
    const row = catalog.table.find(hash);
    if (row !== NO_ROW) this.#keep({ key, hash, generation, row }, withOwnText(value));
  }

  /** Ends a generation that was found expired, damaged or gone. */
  #kill(hash: string, generation: string): void {
    const { store, catalog, counters } = this.#context;
    try {
      store.kill(hash, generation);
      this.#context.graves.add(hash);
      catalog.append([{ kind: 'evict', hash, generation }]);
    } catch {
      // It stays a miss for whoever reads it next, and the next sweep tries again.
      counters.errors++;
    }
  }

  #count(found: Found | undefined): Found | undefined {
    if (found === undefined) this.#context.counters.misses++;
    else this.#context.counters.hits++;
    return found;
  }

  /** A fault of the store is a miss. */
  #guard<T>(read: () => T | undefined): T | undefined {
    try {
      return read();
    } catch {
      this.#context.counters.errors++;
      return undefined;
    }
  }

  /** One `fstat` tells whether what is kept still holds. */
  #fromMemory(key: string): Found | undefined {
    const { memory, catalog, counters, clock } = this.#context;
    const item = memory?.get(key);
    if (memory === undefined || item === undefined) return undefined;
    // First, since a caller's clock may itself use the cache.
    const now = clock();
    try {
      catalog.poll();
    } catch {
      counters.errors++;
      return undefined;
    }
    const { table } = catalog;
    const holds =
      item.epoch === catalog.epoch &&
      catalog.trusted &&
      table.isLive(item.row) &&
      table.stampAt(item.row) === item.stamp &&
      !catalog.isDoubtful(item.hash);
    if (!holds) {
      memory.delete(key);
      return undefined;
    }
    if (hasExpired(table.expiresAt(item.row), now)) return undefined;
    this.#noteAccess(item.row, now);
    return { value: memoryValue(item) };
  }

  /** The access of a value read from memory still goes to the entry file, once in a window, for all to see. */
  #noteAccess(row: number, now: number): void {
    const { catalog, store, atimeResolutionMs } = this.#context;
    const { table } = catalog;
    if (Math.abs(now - table.accessedAt(row)) < atimeResolutionMs) return;
    table.setAccessed(row, now);
    try {
      fs.utimesSync(
        store.paths.entry(table.hashAt(row), table.generationAt(row)),
        now / 1000,
        table.createdAt(row) / 1000,
      );
    } catch {
      // Read-only, or evicted just now.
    }
  }

  /** The generation that a key has, by the index if that may be trusted. */
  #locate(key: string, hash: string): Located | undefined {
    const { catalog } = this.#context;
    const row = this.#consult(hash);
    if (row === NO_ROW) return undefined;
    if (row === ASK_SIDECAR) return this.#locateBySidecar(key, hash);
    const { table } = catalog;
    return {
      key,
      hash,
      generation: table.generationAt(row),
      codec: table.codecAt(row),
      size: table.sizeAt(row),
      checksum: table.checksumAt(row),
      expires: table.expiresAt(row),
      created: table.createdAt(row),
      row,
    };
  }

  #consult(hash: string): number {
    const { catalog } = this.#context;
    try {
      catalog.poll();
      catalog.warmUp();
      return catalog.consult(hash);
    } catch {
      // An index that can't be opened, as in a read-only folder, is done without.
      return ASK_SIDECAR;
    }
  }

  #locateBySidecar(key: string, hash: string): Located | undefined {
    const sidecar = this.#context.store.readSidecar(hash);
    return typeof sidecar === 'string' ? undefined : fromSidecar(key, hash, sidecar);
  }

  #open({ hash, generation }: Located): number | undefined {
    const { store } = this.#context;
    try {
      return store.hasShard(hash) ? openToRead(store.paths.entry(hash, generation)) : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  #read(located: Located): Content {
    const { clock } = this.#context;
    // First, since a caller's clock may itself read, into the same memory.
    const now = clock();
    const descriptor = this.#open(located);
    if (descriptor === undefined) return 'gone';
    try {
      const content = this.#readWhole(descriptor, located);
      if (content !== 'damaged') this.#touch(descriptor, located, now);
      return content;
    } finally {
      closeQuietly(descriptor);
    }
  }

  #readWhole(descriptor: number, located: Located): Content {
    // Text is turned into a string at once, so its bytes need no memory of their own.
    const isText = located.codec === 'text' || located.codec === 'json';
    if (isText && located.size < SCRATCH_BYTES) {
      const count = uninterrupted(() => fs.readSync(descriptor, this.#scratch, 0, located.size + 1, 0));
      if (count === located.size) return this.#scratch.subarray(0, count);
    }
    if (fs.fstatSync(descriptor).size !== located.size) return 'damaged';
    const bytes = Buffer.allocUnsafeSlow(located.size);
    return readInto(descriptor, bytes, 0) === located.size ? bytes : 'damaged';
  }

  async #readAsync(located: Located): Promise<Content> {
    const { clock } = this.#context;
    const descriptor = this.#open(located);
    if (descriptor === undefined) return 'gone';
    try {
      if (fs.fstatSync(descriptor).size !== located.size) return 'damaged';
      const bytes = Buffer.allocUnsafeSlow(located.size);
      if ((await readIntoAsync(descriptor, bytes, 0)) !== located.size) return 'damaged';
      this.#touch(descriptor, located, clock());
      return bytes;
    } finally {
      closeQuietly(descriptor);
    }
  }

  /** Writes the access to the entry file, at most once in a window. */
  #touch(descriptor: number, located: Located, now: number): void {
    const { catalog, atimeResolutionMs } = this.#context;
    const { row } = located;
    // The row may be another's by now if the value was read asynchronously; then the file itself is asked.
    const known = row !== NO_ROW && catalog.table.isLive(row) && catalog.table.isGeneration(row, located.generation);
    const accessed = known ? catalog.table.accessedAt(row) : fs.fstatSync(descriptor).atimeMs;
    if (Math.abs(now - accessed) < atimeResolutionMs) return;
    if (known) catalog.table.setAccessed(row, now);
    try {
      fs.futimesSync(descriptor, now / 1000, located.created / 1000);
    } catch {
      // A read-only folder keeps no accesses.
    }
  }

  /** Turns what was read into a verdict; a generation that was gone is looked for again until it has failed twice. */
  #settle(first: Located, content: Content): Found | undefined {
    let located = first;
    let read = content;
    for (;;) {
      if (read !== 'gone' && read !== 'damaged') {
        if (crc32(read) === located.checksum) return this.#accept(located, read);
        read = 'damaged';
      }
      const again = this.#locateBySidecar(located.key, located.hash);
      if (again === undefined) {
        if (located.row !== NO_ROW) this.#kill(located.hash, located.generation);
        return undefined;
      }
      if (again.generation === located.generation) return this.#giveUp(again, read);
      if (located.row !== NO_ROW) this.#correct(located.hash);
      located = again;
      read = this.#read(located);
    }
  }

  /** The index lists a generation that the key no longer has. */
  #correct(hash: string): void {
    try {
      this.#context.catalog.append([{ kind: 'ask', hash, generation: '' }]);
    } catch {
      this.#context.counters.errors++;
    }
  }

  #giveUp(located: Located, reason: 'gone' | 'damaged'): Found | undefined {
    // Read once more: what was damaged may have been in the middle of being removed.
    const content = this.#read(located);
    if (content !== 'gone' && content !== 'damaged' && crc32(content) === located.checksum) {
      return this.#accept(located, content);
    }
    if (reason === 'damaged' && content !== 'gone') this.#context.counters.errors++;
    this.#kill(located.hash, located.generation);
    return undefined;
  }

  #accept(located: Located, bytes: Buffer): Found | undefined {
    const { clock, counters } = this.#context;
    const { codec, expires, hash, generation } = located;
    const isText = codec === 'text' || codec === 'json';
    const encoded = isText ? { codec, bytes, text: bytes.toString() } : { codec, bytes };
    // The clock is looked at after the bytes were read: an expired value is never returned.
    if (hasExpired(expires, clock())) {
      counters.expirations++;
      this.#kill(hash, generation);
      return undefined;
    }
    if (!canDecode(codec)) return undefined;
    const value = encoded.text === undefined ? decode(codec, bytes) : decodeText(codec, encoded.text);
    this.#keep(located, encoded);
    return { value };
  }

  #keep(located: Pick<Located, 'key' | 'hash' | 'generation' | 'row'>, encoded: EncodedValue): void {
    const { catalog, memory } = this.#context;
    const { key, hash, generation, row } = located;
    if (memory === undefined || row === NO_ROW) return;
    const { epoch, table } = catalog;
    // After an asynchronous read the row may be gone or another's.
    if (!table.isLive(row) || !table.isGeneration(row, generation)) return;
    memory.put(key, { hash, epoch, row, stamp: table.stampAt(row) }, encoded);
  }
}

function fromSidecar(key: string, hash: string, sidecar: Sidecar): Located {
  const { generation, codec, size, checksum, expires, created } = sidecar;
  return { key, hash, generation, codec, size, checksum, expires, created, row: NO_ROW };
}
