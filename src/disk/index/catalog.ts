/**
 * What this process knows of the tag from the index, and how far that may be trusted.
 *
 * Only a process that has read the whole of a complete index trusts it, and only for keys that nobody is changing (no
 * `open` without its end) and whose records came in order (no "ask"). For all others the sidecar decides.
 */

import { CacheWriteError } from '../../errors.ts';
import { bootId, isSameBoot } from '../files/boot.ts';
import { IndexContents, type PendingOperations } from './index-contents.ts';
import { type IndexFile, scanLines } from './index-file.ts';
import { MAX_HEADER_BYTES, parseHeader } from './index-header.ts';
import type { IndexLine } from './index-line.ts';
import { formatRecord, formatSet, hashOf, type IndexRecord } from './index-record.ts';
import { type IndexTable, NO_ROW } from './index-table.ts';
import { formatWords, HASH_WORDS, hasWords, parseWords } from './index-words.ts';
import { Reconciler, type ShardSource } from './reconciler.ts';

/** Returned by {@link Catalog.consult} when only the sidecar knows. */
export const ASK_SIDECAR = -2;

/** How much of a large index a single operation reads on the way to knowing all of it, in bytes. */
const SLICE_BYTES = 1 << 16;
/** How much of it is read between two steps, in bytes: some milliseconds. */
const STEP_BYTES = 1 << 20;
/** An index up to this size is read in one go, in bytes: some 20 ms. */
const SMALL_INDEX_BYTES = 1 << 22;
/** A process that only looks up a few keys does without the index. */
const OPERATIONS_BEFORE_READING = 4;
/** Appending again means that a compaction ended just then; this often, something else is wrong. */
const MAX_APPENDS = 100;
const OPENING_BRACE = 0x7b;
/** An index that leaves more keys in doubt than this says less than the sidecars do. */
const MAX_DOUBTS = 65_536;

/** How a catalog is to work. */
export interface CatalogOptions {
  /** Whether an open index shows at once what others append: not so on network file systems, where sidecars decide. */
  readonly coherent: boolean;
  readonly shards: ShardSource;
}

/** A place in the index, to look at what was appended since. */
export interface IndexMark {
  readonly epoch: number;
  readonly position: number;
}

/** What was known when a change of a key was announced. */
export interface Announcement {
  /** The end of the index behind the announcement. */
  readonly mark: IndexMark;
  /** The key's row, `NO_ROW` if it was certain that there was none, or {@link ASK_SIDECAR}. */
  readonly row: number;
}

/** One process's view of one tag's index. */
export class Catalog {
  readonly file: IndexFile;
  readonly #tag: string;
  #coherent: boolean;
  readonly #shards: ShardSource;

  #contents = new IndexContents();
  #reconciler: Reconciler;
  #epoch = 0;
  #headerSeen = false;
  #complete = false;
  /** End of the last whole line read. */
  #position = 0;
  /** How much of the file was looked at. */
  #readTo = 0;
  #size = 0;
  #records = 0;
  #sets = 0;
  #setBytes = 0;
  #isGivenUp = false;
  #garbage = 0;
  #operations = 0;
  /** Whether the index was once read to its end: then each poll reads what was appended. */
  #following = false;

  constructor(file: IndexFile, tag: string, options: CatalogOptions) {
    this.file = file;
    this.#tag = tag;
    this.#coherent = options.coherent;
    this.#shards = options.shards;
    this.#reconciler = new Reconciler(this.#contents, this.#shards);
  }

  /**
   * Looks at the header of the index, if it can be opened.
   * @returns whether there is something in the index.
   * @throws a {@link CacheFormatError} if a newer version of the format wrote it.
   */
  checkHeader(): boolean {
    const head = this.file.read(0, MAX_HEADER_BYTES).toString('latin1');
    const line = head.split('\n').find((text) => text.length > 0);
    const header = line === undefined ? undefined : parseHeader(line, this.#tag);
    if (header !== undefined && !isSameBoot(header.boot, bootId()))
      this.#noteBoot(header.boot, head.indexOf(header.boot));
    return head.length > 0;
  }

  /**
   * After a power cut the index can list what was replaced, because its end was lost and a removal of a file too. So
   * whoever opens it first says that the sidecars are to be asked.
   */
  #noteBoot(old: string, position: number): void {
    const coherent = this.#coherent;
    // Where that can't be written down, it holds for this process.
    this.#coherent = false;
    if (old.length !== bootId().length) {
      this.discard();
    } else {
      this.append([{ kind: 'boot' }]);
      this.file.overwrite(position, bootId());
    }
    this.#coherent = coherent;
  }

  /** The rows. Use them after {@link poll}, while {@link trusted}. */
  get table(): IndexTable {
    return this.#contents.table;
  }

  /** Changes whenever everything known is dropped, because the index was replaced. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Whether this process has read all of a complete index. */
  get trusted(): boolean {
    return this.#complete && this.#readTo === this.#size;
  }

  /** Whether all was read and it is no complete list: somebody must rebuild it. */
  get needsRebuild(): boolean {
    return !this.#complete && this.#readTo === this.#size;
  }

  /** Lines read so far that were no records. */
  get garbageLines(): number {
    return this.#garbage;
  }

  /** Records read so far. */
  get records(): number {
    return this.#records;
  }

  /** About how long the lines of all rows are, in bytes. */
  get listedBytes(): number {
    return this.#sets === 0 ? 0 : (this.#setBytes / this.#sets) * this.table.count;
  }

  /** How far the index was read: the end of the last whole line, in bytes. */
  get position(): number {
    return this.#position;
  }

  /** Operations that were opened and not ended, by hash. */
  get pending(): ReadonlyMap<string, PendingOperations> {
    return this.#contents.pending;
  }

  /** Hashes of keys whose records were out of order. */
  get asks(): ReadonlySet<string> {
    return this.#contents.asks;
  }

  /** Looks whether the index has changed, and reads what was appended if all before it is known. One `fstat` if not. */
  poll(): void {
    let state = this.file.look();
    if (state.replaced || state.size < this.#readTo) {
      this.#restart();
      state = this.file.look();
    }
    this.#size = state.size;
    if (this.#following) this.#readOn(state.size);
  }

  /** Counts an operation; after a few, reads the index, a slice at a time if it is large. */
  warmUp(): void {
    if (this.#readTo === this.#size || ++this.#operations <= OPERATIONS_BEFORE_READING) return;
    this.#readOn(this.#size <= SMALL_INDEX_BYTES ? this.#size : Math.min(this.#size, this.#readTo + SLICE_BYTES));
  }

  /** Whether so much of the index is unread that reading it at once would be felt. */
  get isFarBehind(): boolean {
    return this.#size - this.#readTo > SMALL_INDEX_BYTES;
  }

  /** {@link load} in steps. */
  *loadSteps(): Generator<void, void> {
    this.poll();
    while (this.isFarBehind) {
      this.#readOn(this.#readTo + STEP_BYTES);
      yield;
    }
    this.load();
  }

  /** Polls, and reads all there is. */
  load(): void {
    this.poll();
    this.#readOn(this.#size);
  }

  /**
   * What is known of a key, after {@link poll}.
   * @param own the caller's own change of it that is under way, if there is one.
   * @returns its row, `NO_ROW` if it is certain that there is none, or {@link ASK_SIDECAR}.
   */
  consult(hash: string, own?: string): number {
    if (!this.#coherent || !this.trusted || this.#contents.isPending(hash, own)) return ASK_SIDECAR;
    try {
      return this.#reconciler.rowOf(hash);
    } catch {
      return ASK_SIDECAR;
    }
  }

  /** What compares the rows with the files. Use it after {@link poll}, while {@link trusted}. */
  get reconciler(): Reconciler {
    return this.#reconciler;
  }

  /** Whether a row's key is in doubt. */
  isDoubtful(hash: string): boolean {
    const { asks, hasUnproven, table } = this.#contents;
    return (
      asks.has(hash) || this.#contents.isPending(hash) || (hasUnproven && this.#contents.isUnproven(table.find(hash)))
    );
  }

  /**
   * Appends records. Where the index was replaced meanwhile, they are appended to the new one too, and marked as
   * perhaps out of order.
   * @param key the key of the `set` among them.
   * @returns the number of bytes appended.
   */
  append(records: readonly IndexRecord[], key = ''): number {
    let lines = records.map((record) => (record.kind === 'set' ? formatSet(record, key) : formatRecord(record)));
    for (let tries = 0; tries < MAX_APPENDS; tries++) {
      const bytes = this.file.append(lines);
      const state = this.file.look();
      if (!state.replaced) {
        this.#noteOwn(state.size, bytes, records);
        return bytes;
      }
      const hashes = new Set(records.flatMap((record) => hashOf(record) ?? []));
      lines = lines.concat([...hashes].map((hash) => formatRecord({ kind: 'ask', hash, generation: '' })));
      records = [];
      this.#restart();
    }
    throw new CacheWriteError('the index was replaced over and over; does this file system count links?');
  }

  /**
   * Appends the `open` of a change, and then looks what is known of its key: whoever changes it from now on sees the
   * announcement, and whoever has announced a change before is seen here.
   * @param generation the generation, or the operation, that is to come.
   */
  announce(hash: string, generation: string): Announcement {
    // Who knows the whole index learns from the append itself what has come in since.
    if (!this.trusted) this.poll();
    this.append([{ kind: 'open', hash, generation, time: Date.now() }]);
    if (this.#following) this.#readOn(this.#size);
    return { mark: this.mark(), row: this.consult(hash, generation) };
  }

  /** Whether the index lists a key, as far as it was read. Costs no system call. */
  lists(hash: string): boolean {
    return this.trusted && this.table.find(hash) !== NO_ROW;
  }

  /** Whether the open index was replaced. One `fstat`. */
  isReplaced(): boolean {
    return this.file.look().replaced;
  }

  /**
   * Makes everybody distrust the index, where nothing can be appended to it: what it listed is rebuilt from the
   * sidecars.
   */
  discard(): void {
    this.file.spoil();
    this.file.unlink();
    this.#restart();
  }

  /** What this process appended it need not read again, if nothing else came in between. */
  #noteOwn(size: number, bytes: number, records: readonly IndexRecord[]): void {
    const alone =
      this.trusted && records.length > 0 && this.#position === this.#readTo && size === this.#position + bytes;
    this.#size = size;
    if (!alone) return;
    for (const record of records) {
      this.#contents.apply(record);
      this.#note(record.kind, bytes);
    }
    this.#position = this.#readTo = size;
  }

  /** The end of the index now. */
  mark(): IndexMark {
    return { epoch: this.#epoch, position: this.#size };
  }

  /** Whether nothing was appended since `mark` but `ownBytes` by the caller, who has just looked. */
  isQuietSince({ epoch, position }: IndexMark, ownBytes: number): boolean {
    return epoch === this.#epoch && this.#size === position + ownBytes;
  }

  /** The generations of `hash` that were set since `mark`, up to the last look at where the index ends. */
  generationsSince(mark: IndexMark, hash: string): string[] {
    const generations: string[] = [];
    const wanted = new Int32Array(HASH_WORDS);
    parseWords(hash, wanted);
    const collect = (line: IndexLine): void => {
      const names = line.kind === 'set' || (line.kind === 'ask' && line.hasGeneration);
      if (names && hasWords(line.hash, 0, wanted)) generations.push(formatWords(line.generation));
    };
    if (mark.epoch === this.#epoch && this.#following && this.#position === mark.position) {
      // It is just what would be read next.
      this.#readOn(this.#size, collect);
    } else {
      // In a new index they can't be told from older ones, and removing those once more does no harm.
      scanLines(this.file, mark.epoch === this.#epoch ? mark.position : 0, this.#size, collect);
    }
    return generations;
  }

  /** Drops everything known and turns to the file that has the index's name now. */
  #restart(): void {
    this.file.reopen();
    this.#epoch++;
    this.#contents = new IndexContents();
    this.#reconciler = new Reconciler(this.#contents, this.#shards);
    this.#headerSeen = this.#complete = this.#following = this.#isGivenUp = false;
    this.#position = this.#readTo = this.#size = 0;
    this.#records = this.#garbage = this.#sets = this.#setBytes = 0;
  }

  /** Takes in the lines up to a position; `visit` sees each of them first. */
  #readOn(to: number, visit?: (line: IndexLine) => void): void {
    this.#following ||= to === this.#size;
    if (to <= this.#readTo) return;
    this.#position = scanLines(this.file, this.#position, to, (line) => {
      visit?.(line);
      this.#read(line);
    });
    this.#readTo = to;
  }

  #read(line: IndexLine): void {
    if (this.#isGivenUp) return;
    const isFirst = this.#records === 0 && this.#garbage === 0 && !this.#headerSeen;
    if (isFirst && line.startsWith(OPENING_BRACE)) {
      if (parseHeader(line.toText(), this.#tag) !== undefined) this.#headerSeen = true;
      else this.#garbage++;
      return;
    }
    if (line.kind === 'garbage') {
      this.#garbage++;
      this.#reconciler.doubtShards();
      return;
    }
    this.#note(line.kind, line.length);
    if (line.kind === 'done') this.#complete = this.#headerSeen;
    else this.#contents.applyLine(line);
    if (this.#contents.doubts > MAX_DOUBTS) this.#giveUp();
  }

  #note(kind: IndexRecord['kind'], bytes: number): void {
    this.#records++;
    if (kind !== 'set') return;
    this.#sets++;
    this.#setBytes += bytes;
  }

  /** The index is to be rebuilt; until then nothing of it is believed or kept. */
  #giveUp(): void {
    this.#isGivenUp = true;
    this.#complete = false;
    this.#contents = new IndexContents();
    this.#reconciler = new Reconciler(this.#contents, this.#shards);
  }
}
