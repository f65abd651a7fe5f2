/**
 * Durations, sizes and times as people read them.
 */

import formatSizeText from 'bytes';
import prettyMs from 'pretty-ms';

/** `3.34MB`; a MB has 1024 × 1024 bytes. */
export function formatSize(bytes: number): string {
  return formatSizeText.format(bytes) ?? `${bytes}B`;
}

/** `48ms`, `12.3s`, `3d 4h`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)}ms`;
  return prettyMs(milliseconds, { unitCount: 2 });
}

/** `3m ago`; to the second, so that it doesn't flicker. */
export function formatAgo(time: Date, now = Date.now()): string {
  const seconds = Math.round((now - time.getTime()) / 1000);
  return seconds < 1 ? 'just now' : `${prettyMs(seconds * 1000, { unitCount: 2 })} ago`;
}

/** `1 file`, `2 files`, `1 entry`, `2 entries`. */
export function formatCount(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * A text on one line that can't steer a terminal, nor turn the direction of what stands beside it: control characters
 * are written as escapes.
 */
export function printable(text: string): string {
  return text.replace(CONTROLS, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
