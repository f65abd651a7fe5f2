/**
 * A client's record of what it did, in a file so that it outlives the client. Each operation has a slot; its first half
 * is written before the call, its second half after the return. The half that a killed client didn't come to write
 * reads as zeros.
 */

import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import type { Operation, Outcome, Verb } from './history.ts';

const SLOT_BYTES = 32;
const HALF_BYTES = SLOT_BYTES / 2;
const VERBS: readonly Verb[] = ['get', 'exists', 'set', 'delete', 'clear'];
const OUTCOMES: readonly Outcome[] = ['hit', 'miss', 'done', 'unknown'];

/** The calls as they are now: whatever is done to the engine's system calls later must not fall on these. */
const write = writeSync;

/** The machine's monotonic clock, the same in all its processes, in nanoseconds. */
export function now(): number {
  return Number(process.hrtime.bigint());
}

/** What is known of an operation when it is called. */
export type Call = Pick<Operation, 'verb' | 'key' | 'value' | 'fleeting'>;

/** How an operation ended, and what was read. */
export interface Ending {
  readonly outcome: Outcome;
  readonly value?: number;
}

/** The writing end. */
export class Journal {
  readonly #descriptor: number;
  readonly #half = Buffer.alloc(HALF_BYTES);
  #slots = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'w');
  }

  /** Notes a call and the time; returns the slot in which to note its end. */
  begin({ verb, key, value, fleeting }: Call): number {
    const half = this.#half;
    half.writeUInt8(VERBS.indexOf(verb) + 1, 8);
    half.writeUInt8(key, 9);
    half.writeUInt8(Number(fleeting), 10);
    half.writeUInt32LE(value, 12);
    half.writeDoubleLE(now(), 0);
    write(this.#descriptor, half, 0, HALF_BYTES, this.#slots * SLOT_BYTES);
    return this.#slots++;
  }

  /** Notes the time and how the operation ended. */
  end(slot: number, { outcome, value = 0 }: Ending): void {
    const half = this.#half;
    half.writeDoubleLE(now(), 0);
    half.writeUInt8(OUTCOMES.indexOf(outcome) + 1, 8);
    half.writeUInt32LE(value, 12);
    write(this.#descriptor, half, 0, HALF_BYTES, slot * SLOT_BYTES + HALF_BYTES);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Notes that the client of a journal is as good as dead from now on. */
export function noteDeath(journal: string): void {
  writeFileSync(`${journal}.death`, String(now()));
}

/**
 * Reads what a client wrote.
 * @param death when its process had certainly ended: what was under way happened before, or not at all.
 */
export function readJournal(path: string, client: number, death: number): Operation[] {
  const bytes = readFileSync(path);
  const note = `${path}.death`;
  const last = existsSync(note) ? Number(readFileSync(note, 'utf8')) : death;
  const operations: Operation[] = [];
  for (let at = 0; at + HALF_BYTES <= bytes.length; at += SLOT_BYTES) {
    const verb = VERBS[bytes.readUInt8(at + 8) - 1];
    if (verb === undefined) continue;
    const ended = at + SLOT_BYTES <= bytes.length;
    const outcome = ended ? OUTCOMES[bytes.readUInt8(at + HALF_BYTES + 8) - 1] : undefined;
    const read = ended ? bytes.readUInt32LE(at + HALF_BYTES + 12) : 0;
    operations.push({
      client,
      verb,
      key: bytes.readUInt8(at + 9),
      value: verb === 'set' ? bytes.readUInt32LE(at + 12) : read,
      fleeting: bytes.readUInt8(at + 10) === 1,
      outcome: outcome ?? 'unknown',
      start: bytes.readDoubleLE(at),
      end: outcome === undefined ? last : bytes.readDoubleLE(at + HALF_BYTES),
    });
  }
  return operations;
}
