/**
 * What is thrown when there is no firmware.
 */

import { CacheError, type CacheErrorDetails } from '../../errors.ts';

/** How a build failed. */
export interface BuildErrorDetails extends CacheErrorDetails {
  /** @default 1 */
  readonly exitCode?: number | undefined;
  /** The board, and shield, that it was built for. */
  readonly target?: string | undefined;
  /** Where the whole log is, absolute. */
  readonly log?: string | undefined;
  /** The last lines of the log. */
  readonly logTail?: string | undefined;
}

/** A build failed, was ended by a signal, wrote no artifact, or could not be started; nothing was recorded. */
export class BuildError extends CacheError {
  override readonly name = 'BuildError';
  readonly code = 'ERR_BUILD';
  /** The command's exit code as a shell gives it: 128 + the number of the signal that ended it, 126, 127; never 0. */
  readonly exitCode: number;
  /** The board, and shield, that it was built for. */
  readonly target: string | undefined;
  /** Where the whole log is; `undefined` if the command did not start, or the log could not be put there. */
  readonly log: string | undefined;
  /** The last lines of the log; empty if there are none. */
  readonly logTail: string;

  constructor(message: string, details: BuildErrorDetails = {}) {
    super(message, details);
    this.exitCode = details.exitCode || 1;
    this.target = details.target;
    this.log = details.log;
    this.logTail = details.logTail ?? '';
  }
}
