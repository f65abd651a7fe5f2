/**
 * What clients do, and what is done to them.
 */

import type { Hesitation } from './hesitation.ts';

/** What a client may do next. What is not recorded in histories goes on in between. */
export type Action =
  | 'get'
  | 'cold get'
  | 'exists'
  | 'set'
  | 'delete'
  | 'clear'
  | 'fill'
  | 'clean up'
  | 'compact'
  | 'repair'
  | 'lose index'
  | 'reopen';

/** How a client uses the cache. */
export interface Workload {
  /** How many keys there are. */
  readonly keys: number;
  /** How often each action is taken, relative to the others. */
  readonly actions: Partial<Record<Action, number>>;
  /** How many operations a client may have under way at once; 1 unless given. */
  readonly lanes?: number;
  /** The part that goes through the asynchronous face. */
  readonly asyncShare?: number;
  /** The part of the sets whose values expire at once. */
  readonly fleetingShare?: number;
  /** The part of the sets whose values are so long that asynchronous calls do asynchronous I/O. */
  readonly longShare?: number;
  readonly hesitation?: Hesitation;
  readonly maxSizeBytes?: number;
  readonly memoryMaxBytes?: number;
}

/** Clients of one kind. */
export interface Crew {
  readonly workload: Workload;
  readonly processes: number;
  /** Clients in each process, each in a thread of its own; 1 unless given. */
  readonly threads?: number;
  /** Whether its processes are killed at random, and others started in their place. */
  readonly killed?: boolean;
  /** Whether its processes are stopped at random for a moment. */
  readonly paused?: boolean;
}

/** What goes on in one run. */
export interface Scene {
  readonly crews: readonly Crew[];
  readonly milliseconds: number;
  /** Whether values may vanish, since there is a limit that evicts them. */
  readonly lossy?: boolean;
}
