/**
 * How the command ends.
 */

import { CacheError, type CacheErrorCode } from '../errors.ts';

/** The exit codes of every command but `exec`, whose exit code is that of what it ran. */
export const EXIT = {
  ok: 0,
  /** Something was not found, damage was found, or the work failed. */
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
} as const;

/** A failure that the user is told in one line. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failure) {
    super(message);
    this.exitCode = exitCode;
  }
}

const WRONG_ARGUMENT: ReadonlySet<CacheErrorCode> = new Set([
  'ERR_CACHE_ARGUMENT',
  'ERR_CACHE_KEY',
  'ERR_CACHE_TAG',
  'ERR_CACHE_VALUE',
  'ERR_CACHE_CONFIG',
]);

/** The exit code for an error that the user is told in one line; `undefined` for any other, which is a bug. */
export function exitCodeFor(error: unknown): number | undefined {
  if (error instanceof CliError) return error.exitCode;
  if (error instanceof CacheError) return WRONG_ARGUMENT.has(error.code) ? EXIT.usage : EXIT.failure;
  return undefined;
}
