/**
 * The name that the system's errors get when they keep a call from being carried out.
 */

import { CacheWriteError } from '../../errors.ts';
import { errorCode } from './files.ts';

/** What was to be done. */
export interface Attempt {
  /** For people, e.g. `entry could not be written`. */
  readonly failure: string;
  /** The key concerned, if it was about one. */
  readonly key?: string;
}

/**
 * Runs what may meet the system's errors.
 * @throws a {@link CacheWriteError} for those; any other error as it is.
 */
export function namingSystemErrors<T>(attempt: Attempt, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw named(attempt, cause);
  }
}

/** {@link namingSystemErrors} for what takes its time. */
export async function namingSystemErrorsAsync<T>(attempt: Attempt, action: () => Promise<T> | T): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw named(attempt, cause);
  }
}

function named({ failure, key }: Attempt, cause: unknown): unknown {
  const code = errorCode(cause);
  // Our own errors have codes too, and names of their own.
  if (code === undefined || code.startsWith('ERR_')) return cause;
  const reason = cause instanceof Error ? cause.message : code;
  const hint =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? `the disk is full (${code}); free some space or lower maxSizeBytes`
      : `the system refused (${reason})`;
  return new CacheWriteError(`${failure}: ${hint}`, { key, cause });
}
