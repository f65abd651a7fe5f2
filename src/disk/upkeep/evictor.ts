/**
 * Eviction: exactly the least recently used go, to the resolution of access times, without a lock, so that no set
 * waits and no set leaves the tag over its limit.
 */

import type { TagContext } from '../access/context.ts';
import { hasExpired } from '../entry/sidecar.ts';
import { allocatedBytes, statOf } from '../files/files.ts';
import type { IndexRecord } from '../index/index-record.ts';
import { NO_ROW } from '../index/index-table.ts';

/** How many of the oldest rows one pass over all rows picks out. */
const CANDIDATES = 4096;
/** Eviction goes on to this part under the limit, or this many bytes, whichever is less, so that not each set evicts. */
const SLACK_SHARE = 1 / 64;
const SLACK_BYTES = 512 * 1024;
/** A set that began longer ago than this is taken for a killed writer's where space is counted, in milliseconds. */
const IN_FLIGHT_MS = 10_000;
/** What killed writers have left is counted this often, in milliseconds. */
const ORPHANS_COUNT_MS = 10_000;
/** Rows looked at between two steps. */
const STEP_ROWS = 512;
/** An access time this much later than known is a later access; less is the clocks' own grain, in milliseconds. */
const GRAIN_MS = 10;

/** What an eviction run removed. */
export interface Evicted {
  expired: number;
  evicted: number;
}

/** A row and the access time by which it stands in its place. */
interface Candidate {
  readonly row: number;
  readonly accessed: number;
}

/** Keeps one tag within its limit. */
export class Evictor {
  readonly #context: TagContext;
  /** The oldest rows, oldest last, as of one pass. All rows not in it were used later. */
  #candidates: Candidate[] = [];
  #candidatesEpoch = -1;
  /** Bytes, and when they were counted. */
  #orphans = 0;
  #orphansCounted = 0;

  constructor(context: TagContext) {
    this.#context = context;
  }

  /**
   * Evicts until the tag is under its low-water mark, if it is over its limit. Needs a trusted catalog.
   * @param spared the hash of an entry that must stay: the one just set.
   */
  enforce(spared?: string): Evicted {
    const { catalog, maxSizeBytes } = this.#context;
    const low = this.#lowWaterMark;
    const removed: Evicted = { expired: 0, evicted: 0 };
    const orphans = this.#orphanBytes();
    if (catalog.table.allocatedBytes + orphans <= maxSizeBytes) return removed;
    catalog.reconciler.settleAll();
    while (catalog.trusted && catalog.table.allocatedBytes + orphans > low) {
      if (!this.#evictBatch(catalog.table.allocatedBytes + orphans - low, spared, removed)) break;
      catalog.poll();
    }
    return removed;
  }

  /** What killed writers have left on the disk, until a sweep removes it. It changes seldom, so it is counted seldom. */
  #orphanBytes(): number {
    if (this.#context.catalog.pending.size === 0) return 0;
    if (Math.abs(Date.now() - this.#orphansCounted) >= ORPHANS_COUNT_MS) this.countOrphans(IN_FLIGHT_MS);
    return this.#orphans;
  }

  /**
   * Counts the entry files of sets that were begun and not ended, for {@link enforce}.
   * @param inFlightMs sets that began less than so many milliseconds ago are taken to be at work, and not counted.
   */
  countOrphans(inFlightMs = 0): void {
    const { catalog, store } = this.#context;
    const now = Date.now();
    this.#orphansCounted = now;
    this.#orphans = 0;
    for (const [hash, operations] of catalog.pending) {
      for (const [generation, time] of operations) {
        if (Math.abs(now - time) < inFlightMs) continue;
        const row = catalog.table.find(hash);
        if (row !== NO_ROW && catalog.table.isGeneration(row, generation)) continue;
        const file = statOf(store.paths.entry(hash, generation));
        if (file !== undefined) this.#orphans += allocatedBytes(file);
      }
    }
  }

  /** Removes every expired entry, in steps. Needs a trusted catalog. */
  *expire(): Generator<void, number> {
    const { catalog, clock, counters } = this.#context;
    const now = clock();
    let expired = 0;
    for (let row = 0; row < catalog.table.rowLimit; ) {
      const { table } = catalog;
      const records: IndexRecord[] = [];
      try {
        for (const end = Math.min(row + STEP_ROWS, table.rowLimit); row < end; row++) {
          if (table.isLive(row) && hasExpired(table.expiresAt(row), now)) records.push(this.#kill(row));
        }
      } finally {
        // What was killed is said even if the next one can't be.
        if (records.length > 0) catalog.append(records);
      }
      expired += records.length;
      counters.expirations += records.length;
      yield;
    }
    return expired;
  }

  /** The rows that {@link expire} and {@link enforce} would remove now. */
  plan(): { readonly expired: readonly number[]; readonly evicted: readonly number[] } {
    const { catalog, clock, maxSizeBytes } = this.#context;
    const { table } = catalog;
    const now = clock();
    const expired: number[] = [];
    const left: number[] = [];
    let size = 0;
    for (let row = 0; row < table.rowLimit; row++) {
      if (!table.isLive(row)) continue;
      if (hasExpired(table.expiresAt(row), now)) {
        expired.push(row);
      } else {
        left.push(row);
        size += table.allocatedAt(row);
      }
    }
    return { expired, evicted: size > maxSizeBytes ? this.#planEviction(left, size - this.#lowWaterMark) : [] };
  }

  /** The rows that are to go for `over` bytes; asks each file when it was last read. */
  #planEviction(rows: readonly number[], over: number): number[] {
    const { table } = this.#context.catalog;
    const aged = rows.map((row) => ({ row, accessed: this.#realAccess(row) ?? table.accessedAt(row) }));
    aged.sort((a, b) => a.accessed - b.accessed);
    const evicted: number[] = [];
    let freed = 0;
    for (const { row } of aged) {
      if (freed >= over) break;
      evicted.push(row);
      freed += table.allocatedAt(row);
    }
    return evicted;
  }

  get #lowWaterMark(): number {
    const { maxSizeBytes } = this.#context;
    return maxSizeBytes - Math.min(maxSizeBytes * SLACK_SHARE, SLACK_BYTES);
  }

  /** Removes the oldest entries that free `needed` bytes; `false` if there was none to remove. */
  #evictBatch(needed: number, spared: string | undefined, removed: Evicted): boolean {
    const { catalog, clock, counters } = this.#context;
    const { table } = catalog;
    const sparedRow = spared === undefined ? NO_ROW : table.find(spared);
    const taken = new Set<number>();
    const records: IndexRecord[] = [];
    try {
      for (let freed = 0; freed < needed; ) {
        const row = this.#nextCandidate(sparedRow, taken);
        if (row === undefined) break;
        taken.add(row);
        freed += table.allocatedAt(row);
        const isExpired = hasExpired(table.expiresAt(row), clock());
        // The caller's clock may itself delete.
        if (!table.isLive(row)) continue;
        records.push(this.#kill(row));
        if (isExpired) {
          removed.expired++;
          counters.expirations++;
        } else {
          removed.evicted++;
          counters.evictions++;
        }
      }
    } catch (error) {
      // Those that could not be removed are still the oldest.
      this.#candidatesEpoch = -1;
      throw error;
    } finally {
      if (records.length > 0) catalog.append(records);
    }
    return records.length > 0;
  }

  #kill(row: number): IndexRecord {
    const { catalog, store } = this.#context;
    const hash = catalog.table.hashAt(row);
    const generation = catalog.table.generationAt(row);
    // Gone already means that somebody else has freed it: it counts as freed all the same.
    store.kill(hash, generation);
    this.#context.graves.add(hash);
    return { kind: 'evict', hash, generation };
  }

  /** The row least recently used by anybody, as its entry file's access time tells. */
  #nextCandidate(sparedRow: number, taken: ReadonlySet<number>): number | undefined {
    const { catalog } = this.#context;
    const { table } = catalog;
    for (let passes = 0; passes < 3; ) {
      const candidate = this.#candidatesEpoch === catalog.epoch ? this.#candidates.pop() : undefined;
      if (candidate === undefined) {
        this.#pickCandidates(taken);
        passes++;
        continue;
      }
      const { row } = candidate;
      catalog.reconciler.proveRow(row);
      if (!table.isLive(row) || row === sparedRow || taken.has(row)) continue;
      const accessed = Math.max(table.accessedAt(row), this.#realAccess(row) ?? 0);
      if (accessed <= candidate.accessed + GRAIN_MS || hasExpired(table.expiresAt(row), this.#context.clock()))
        return row;
      // Somebody has used it since: it takes its new place among the candidates, or leaves them.
      table.setAccessed(row, accessed);
      this.#putBack({ row, accessed });
    }
    return undefined;
  }

  #realAccess(row: number): number | undefined {
    const { catalog, store } = this.#context;
    const path = store.paths.entry(catalog.table.hashAt(row), catalog.table.generationAt(row));
    try {
      return statOf(path)?.atimeMs;
    } catch {
      // What can't be looked at now is as old as it is known to be; the limit is kept all the same.
      return undefined;
    }
  }

  #putBack(candidate: Candidate): void {
    const newest = this.#candidates[0];
    if (newest === undefined || candidate.accessed > newest.accessed) return;
    let low = 0;
    let high = this.#candidates.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#candidates[middle] ?? candidate).accessed > candidate.accessed) low = middle + 1;
      else high = middle;
    }
    this.#candidates.splice(low, 0, candidate);
  }

  #pickCandidates(taken: ReadonlySet<number>): void {
    const { catalog, clock } = this.#context;
    const { table } = catalog;
    const now = clock();
    const candidates: Candidate[] = [];
    // What has expired goes before anything that could still be read.
    const age = (row: number) =>
      hasExpired(table.expiresAt(row), now) ? Number.NEGATIVE_INFINITY : table.accessedAt(row);
    const cutoff = accessCutoff(table.count, (visit) => {
      for (let row = 0; row < table.rowLimit; row++) if (table.isLive(row)) visit(age(row));
    });
    for (let row = 0; row < table.rowLimit; row++) {
      if (table.isLive(row) && !taken.has(row) && age(row) <= cutoff) candidates.push({ row, accessed: age(row) });
    }
    candidates.sort((a, b) => b.accessed - a.accessed || b.row - a.row);
    // Many rows of the same moment may stand at the cut-off; any of them is as old as the others.
    this.#candidates = candidates.slice(Math.max(0, candidates.length - CANDIDATES));
    this.#candidatesEpoch = catalog.epoch;
  }
}

/** The time up to which there are about {@link CANDIDATES} values. */
function accessCutoff(count: number, each: (visit: (age: number) => void) => void): number {
  if (count <= CANDIDATES) return Number.POSITIVE_INFINITY;
  const ages = new Float64Array(count);
  let index = 0;
  each((age) => {
    ages[index++] = age;
  });
  ages.sort();
  return ages[CANDIDATES - 1] ?? Number.POSITIVE_INFINITY;
}
