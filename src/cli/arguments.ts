/**
 * Durations, sizes and counts as people write them.
 */

import parseSizeText from 'bytes';
import { InvalidArgumentError } from 'commander';
import parseDurationText from 'parse-duration';

const NUMBER = /^\d+(?:\.\d+)?$/;
const DURATION = /^(?:\s*\d+(?:\.\d+)?\s*[a-zµμ]+)+\s*$/i;
const SIZE = /^\d+(?:\.\d+)?\s*(?:b|kb|mb|gb|tb|pb)$/i;

/**
 * Seconds from `24h`, `1h30m`, `90 seconds`; a number on its own is seconds.
 * @throws an {@link InvalidArgumentError} if it is none of them, or not more than nothing.
 */
export function durationArgument(text: string): number {
  const seconds = NUMBER.test(text) ? Number(text) : secondsIn(text);
  if (seconds !== undefined && Number.isFinite(seconds) && seconds > 0) return seconds;
  throw new InvalidArgumentError("It must be a duration longer than 0, such as '90s', '24h' or '7d'.");
}

/**
 * Bytes from `512MB` (a MB has 1024 × 1024 bytes); a number on its own is bytes.
 * @throws an {@link InvalidArgumentError} if it is none of them, or not more than nothing.
 */
export function sizeArgument(text: string): number {
  const size = NUMBER.test(text) ? Number(text) : SIZE.test(text) ? parseSizeText.parse(text) : null;
  if (size !== null && Number.isInteger(size) && size > 0) return size;
  throw new InvalidArgumentError("It must be a size larger than 0, such as '512MB' or '2GB'.");
}

/** Makes what reads a whole number from 1 to `most`. */
export function countArgument(most: number): (text: string) => number {
  return (text) => {
    const count = /^\d+$/.test(text) ? Number(text) : 0;
    if (count >= 1 && count <= most) return count;
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
  };
}

/** Gathers the values of an option that may be given more than once. */
export function gather(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

function secondsIn(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  // The library reads over units that it doesn't know, as if they had not been there.
  const known = text.match(/[a-zµμ]+/gi)?.every((unit) => parseDurationText(`1${unit}`) !== null);
  return known ? (parseDurationText(text, 's') ?? undefined) : undefined;
}
