/**
 * What the records of an index add up to: what is listed, what is under way, and what is in doubt.
 */

import { IndexLine } from './index-line.ts';
import type { IndexRecord } from './index-record.ts';
import { IndexTable, NO_ROW } from './index-table.ts';
import { copyWords, formatWords, GENERATION_WORDS, HASH_WORDS, hasWords, parseWords } from './index-words.ts';

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
  /** Whether there is an `open` that is not yet among the pending: mostly the very next record ends it. */
  #hasLastOpen = false;
  readonly #lastHash = new Int32Array(HASH_WORDS);
  readonly #lastGeneration = new Int32Array(GENERATION_WORDS);
  #lastTime = 0;
  /** The generation that was listed until a set. */
  readonly #listed = new Int32Array(GENERATION_WORDS);
  readonly #own = new IndexLine();
  readonly #askedHash = new Int32Array(HASH_WORDS);
  readonly #askedGeneration = new Int32Array(GENERATION_WORDS);

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
    if (this.#hasLastOpen && this.#isLastOpen(hash, own)) return true;
    const operations = this.#pending.size === 0 ? undefined : this.#pending.get(hash);
    return operations !== undefined && (operations.size > 1 || own === undefined || !operations.has(own));
  }

  #isLastOpen(hash: string, except: string | undefined): boolean {
    parseWords(hash, this.#askedHash);
    if (!hasWords(this.#lastHash, 0, this.#askedHash)) return false;
    if (except === undefined) return true;
    parseWords(except, this.#askedGeneration);
    return !hasWords(this.#lastGeneration, 0, this.#askedGeneration);
  }

  /** Takes a record in. */
  apply(record: IndexRecord): void {
    this.#own.take(record);
    this.applyLine(this.#own);
  }

  /** {@link apply} of a line that was read. */
  applyLine(line: IndexLine): void {
    switch (line.kind) {
      case 'open':
        this.#keepLastOpen();
        this.#noteOpen(line);
        return;
      case 'set':
        this.#end(line, line.generation);
        this.#applySet(line);
        return;
      case 'del':
        this.#end(line, line.operation);
        if (line.hasGeneration) this.#applyKill(line);
        // Nothing was there to be killed, so what is listed is wrong.
        else if (this.table.findWords(line.hash) !== NO_ROW) this.#doubt(line);
        return;
      case 'evict':
        this.#applyKill(line);
        return;
      case 'ask':
        this.#doubt(line);
        return;
      case 'boot':
        this.#unprovenTo = this.table.lastStamp;
        return;
      case 'done':
      case 'garbage':
        // Neither says anything of a key.
        return;
    }
  }

  #noteOpen({ hash, generation, time }: IndexLine): void {
    this.#hasLastOpen = true;
    copyWords(hash, this.#lastHash);
    copyWords(generation, this.#lastGeneration);
    this.#lastTime = time;
  }

  #keepLastOpen(): void {
    if (!this.#hasLastOpen) return;
    this.#hasLastOpen = false;
    const hash = formatWords(this.#lastHash);
    const operations = this.#pending.get(hash) ?? new Map<string, number>();
    operations.set(formatWords(this.#lastGeneration), this.#lastTime);
    this.#pending.set(hash, operations);
  }

  #end(line: IndexLine, operation: Int32Array): void {
    if (this.#hasLastOpen && hasWords(this.#lastGeneration, 0, operation)) this.#hasLastOpen = false;
    if (this.#pending.size === 0) return;
    const hash = formatWords(line.hash);
    const operations = this.#pending.get(hash);
    if (operations === undefined) return;
    operations.delete(formatWords(operation));
    if (operations.size === 0) this.#pending.delete(hash);
  }

  #applySet(line: IndexLine): void {
    const listed = this.#listed;
    const inOrder = this.table.putFields(line, listed)
      ? hasWords(listed, 0, line.generation) || (line.hasReplaced && hasWords(listed, 0, line.replaced))
      : !line.hasReplaced;
    if (!inOrder) this.#doubt(line);
  }

  /** Killing what isn't listed leaves doubt about what is; a key once in doubt stays so until its sidecar was asked. */
  #applyKill(line: IndexLine): void {
    const row = this.table.findWords(line.hash);
    if (row === NO_ROW) {
      // Its set may not have said so yet, and then must not be believed.
      if (this.pending.size > 0 && this.pending.has(formatWords(line.hash))) this.#doubt(line);
      return;
    }
    if (this.table.isGenerationWords(row, line.generation)) this.table.removeRow(row);
    else this.#doubt(line);
  }

  #doubt({ hash }: IndexLine): void {
    this.asks.add(formatWords(hash));
  }
}
