/**
 * Reading records back as something a stranger may have written: every member is checked before it is used.
 */

/** A record that must not be used; the message says what is wrong with it. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/** The members of an object. @throws a {@link ManifestError} if `value` is none. */
export function members(value: unknown, what: string): Readonly<Record<string, unknown>> {
  // Bytes are an object with a member for each of them: of some megabytes alone that would fill the memory.
  const isOther = Array.isArray(value) || ArrayBuffer.isView(value);
  if (typeof value === 'object' && value !== null && !isOther) return Object.fromEntries(Object.entries(value));
  throw new ManifestError(`${what} is not an object`);
}

/** The items of a list. @throws a {@link ManifestError} if `value` is none. */
export function list(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ManifestError(`${what} is not a list`);
}

/** A whole number from 0 to `most`. @throws a {@link ManifestError} if `value` is none. */
export function count(value: unknown, what: string, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new ManifestError(`${what} is not a whole number from 0 to ${most}`);
}

/** Adds up. */
export function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
