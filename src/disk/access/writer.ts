/**
 * Setting: the order of system calls that keeps each key whole, whoever else writes it at the same time
 * and wherever a process is killed.
 */

import * as fs from 'node:fs';
import { crc32 } from '../../crc32.ts';
import { CacheArgumentError, CacheEntryTooLargeError, CacheWriteError } from '../../errors.ts';
import type { Listing } from '../entry/listing.ts';
import { fenceReaper } from '../entry/reap-folder.ts';
import { formatSidecar, MAX_VALUE_BYTES, type Sidecar } from '../entry/sidecar.ts';
import type { PlacedSidecar } from '../entry/store.ts';
import { allocatedBytes, closeQuietly, isMissing, wasTaken } from '../files/files.ts';
import { newGeneration } from '../files/paths.ts';
import { namingSystemErrors, namingSystemErrorsAsync } from '../files/system-errors.ts';
import { type Announcement, ASK_SIDECAR } from '../index/catalog.ts';
import type { IndexRecord } from '../index/index-record.ts';
import { NO_ROW } from '../index/index-table.ts';
import type { EncodedValue } from '../value/codec.ts';
import { SYNC_LIMIT_BYTES, type TagContext } from './context.ts';

const BLOCK_BYTES = 4096;
/** What a sidecar holds besides the key, at most. */
const SIDECAR_FIELDS_BYTES = 300;
/** What a UTF-16 unit of a key takes in JSON, at most. */
const MAX_BYTES_PER_UNIT = 6;
/** The last date there is, in milliseconds since the epoch. */
const MAX_TIME = 8.64e15;
/** Starting over means that others set the same key at the same moment; this often, something else is wrong. */
const MAX_TRIES = 1000;

/** See {@link mayBeTaken}, in milliseconds. */
const SAFE_MS = 1;

const NOT_WRITTEN = 'entry could not be written';

/** A value on its way in. */
interface Draft {
  readonly key: string;
  readonly hash: string;
  readonly value: EncodedValue;
  readonly checksum: number;
  readonly ttl: number | undefined;
}

/** The writing side of one tag. */
export class Writer {
  readonly #context: TagContext;

  constructor(context: TagContext) {
    this.#context = context;
  }

  /**
   * Stores a value; when this returns, every process reads it.
   * @returns the generation it was stored as.
   * @throws a {@link CacheEntryTooLargeError}, {@link CacheWriteError}
   */
  set(key: string, hash: string, value: EncodedValue, ttl: number | undefined): string {
    const draft = this.#draft(key, hash, value, ttl);
    return namingSystemErrors({ failure: NOT_WRITTEN, key }, () => {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const generation = newGeneration();
        const began = performance.now();
        const entry = this.#orMissing(hash, () => this.#context.store.createEntry(hash, generation, value.bytes));
        if (entry !== undefined && this.#commit(draft, generation, entry, began)) return generation;
      }
      throw keptFromWriting(key);
    });
  }

  /** {@link set}; large values are written without blocking the event loop. */
  async setAsync(key: string, hash: string, value: EncodedValue, ttl: number | undefined): Promise<string> {
    if (value.bytes.length <= SYNC_LIMIT_BYTES) return this.set(key, hash, value, ttl);
    const draft = this.#draft(key, hash, value, ttl);
    return namingSystemErrorsAsync({ failure: NOT_WRITTEN, key }, async () => {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const generation = newGeneration();
        const began = performance.now();
        const entry = await this.#createLarge(hash, generation, value.bytes);
        if (entry !== undefined && this.#commit(draft, generation, entry, began)) return generation;
      }
      throw keptFromWriting(key);
    });
  }

  async #createLarge(hash: string, generation: string, bytes: Uint8Array): Promise<number | undefined> {
    try {
      return await this.#context.store.createEntryAsync(hash, generation, bytes);
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.#context.store.forgetShard(hash);
      return undefined;
    }
  }

  #draft(key: string, hash: string, value: EncodedValue, ttl: number | undefined): Draft {
    const { maxSizeBytes } = this.#context;
    const { length } = value.bytes;
    const needed = blocks(length) + sidecarBlocks(key);
    if (length > MAX_VALUE_BYTES || needed > maxSizeBytes) {
      throw new CacheEntryTooLargeError(
        `value takes ${needed} bytes of disk and the whole cache may take ${Math.min(maxSizeBytes, MAX_VALUE_BYTES)}; raise maxSizeBytes, or store less under one key`,
        { key },
      );
    }
    return { key, hash, value, checksum: crc32(value.bytes), ttl };
  }

  /**
   * Makes an entry file, whole and open, the key's value.
   * @param began when the entry file was about to be created, on the clock of `performance`.
   * @returns `false` if it was taken away meanwhile and the set must start over with a new generation.
   */
  #commit(draft: Draft, generation: string, entry: number, began: number): boolean {
    const { store, catalog, clock, ownClock } = this.#context;
    const { key, hash } = draft;
    let placed: PlacedSidecar | undefined;
    try {
      const created = checkedTime(clock());
      const expires = draft.ttl === undefined ? 0 : Math.min(Math.ceil(created + draft.ttl * 1000), MAX_TIME);
      if (ownClock) fs.futimesSync(entry, created / 1000, created / 1000);
      // From here on everybody asks the sidecar: were this process killed after its change, nobody else would notice.
      const before = catalog.announce(hash, generation);
      const sidecar = {
        key,
        generation,
        codec: draft.value.codec,
        size: draft.value.bytes.length,
        checksum: draft.checksum,
        created,
        expires,
        ttl: draft.ttl,
      };
      // An entry file that was taken away must not take the place of a good one.
      if (mayBeTaken(began) && fs.fstatSync(entry).nlink === 0) return this.#abandon(hash, generation);
      placed = this.#place(hash, generation, formatSidecar(sidecar), this.#listedGeneration(before));
      if (placed === undefined) return this.#abandon(hash, generation);
      const stored = this.#conclude(sidecar, hash, entry, placed, before);
      // If this fails the value is there all the same; whoever asked for it to be flushed must hear that it isn't.
      if (stored) store.flushShard(hash);
      return stored;
    } catch (error) {
      if (placed === undefined) this.#abandonQuietly(hash, generation);
      throw error;
    } finally {
      closeQuietly(entry);
      if (placed !== undefined) closeQuietly(placed.descriptor);
    }
  }

  /**
   * What follows once the sidecar stands. The value is committed, so faults from here on are counted, not thrown: without
   * the record others go on asking the sidecar, and what isn't cleared up is an orphan for the sweep.
   */
  #conclude(sidecar: Sidecar, hash: string, entry: number, placed: PlacedSidecar, before: Announcement): boolean {
    const { store, catalog, counters } = this.#context;
    const { generation } = sidecar;
    const { descriptor, replaced } = placed;
    try {
      fenceReaper(store.paths, hash);
      // Behind the fence, nothing more is taken in passing.
      const side = fs.fstatSync(descriptor);
      const value = fs.fstatSync(entry);
      const allocated = allocatedBytes(value) + allocatedBytes(side);
      const records: IndexRecord[] = [{ kind: 'set', listing: listingOf(sidecar, hash, allocated), replaced }];
      // A reaper has it, and the fence keeps it: were this process killed now, nobody must believe the record.
      if (wasTaken(side)) records.push({ kind: 'ask', hash, generation: '' });
      const appended = catalog.append(records, sidecar.key);
      // Of two sets at the same time, the one whose record comes last clears up behind both.
      if (catalog.isQuietSince(before.mark, appended) && side.nlink > 0 && value.nlink > 0) {
        if (replaced !== '') this.#unlinkQuietly(hash, replaced);
        return true;
      }
      const seen = [replaced, generation, ...catalog.generationsSince(before.mark, hash)];
      return this.#clearUp(hash, generation, seen, entry, descriptor);
    } catch {
      counters.errors++;
      return true;
    }
  }

  /** The generation that the set will replace: `none` for certainly none, `undefined` for unknown. */
  #listedGeneration({ row }: Announcement): string | undefined {
    if (row === ASK_SIDECAR) return undefined;
    return row === NO_ROW ? 'none' : this.#context.catalog.table.generationAt(row);
  }

  #place(hash: string, generation: string, text: string, known: string | undefined): PlacedSidecar | undefined {
    return this.#orMissing(hash, () => this.#context.store.placeSidecar(hash, generation, text, known));
  }

  /** Runs a step that fails when somebody removed the shard's folder; then it is put back and the set starts over. */
  #orMissing<T>(hash: string, step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.#context.store.forgetShard(hash);
      return undefined;
    }
  }

  #abandon(hash: string, generation: string): false {
    const { store, catalog } = this.#context;
    store.unlinkEntry(hash, generation);
    catalog.append([{ kind: 'del', hash, operation: generation, generation: '' }]);
    return false;
  }

  #abandonQuietly(hash: string, generation: string): void {
    try {
      this.#abandon(hash, generation);
    } catch {
      // What stays behind is an orphan and an open record; a sweep ends both.
    }
  }

  /**
   * Removes every generation that was seen except the one that the sidecar now names.
   *
   * A value that was replaced or killed was there for all to see, so its set has happened: doing it again would bring it
   * back behind the back of whoever removed it.
   * @returns `false` if the set must start over: its files were taken in passing, and no other set came after it.
   */
  #clearUp(hash: string, own: string, seen: readonly string[], entry: number, sidecar: number): boolean {
    const { store } = this.#context;
    // In this order: a kill removes the entry file before the sidecar is dead, and only then can a reaper take that.
    const ownSidecar = fs.fstatSync(sidecar);
    const ownEntry = fs.fstatSync(entry);
    let standing: string | undefined = own;
    if (ownSidecar.nlink === 0) {
      const found = store.readSidecar(hash);
      standing = typeof found === 'string' ? undefined : found.generation;
    }
    for (const generation of new Set(seen)) {
      if (generation !== '' && generation !== standing) this.#unlinkQuietly(hash, generation);
    }
    if (standing === own) return !wasTaken(ownEntry);
    const wasKilled = ownEntry.nlink === 0 && !wasTaken(ownEntry);
    const wasFollowed =
      standing !== undefined || seen.some((generation) => generation !== own && generation !== seen[0]);
    return !wasTaken(ownSidecar) || wasKilled || wasFollowed;
  }

  #unlinkQuietly(hash: string, generation: string): void {
    try {
      this.#context.store.unlinkEntry(hash, generation);
    } catch {
      // The set has happened all the same; a sweep removes the orphan.
      this.#context.counters.errors++;
    }
  }
}

/** Nobody takes an entry file so young for an orphan; a look that is not needed is a tenth of the calls of a set. */
function mayBeTaken(began: number): boolean {
  return performance.now() - began > SAFE_MS;
}

function listingOf(sidecar: Sidecar, hash: string, allocated: number): Listing {
  const { generation, size, expires, created, codec, checksum } = sidecar;
  return { hash, generation, size, allocated, expires, created, codec, checksum };
}

function blocks(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}

/** The disk space of a key's sidecar, at most; measured only where it could be more than one block. */
function sidecarBlocks(key: string): number {
  if (key.length * MAX_BYTES_PER_UNIT + SIDECAR_FIELDS_BYTES <= BLOCK_BYTES) return BLOCK_BYTES;
  return blocks(Buffer.byteLength(JSON.stringify(key)) + SIDECAR_FIELDS_BYTES);
}

function checkedTime(time: number): number {
  const whole = Math.floor(time);
  if (Number.isSafeInteger(whole) && whole >= 0 && whole <= MAX_TIME) return whole;
  throw new CacheArgumentError(`clock must return milliseconds since the epoch, from 0 to ${MAX_TIME}, got ${time}`);
}

function keptFromWriting(key: string): CacheWriteError {
  return new CacheWriteError(`${NOT_WRITTEN}: others kept setting or removing the same key; try again`, { key });
}
