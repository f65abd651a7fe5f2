/**
 * Comparing what is listed with the files, where the list alone does not decide: keys whose records were out of order,
 * shards in which a key is said not to be, rows that another run of the system has written.
 */

import type { LiveEntry } from '../entry/listing.ts';
import { SHARD_COUNT, shardNumber } from '../files/paths.ts';
import type { IndexContents } from './index-contents.ts';
import { NO_ROW } from './index-table.ts';

/** What is asked of the files. */
export interface ShardSource {
  /** Whether a key has a sidecar, live or not. */
  hasSidecar(hash: string): boolean;
  /** Looks a key up in its sidecar and entry file. */
  readLive(hash: string): LiveEntry | undefined;
  /** The hashes of all sidecars in a shard, and the names of all its entry files. */
  namesIn(shard: number): { readonly sidecars: readonly string[]; readonly entries: ReadonlySet<string> };
}

/** To read a shard's folder takes as long as so many looks at single sidecars for each entry in it. */
const LOOKS_PER_ENTRY = 2;
/** Folders that take as long as so many looks are read at once, which is some 0.1 ms. */
const SMALL_FOLDER_LOOKS = 64;

/** Makes the contents of one index agree with the files. */
export class Reconciler {
  readonly #contents: IndexContents;
  readonly #shards: ShardSource;
  /** Keys of rows that came from a sidecar, for which the index may have no line. */
  readonly #learnedKeys = new Map<string, string>();
  /** 1 for each shard that was compared with its folder. */
  readonly #verified = new Uint8Array(SHARD_COUNT);
  /** How often a key was looked for in each of the others. */
  readonly #looks = new Uint32Array(SHARD_COUNT);
  #allProven = false;

  constructor(contents: IndexContents, shards: ShardSource) {
    this.#contents = contents;
    this.#shards = shards;
  }

  /**
   * The row of a key that nobody is changing, or `NO_ROW`, after asking the files if that is needed.
   * @throws the system's errors if they can't be asked.
   */
  rowOf(hash: string): number {
    const { asks, table, hasUnproven } = this.#contents;
    if (asks.size > 0 && asks.has(hash)) this.#settle(hash);
    const row = table.find(hash);
    if (row === NO_ROW) return this.#rowOfAbsent(hash);
    if (!hasUnproven || !this.#contents.isUnproven(row)) return row;
    this.#settle(hash);
    return table.find(hash);
  }

  /**
   * An index can have lost its end and look whole. So whoever is said to be absent is looked for, until that has cost as
   * much as to read the shard's folder; then all is compared that is there, and what is not listed so goes to "ask the
   * sidecar". That way no single call of a process that does little pays for a large folder.
   */
  #rowOfAbsent(hash: string): number {
    const shard = shardNumber(hash);
    if (this.#verified[shard] === 1) return NO_ROW;
    const { table, asks } = this.#contents;
    const looks = (this.#looks[shard] ?? 0) + 1;
    this.#looks[shard] = looks;
    if (looks + SMALL_FOLDER_LOOKS <= (LOOKS_PER_ENTRY * table.count) / SHARD_COUNT) {
      if (!this.#shards.hasSidecar(hash)) return NO_ROW;
      this.#settle(hash);
    } else {
      this.#verify(shard);
      if (asks.has(hash)) this.#settle(hash);
    }
    return table.find(hash);
  }

  #verify(shard: number): void {
    const { table, asks } = this.#contents;
    const { sidecars, entries } = this.#shards.namesIn(shard);
    for (const hash of sidecars) {
      const row = table.find(hash);
      if (row === NO_ROW || !entries.has(`${hash}.${table.generationAt(row)}`)) asks.add(hash);
    }
    this.#verified[shard] = 1;
  }

  /** Makes sure, once for each index, that it lists every sidecar there is. */
  verifyAll(): void {
    for (const _ of this.verifySteps());
  }

  /** {@link verifyAll}, a step a shard. */
  *verifySteps(): Generator<void, void> {
    for (let shard = 0; shard < SHARD_COUNT; shard++) {
      if (this.#verified[shard] === 1) continue;
      try {
        this.#verify(shard);
      } catch {
        // A folder that can't be read is compared when it can.
      }
      yield;
    }
  }

  /** To be called when a line was damaged: what stood there is lost, so shards are compared with their folders anew. */
  doubtShards(): void {
    this.#verified.fill(0);
    this.#looks.fill(0);
  }

  /** Asks the sidecars of all keys in doubt. Those that somebody is changing stay so. */
  settleAll(): void {
    const { asks, pending } = this.#contents;
    for (const hash of [...asks, ...pending.keys()]) {
      try {
        this.#settle(hash);
      } catch {
        // One sidecar that can't be read leaves its own key in doubt and no other.
        asks.add(hash);
      }
      if (pending.has(hash)) asks.add(hash);
    }
  }

  /** Whether there may be rows that another run of the system has listed, not yet compared with their sidecars. */
  get hasUnproven(): boolean {
    return this.#contents.hasUnproven && !this.#allProven;
  }

  /** Whether all was compared that another run of the system has listed. */
  get isProven(): boolean {
    return this.#allProven;
  }

  /** Compares a row that another run of the system has listed with its sidecar. */
  proveRow(row: number): void {
    const { hasUnproven, table, pending } = this.#contents;
    if (!hasUnproven || !table.isLive(row) || !this.#contents.isUnproven(row)) return;
    const hash = table.hashAt(row);
    // Somebody is changing it: then everybody asks the sidecar anyway.
    if (pending.has(hash)) return;
    try {
      this.#settle(hash);
    } catch {
      // It stays unproven, and is asked again when it is read.
    }
  }

  /** {@link proveRow} of all rows. */
  proveAll(): void {
    if (!this.hasUnproven) return;
    for (let row = 0; row < this.#contents.table.rowLimit; row++) this.proveRow(row);
    this.#allProven = true;
  }

  /**
   * Since no `open` was unfinished at the last poll, whoever changes the sidecar from now on announces it first: what
   * the sidecar says now holds until then.
   */
  #settle(hash: string): void {
    const { table, asks } = this.#contents;
    const live = this.#shards.readLive(hash);
    const row = table.find(hash);
    if (live === undefined) {
      table.remove(hash);
      this.#learnedKeys.delete(hash);
    } else if (row !== NO_ROW && table.isGeneration(row, live.listing.generation)) {
      table.confirm(row);
    } else {
      table.put(live.listing);
      this.#learnedKeys.set(hash, live.key);
    }
    asks.delete(hash);
  }

  /** The key of a row for which the index has no line; asks the sidecar if it must. */
  keyOf(hash: string): string | undefined {
    return this.#learnedKeys.get(hash) ?? this.#shards.readLive(hash)?.key;
  }
}
