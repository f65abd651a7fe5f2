/**
 * What clients do, and what is done to them.
 */

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
  /** The share of the system calls before which a client stops for a moment. */
  readonly dawdling?: number;
  readonly maxSizeBytes?: number;
  readonly memoryMaxBytes?: number;
}

/** Clients of one kind. */
export interface Crew {
  readonly workload: Workload;
  /** How many there are; each is a process, or a thread where turns are given. */
  readonly clients: number;
  /** Clients in each process, each in a thread of its own; 1 unless given. */
  readonly threads?: number;
  /** Whether they are killed at random; where they are processes, others are started in their place. */
  readonly killed?: boolean;
  /** Whether processes are stopped at random for a moment. */
  readonly paused?: boolean;
}

/** What goes on in one run. */
export interface Scene {
  readonly crews: readonly Crew[];
  /** How long processes run; or how many operations each thread does, where one at a time goes on, see `gate.ts`. */
  readonly length: { readonly milliseconds: number } | { readonly operations: number };
  /** Whether values may vanish, since there is a limit that evicts them. */
  readonly lossy?: boolean;
}
