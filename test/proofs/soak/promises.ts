/**
 * What was promised to readers, and whether what a reader got keeps it.
 *
 * Each writer has a ledger cell for each key that it writes: the version being written and the one whose write has
 * returned, negative for deletions. A value of a writer older than what this writer had finished before the read
 * began has come back from the dead, whoever else has written the key.
 */

import { join } from 'node:path';
import { type KeyState, Ledger } from '../../disk/programs/ledger.ts';
import { makeProven, readProven } from '../../disk/programs/proven-value.ts';
import { type Ground, ownerOf } from './plan.ts';

/** The files that {@link Promises} keeps, to be created empty. */
export const LEDGERS = ['promises', 'expiries', 'cleared'] as const;

/** Of an owned key every sixteenth version is an empty value, which can't tell whose it is. */
const EMPTY_EVERY = 16;

/** What was known just before a read. */
export interface ReadNote {
  readonly key: number;
  /** By writer. */
  readonly before: readonly KeyState[];
  readonly clearedBefore: readonly KeyState[];
  /** When the version that is in force expires, in milliseconds since the epoch. */
  readonly expiry: { readonly version: number; readonly time: number } | undefined;
  readonly time: number;
}

/** The promises of all seats. */
export class Promises {
  readonly #ground: Ground;
  readonly #ledger: Ledger;
  /** Milliseconds since the soak began; 0 for never. */
  readonly #expiries: Ledger;
  /** By a clear: versions up to `done` must be gone, those up to `begun` may be. */
  readonly #cleared: Ledger;

  constructor(ground: Ground) {
    const [promises, expiries, cleared] = LEDGERS.map((name) => new Ledger(join(ground.folder, name)));
    if (promises === undefined || expiries === undefined || cleared === undefined) throw new Error('no ledgers');
    this.#ground = ground;
    this.#ledger = promises;
    this.#expiries = expiries;
    this.#cleared = cleared;
  }

  /** Announces a new version of a key and makes its value. */
  beginSet(key: number, seat: number, length: number): { readonly version: number; readonly value: unknown } {
    const version = this.#next(key, seat);
    this.#ledger.begin(this.#cell(key, seat), version);
    if (this.#isEmpty(key, version)) return { version, value: Buffer.alloc(0) };
    return { version, value: makeProven({ key, version, writer: seat }, length) };
  }

  /** @param ttl seconds. To be called when the set has returned, so that the entry expires by then at the latest. */
  finishSet(key: number, seat: number, version: number, ttl: number | undefined): void {
    const cell = this.#cell(key, seat);
    this.#expiries.finish(cell, ttl === undefined ? 0 : Math.ceil(Date.now() - this.#ground.start + ttl * 1000));
    this.#ledger.finish(cell, version);
  }

  beginDelete(key: number, seat: number): number {
    const version = -this.#next(key, seat);
    this.#ledger.begin(this.#cell(key, seat), version);
    return version;
  }

  finishDelete(key: number, seat: number, version: number): void {
    this.#ledger.finish(this.#cell(key, seat), version);
  }

  /** What a clear must remove. */
  beginClear(): readonly number[] {
    return this.#cells((cell) => Math.abs(this.#ledger.read(cell).done));
  }

  finishClear(removed: readonly number[]): void {
    this.#cells((cell) => this.#cleared.begin(cell, Math.abs(this.#ledger.read(cell).begun)));
    for (const [cell, version] of removed.entries()) if (version > 0) this.#cleared.finish(cell, version);
  }

  /** Whether a clear is under way, which may take anything. */
  noteClear(underWay: boolean): void {
    const cell = this.#ground.keys * this.#ground.seats;
    const { begun, done } = this.#cleared.read(cell);
    if (underWay) this.#cleared.begin(cell, begun + 1);
    else this.#cleared.finish(cell, done + 1);
  }

  /** To be called just before a read. */
  beforeRead(key: number): ReadNote {
    const writers = this.#writersOf(key);
    const clearedBefore = writers.map((seat) => this.#cleared.read(this.#cell(key, seat)));
    const before = writers.map((seat) => this.#ledger.read(this.#cell(key, seat)));
    return { key, before, clearedBefore, expiry: this.#expiryOf(key, before[0]), time: Date.now() };
  }

  /** The expiry of the version in force; its writer writes it before the version is finished, so two looks frame it. */
  #expiryOf(key: number, first: KeyState | undefined): ReadNote['expiry'] {
    const owner = ownerOf(key, this.#ground);
    if (owner === undefined || first === undefined || first.done <= 0) return undefined;
    const milliseconds = this.#expiries.read(this.#cell(key, owner)).done;
    const { begun } = this.#ledger.read(this.#cell(key, owner));
    if (milliseconds === 0 || begun !== first.done) return undefined;
    return { version: begun, time: this.#ground.start + milliseconds };
  }

  /** What is wrong with what a read returned; `undefined` if it keeps all promises. */
  fault(note: ReadNote, value: unknown): string | undefined {
    if (value === undefined) return this.#ground.roomy ? this.#loss(note) : undefined;
    if (Buffer.isBuffer(value) && value.length === 0) return this.#emptyFault(note);
    const proven = tryProven(value);
    if (typeof proven === 'string') return `key ${note.key}: ${proven}`;
    if (proven.key !== note.key) return `key ${note.key} had a value of key ${proven.key}`;
    const position = this.#writersOf(note.key).indexOf(proven.writer);
    if (position === -1) return `key ${note.key} had a value of ${proven.writer}, who doesn't write it`;
    return this.#versionFault(note, position, proven.version);
  }

  #versionFault(
    { key, before, clearedBefore, expiry, time }: ReadNote,
    position: number,
    version: number,
  ): string | undefined {
    const writer = this.#writersOf(key)[position] ?? 0;
    const oldest = before[position]?.done ?? 0;
    const newest = Math.abs(this.#ledger.read(this.#cell(key, writer)).begun);
    const had = `key ${key} had version ${version} of ${writer}`;
    if (version < Math.abs(oldest) || version > newest) return `${had}, allowed were ${oldest} to ${newest}`;
    if (version === -oldest) return `${had}, which is the number of a deletion`;
    if (version <= (clearedBefore[position]?.done ?? 0)) return `${had}, which was cleared away`;
    if (expiry?.version === version && time > expiry.time)
      return `${had}, which had expired ${time - expiry.time} ms before`;
    return undefined;
  }

  #emptyFault(note: ReadNote): string | undefined {
    const owner = ownerOf(note.key, this.#ground);
    if (owner === undefined) return `key ${note.key} had an empty value`;
    const { begun } = this.#ledger.read(this.#cell(note.key, owner));
    const oldest = Math.abs(note.before[0]?.done ?? 0);
    for (let version = oldest; version <= Math.abs(begun); version++) {
      if (this.#isEmpty(note.key, version) && this.#versionFault(note, 0, version) === undefined) return undefined;
    }
    return `key ${note.key} had an empty value, allowed were versions ${oldest} to ${begun}`;
  }

  /** Where nothing is evicted, a miss of a key that nobody was writing is a loss, unless it was cleared or has expired. */
  #loss({ key, before, expiry }: ReadNote): string | undefined {
    const owner = ownerOf(key, this.#ground);
    const state = before[0];
    if (owner === undefined || state === undefined || state.done <= 0) return undefined;
    const cell = this.#cell(key, owner);
    const underWay = this.#cleared.read(this.#ground.keys * this.#ground.seats);
    const quiet = state.begun === state.done && this.#ledger.read(cell).begun === state.begun;
    const mayBeCleared = underWay.begun !== underWay.done || this.#cleared.read(cell).begun >= state.done;
    const hasTtl = expiry !== undefined || this.#expiries.read(cell).done !== 0;
    return quiet && !mayBeCleared && !hasTtl ? `key ${key} had lost its version ${state.done}` : undefined;
  }

  close(): void {
    for (const ledger of [this.#ledger, this.#expiries, this.#cleared]) ledger.close();
  }

  #next(key: number, seat: number): number {
    const { begun, done } = this.#ledger.read(this.#cell(key, seat));
    return Math.max(Math.abs(begun), Math.abs(done)) + 1;
  }

  #isEmpty(key: number, version: number): boolean {
    return version % EMPTY_EVERY === 0 && ownerOf(key, this.#ground) !== undefined;
  }

  #writersOf(key: number): readonly number[] {
    const owner = ownerOf(key, this.#ground);
    return owner === undefined ? Array.from({ length: this.#ground.seats }, (_, seat) => seat) : [owner];
  }

  #cell(key: number, seat: number): number {
    return key * this.#ground.seats + seat;
  }

  #cells<T>(visit: (cell: number) => T): T[] {
    return Array.from({ length: this.#ground.keys * this.#ground.seats }, (_, cell) => visit(cell));
  }
}

function tryProven(value: unknown): ReturnType<typeof readProven> | string {
  try {
    return readProven(value);
  } catch (error) {
    return String(error);
  }
}
