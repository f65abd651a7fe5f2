/**
 * What there is to be warmed, and what came of it.
 */

/** One thing that a cache should hold before it is asked for. */
export interface WarmingTask {
  /** What progress and report call it. */
  readonly name: string;
  /** Whether the cache has it, found out without making it. */
  isWarm(): Promise<boolean>;
  /**
   * Makes it and has the cache keep it.
   * @param signal aborts when whoever warms has had enough.
   */
  warm(signal: AbortSignal): Promise<void>;
}

/** What came of a task: `warmed` now, `skipped` since it was there, or `failed`. */
export type WarmingOutcome = 'warmed' | 'skipped' | 'failed';

/** How far it is, told after each task. */
export interface WarmingProgress {
  /** Tasks that have ended, this one included. */
  readonly done: number;
  /** All tasks. */
  readonly total: number;
  /** The task that has ended. */
  readonly name: string;
  readonly outcome: WarmingOutcome;
}

/** A task that failed, and why. */
export interface WarmingFailure {
  readonly name: string;
  readonly error: unknown;
}

/** What came of it all; names are in the order of the tasks. */
export interface WarmingReport {
  /** Tasks whose result the cache has now. */
  readonly warmed: readonly string[];
  /** Tasks whose result the cache had. */
  readonly skipped: readonly string[];
  readonly failed: readonly WarmingFailure[];
  /** Tasks that were not begun, or not ended, because of the signal. */
  readonly unfinished: readonly string[];
  /** Whether the signal ended it. */
  readonly aborted: boolean;
  /** How long it took, in milliseconds. */
  readonly elapsedMs: number;
}
