/** How much is measured. */

export interface Effort {
  /** Rounds of most scenarios; each contestant has a turn in each. */
  readonly rounds: number;
  /** Sizes of values, in bytes. */
  readonly sizes: readonly number[];
  /** The longest turn of one contestant in one round, in milliseconds. */
  readonly turnMs: number;
  /** The longest preparation of one contestant's store, in milliseconds. */
  readonly prepareMs: number;
  /** Small values that each store takes before what counts. */
  readonly warmUp: number;
  /** Small values that fit into a cache with a limit; fewer large ones do. */
  readonly capacity: number;
  /** Rounds in which each contestant gets a fresh process. */
  readonly freshProcesses: number;
  /** Rounds of several processes, and how long each count of them works in one, in milliseconds. */
  readonly processRounds: number;
  readonly processMs: number;
  /** Rounds of a server, and how long it serves in each, in milliseconds. */
  readonly serverRounds: number;
  readonly serverMs: number;
  /** Numbers of entries that stores are compared with, the least first. */
  readonly entries: readonly number[];
  /** Accesses of each trace that hits are counted on. */
  readonly accesses: number;
}

/** About ten minutes with all contestants. */
export const STANDARD: Effort = {
  rounds: 20,
  sizes: [100, 1024, 32 * 1024, 1024 * 1024],
  turnMs: 12,
  prepareMs: 200,
  warmUp: 1000,
  capacity: 1000,
  freshProcesses: 12,
  processRounds: 5,
  processMs: 300,
  serverRounds: 4,
  serverMs: 2500,
  entries: [1000, 100_000],
  accesses: 20_000,
};

/** Something over a minute. */
export const QUICK: Effort = {
  rounds: 5,
  sizes: [1024],
  turnMs: 5,
  prepareMs: 50,
  warmUp: 250,
  capacity: 1000,
  freshProcesses: 3,
  processRounds: 2,
  processMs: 150,
  serverRounds: 1,
  serverMs: 1000,
  entries: [1000, 10_000],
  accesses: 5000,
};

/** What is added for those who have the time. */
export const MANY_ENTRIES = 1_000_000;
