/**
 * The text of a layout, as it is given.
 */

import { builtin } from '../../builtin.ts';
import { CacheArgumentError } from '../../errors.ts';

/** A layout's JSON: a text, or the bytes of a file. */
export type LayoutSource = string | Uint8Array;

/** A text and what identifies it. */
export interface HashedText {
  /** Not given if the bytes are not UTF-8. */
  readonly text: string | undefined;
  /** Its length in bytes. */
  readonly bytes: number;
  /** Its SHA-256, in hexadecimal. */
  readonly hash: string;
}

/**
 * Reads a source.
 * @param name what a message calls it.
 * @throws a {@link CacheArgumentError} if it is neither a text nor bytes.
 */
export function hashText(source: LayoutSource, name: string): HashedText {
  if (typeof source !== 'string' && !(source instanceof Uint8Array)) {
    const given = source === null ? 'null' : typeof source;
    throw new CacheArgumentError(`${name} must be a text, or a Uint8Array with the bytes of one, not ${given}`);
  }
  // What can't be written as UTF-8 would have the hash of another text.
  const bytes = typeof source === 'string' ? Buffer.from(source.toWellFormed()) : source;
  return {
    text: decode(bytes),
    bytes: bytes.length,
    hash: builtin('node:crypto').createHash('sha256').update(bytes).digest('hex'),
  };
}

/** The text without a byte order mark. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
