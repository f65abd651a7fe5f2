/**
 * How long operations took, kept in a file so that it outlives processes that die.
 */

import { Ledger } from '../../disk/programs/ledger.ts';

/** The kinds of operations that are timed. */
export const OPERATIONS = [
  'get',
  'set',
  'delete',
  'exists',
  'metadata',
  'cleanup',
  'clear',
  'keys',
  'stats',
  'lock',
  'check',
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** Those that never wait for a lock. */
export const NEVER_WAIT: readonly Operation[] = ['get', 'set', 'delete', 'exists', 'metadata'];

/** Two to each doubling, in microseconds; the last begins at over two minutes. */
const BUCKETS = 56;
const PER_DOUBLING = 2;

/** What is known of one kind. Durations are milliseconds. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

/** The durations of all seats' operations. A seat writes its own only. */
export class Latencies {
  readonly #ledger: Ledger;
  readonly #own = new Map<number, { count: number; worst: number }>();

  constructor(path: string) {
    this.#ledger = new Ledger(path);
  }

  note(seat: number, operation: Operation, milliseconds: number): void {
    const microseconds = Math.round(milliseconds * 1000);
    const bucket = Math.min(BUCKETS - 1, Math.floor(PER_DOUBLING * Math.log2(microseconds + 1)));
    const cell = cellOf(seat, operation, bucket);
    const { begun, done } = this.#ledger.read(cell);
    const known = this.#own.get(cell) ?? { count: begun, worst: done };
    known.count++;
    this.#ledger.begin(cell, known.count);
    if (microseconds > known.worst) {
      known.worst = microseconds;
      this.#ledger.finish(cell, microseconds);
    }
    this.#own.set(cell, known);
  }

  read(seats: number, operation: Operation): Latency {
    const counts = Array.from({ length: BUCKETS }, (_, bucket) => {
      let count = 0;
      let worst = 0;
      for (let seat = 0; seat < seats; seat++) {
        const { begun, done } = this.#ledger.read(cellOf(seat, operation, bucket));
        count += begun;
        worst = Math.max(worst, done);
      }
      return { count, worst };
    });
    const count = counts.reduce((sum, bucket) => sum + bucket.count, 0);
    const quantile = (share: number): number => {
      let left = count * share;
      for (const bucket of counts) {
        left -= bucket.count;
        if (left <= 0) return bucket.worst / 1000;
      }
      return 0;
    };
    return {
      count,
      p50: quantile(0.5),
      p99: quantile(0.99),
      worst: Math.max(...counts.map(({ worst }) => worst)) / 1000,
    };
  }

  close(): void {
    this.#ledger.close();
  }
}

function cellOf(seat: number, operation: Operation, bucket: number): number {
  return (seat * OPERATIONS.length + OPERATIONS.indexOf(operation)) * BUCKETS + bucket;
}
