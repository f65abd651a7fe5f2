/**
 * What keeps something that is recorded from its place.
 */

/** Something can't be put in its place; the message says what and why. */
export class RestoreError extends Error {
  override readonly name = 'RestoreError';
}

/** Whether `error` is a system call's. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
