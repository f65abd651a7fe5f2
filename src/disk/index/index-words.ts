/**
 * Hashes and generations as 32-bit words. As text, one takes the memory of several rows; and to compare two words costs
 * what it costs to compare two characters.
 */

import { GENERATION_DIGITS } from '../files/paths.ts';
import { HASH_DIGITS } from '../value/key.ts';

const WORD_BYTES = 4;
/** Hexadecimal digits of a word. */
export const WORD_DIGITS = 8;
/** Words of a key's hash. */
export const HASH_WORDS = HASH_DIGITS / WORD_DIGITS;
/** Words of a generation. */
export const GENERATION_WORDS = GENERATION_DIGITS / WORD_DIGITS;

const NO_DIGIT = -1;
/** The value of each hexadecimal digit by its character code. */
const DIGIT_VALUES = new Int8Array(256).fill(NO_DIGIT);
for (let value = 0; value < 16; value++) DIGIT_VALUES[value.toString(16).charCodeAt(0)] = value;

/** Eight digits as one word. */
function joined(a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number): number {
  return (a << 28) | (b << 24) | (c << 20) | (d << 16) | (e << 12) | (f << 8) | (g << 4) | h;
}

/**
 * Reads lower-case hexadecimal digits until `words` is full; `false` if something else is among them. Written out, since
 * a loop over a word's digits takes a third longer.
 */
export function readWords(bytes: Uint8Array, start: number, words: Int32Array): boolean {
  const values = DIGIT_VALUES;
  let faults = 0;
  for (let word = 0, at = start; word < words.length; word++, at += WORD_DIGITS) {
    const a = values[bytes[at] ?? 0] ?? NO_DIGIT;
    const b = values[bytes[at + 1] ?? 0] ?? NO_DIGIT;
    const c = values[bytes[at + 2] ?? 0] ?? NO_DIGIT;
    const d = values[bytes[at + 3] ?? 0] ?? NO_DIGIT;
    const e = values[bytes[at + 4] ?? 0] ?? NO_DIGIT;
    const f = values[bytes[at + 5] ?? 0] ?? NO_DIGIT;
    const g = values[bytes[at + 6] ?? 0] ?? NO_DIGIT;
    const h = values[bytes[at + 7] ?? 0] ?? NO_DIGIT;
    faults |= a | b | c | d | e | f | g | h;
    words[word] = joined(a, b, c, d, e, f, g, h);
  }
  return faults >= 0;
}

/** {@link readWords} from a string of which it is known that it holds digits. */
export function parseWords(text: string, words: Int32Array): void {
  const values = DIGIT_VALUES;
  for (let word = 0, at = 0; word < words.length; word++, at += WORD_DIGITS) {
    words[word] = joined(
      values[text.charCodeAt(at)] ?? 0,
      values[text.charCodeAt(at + 1)] ?? 0,
      values[text.charCodeAt(at + 2)] ?? 0,
      values[text.charCodeAt(at + 3)] ?? 0,
      values[text.charCodeAt(at + 4)] ?? 0,
      values[text.charCodeAt(at + 5)] ?? 0,
      values[text.charCodeAt(at + 6)] ?? 0,
      values[text.charCodeAt(at + 7)] ?? 0,
    );
  }
}

/** Makes `target` from `start` on the same as `source`. For so few words a loop beats the built-in copy. */
export function copyWords(source: Int32Array, target: Int32Array, start = 0): void {
  for (let word = 0; word < source.length; word++) target[start + word] = source[word] ?? 0;
}

/** Whether `words` has the same as `wanted` from `start` on. */
export function hasWords(words: Int32Array, start: number, wanted: Int32Array): boolean {
  for (let word = 0; word < wanted.length; word++) {
    if (words[start + word] !== wanted[word]) return false;
  }
  return true;
}

const formatted = Buffer.alloc(HASH_WORDS * WORD_BYTES);

/** The digits of `count` words from `start` on. */
export function formatWords(words: Int32Array, start = 0, count = words.length): string {
  for (let word = 0; word < count; word++) formatted.writeInt32BE(words[start + word] ?? 0, word * WORD_BYTES);
  return formatted.toString('hex', 0, count * WORD_BYTES);
}
