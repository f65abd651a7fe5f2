/**
 * What goes on between a run and whoever asked for it.
 */

import type { SendSignal } from './run-command.ts';
import type { Explanation } from './run-history.ts';
import type { SignalName } from './signal-name.ts';
import type { OutputSinks } from './transcript.ts';

/** What a run talks to while it lasts. */
export interface BuildSession extends OutputSinks {
  /** Called when another process is running the same build and the wait for it begins. */
  readonly onWait?: (() => void) | undefined;
  /** Called with what the user should know: a pattern that names nothing, a record that could not be used. */
  readonly onNote?: ((note: string) => void) | undefined;
  /** Called when the command has been started, with a way to send it signals. */
  readonly onStart?: ((send: SendSignal) => void) | undefined;
  /**
   * Stops the run where nothing would be left half done. It does not stop the command (see `onStart`), but what an
   * interrupted command made is not recorded.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Find out what changed since the last run.
   * @default false
   */
  readonly explain?: boolean | undefined;
}

/** A file that a build made. */
export interface BuildArtifact {
  /** What kind of file it is, by its extension; `file` is any other. */
  readonly kind: 'uf2' | 'hex' | 'bin' | 'log' | 'file';
  /** Where it is now, absolute. */
  readonly path: string;
  /** Its length in bytes. */
  readonly size: number;
  /** The board, and shield, that it is for: `glove80_lh`, `corne_left-nice_nano_v2`; firmware only. */
  readonly target?: string | undefined;
}

/** How a run went. */
export interface BuildResult {
  /** `hit`: replayed. `miss`: the command ran. */
  readonly outcome: 'hit' | 'miss';
  /** The command's exit code as a shell gives it: 128 + the number of the signal that ended it, 126, 127. */
  readonly exitCode: number;
  /** The signal that ended the command. */
  readonly signal: SignalName | undefined;
  /** Outputs restored or recorded. */
  readonly files: number;
  /** Their length, in bytes. */
  readonly bytes: number;
  /** Those of them that are files. */
  readonly artifacts: readonly BuildArtifact[];
  /** How long it took, in milliseconds, all told. */
  readonly elapsedMs: number;
  /** How much longer the recorded run took than its replay, in milliseconds; 0 for a miss. */
  readonly savedMs: number;
  /** Why the run was not recorded; `undefined` if it was, or was replayed. */
  readonly notStored: string | undefined;
  /** Why the command could not be started. */
  readonly startFailure: string | undefined;
  /** What changed since the last run, if asked for. */
  readonly explanation: Explanation | undefined;
}
