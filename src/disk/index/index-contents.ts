/**
 * What the records of an index add up to: what is listed, what is under way, and what is in doubt.
 */

import type { IndexRecord, SetRecord } from './index-record.ts';
import { IndexTable, NO_ROW } from './index-table.ts';

type OpenRecord = Extract<IndexRecord, { kind: 'open' }>;

/** An unfinished set or delete: its generation or operation, and when it was opened. */
export type PendingOperations = ReadonlyMap<string, number>;

/** The sum of an index's records, in the order in which they are applied. */
export class IndexContents {
  /** The rows. */
  readonly table = new IndexTable();
  /** Hashes of keys whose records were out of order. */
  readonly asks = new Set<string>();
  /** Rows with a stamp up to this one were written before the system was started anew. */
  #unprovenTo = 0;
  readonly #pending = new Map<string, Map<string, number>>();
  /** The last `open`, not yet among the pending: mostly the very next record ends it. */
  #lastOpen: OpenRecord | undefined;

  /** Whether there are rows that another run of the system has written. */
  get hasUnproven(): boolean {
    return this.#unprovenTo > 0;
  }

  /** Whether a row was written by another run of the system and not confirmed by its sidecar since. */
  isUnproven(row: number): boolean {
    return row !== NO_ROW && this.table.stampAt(row) <= this.#unprovenTo;
  }

  /** The number of keys that the records leave in doubt. */
  get doubts(): number {
    return this.#pending.size + this.asks.size;
  }

  /** Operations that were opened and not ended, by hash. */
  get pending(): ReadonlyMap<string, PendingOperations> {
    this.#keepLastOpen();
    return this.#pending;
  }

  /** Whether an operation on a key was opened and not ended, other than `own`. */
  isPending(hash: string, own?: string): boolean {
    const last = this.#lastOpen;
    if (last !== undefined && last.hash === hash && last.generation !== own) return true;
    const operations = this.#pending.size === 0 ? undefined : this.#pending.get(hash);
    return operations !== undefined && (operations.size > 1 || own === undefined || !operations.has(own));
  }

  /** Takes a record in. */
  apply(record: IndexRecord): void {
    switch (record.kind) {
      case 'open':
        this.#keepLastOpen();
        this.#lastOpen = record;
        return;
      case 'set':
        this.#end(record.listing.hash, record.listing.generation);
        this.#applySet(record);
        return;
      case 'del':
        this.#end(record.hash, record.operation);
        if (record.generation !== '') this.#applyKill(record.hash, record.generation);
        // Nothing was there to be killed, so what is listed is wrong.
        else if (this.table.find(record.hash) !== NO_ROW) this.asks.add(ownCopy(record.hash));
        return;
      case 'evict':
        this.#applyKill(record.hash, record.generation);
        return;
      case 'ask':
        this.asks.add(ownCopy(record.hash));
        return;
      case 'boot':
        this.#unprovenTo = this.table.lastStamp;
        return;
      case 'done':
        // Says something of the whole, not of a key.
        return;
    }
  }

  #keepLastOpen(): void {
    if (this.#lastOpen === undefined) return;
    const { hash, generation, time } = this.#lastOpen;
    this.#lastOpen = undefined;
    const operations = this.#pending.get(hash) ?? new Map<string, number>();
    operations.set(ownCopy(generation), time);
    this.#pending.set(ownCopy(hash), operations);
  }

  #end(hash: string, operation: string): void {
    if (this.#lastOpen?.generation === operation) this.#lastOpen = undefined;
    const operations = this.#pending.size === 0 ? undefined : this.#pending.get(hash);
    if (operations === undefined) return;
    operations.delete(operation);
    if (operations.size === 0) this.#pending.delete(hash);
  }

  #applySet({ listing, replaced }: SetRecord): void {
    const { hash, generation } = listing;
    const row = this.table.find(hash);
    const inOrder =
      row === NO_ROW
        ? replaced === ''
        : this.table.isGeneration(row, generation) || (replaced !== '' && this.table.isGeneration(row, replaced));
    if (!inOrder) this.asks.add(ownCopy(hash));
    this.table.put(listing);
  }

  /** Killing what isn't listed leaves doubt about what is; a key once in doubt stays so until its sidecar was asked. */
  #applyKill(hash: string, generation: string): void {
    const row = this.table.find(hash);
    if (row === NO_ROW) {
      // Its set may not have said so yet, and then must not be believed.
      if (this.pending.has(hash)) this.asks.add(ownCopy(hash));
      return;
    }
    if (this.table.isGeneration(row, generation)) this.table.remove(hash);
    else this.asks.add(ownCopy(hash));
  }
}

/** A piece of a line keeps the whole text that it was cut from in memory; a copy doesn't. */
function ownCopy(hash: string): string {
  return Buffer.from(hash, 'latin1').toString('latin1');
}
