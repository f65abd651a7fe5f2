/**
 * How far long work has come.
 */

/** Told while a tree of files is recorded, restored or exported. */
export interface TreeProgress {
  /** Files done. */
  readonly files: number;
  /** Their length, in bytes. */
  readonly bytes: number;
  /** How much of the work is done, from 0 to 1. */
  readonly fraction: number;
}

/** Options of work that takes its time. */
export interface ProgressOptions {
  /** Called after each file. */
  readonly onProgress?: ((progress: TreeProgress) => void) | undefined;
  /** Stops the work; what it was to make isn't there then. */
  readonly signal?: AbortSignal | undefined;
}
