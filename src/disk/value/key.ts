/**
 * From what callers call a key to the string and the hash that the engine knows it by.
 */

import stableStringify from 'fast-json-stable-stringify';
import { builtin } from '../../builtin.ts';
import { isCacheKey } from '../../cache-key.ts';
import type { CacheKeyLike } from '../../cache-manager.ts';
import { CacheArgumentError, CacheKeyError } from '../../errors.ts';
import { sha256InJavaScript } from './sha256.ts';

/** The longest key, in bytes of UTF-8. */
const MAX_KEY_BYTES = 65_536;

/** Hexadecimal digits of a key's hash: 160 bits of its SHA-256, too many for anyone to make two keys collide. */
export const HASH_DIGITS = 40;

const MAX_KEY_DEPTH = 100;

/**
 * The string under which `key` is stored.
 * @throws a {@link CacheKeyError} if it is empty, not well-formed Unicode, over 64 KiB, or made of something JSON can't say.
 */
export function canonicalKey(key: CacheKeyLike): string {
  const text = typeof key === 'string' ? key : keyText(key);
  if (text.length === 0) throw new CacheKeyError('key is empty; give at least one character');
  // A UTF-16 unit takes at most three bytes, so most keys need no measuring.
  if (text.length * 3 > MAX_KEY_BYTES) {
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_KEY_BYTES) {
      throw new CacheKeyError(`key is ${bytes} bytes long; the most is ${MAX_KEY_BYTES} (hash long keys first)`);
    }
  }
  if (!text.isWellFormed()) {
    throw new CacheKeyError(
      'key is not well-formed Unicode: it holds half of a surrogate pair; give whole characters, as toWellFormed() makes them',
    );
  }
  return text;
}

/**
 * The strings under which `keys` are stored; all are checked before the first is used.
 * @throws a {@link CacheArgumentError} if `keys` can't be iterated, {@link CacheKeyError} for the first that is no key.
 */
export function canonicalKeys(keys: Iterable<CacheKeyLike>): string[] {
  if (typeof keys === 'string' || typeof keys?.[Symbol.iterator] !== 'function') {
    throw new CacheArgumentError('keys must be an iterable of keys, such as an array');
  }
  return Array.from(keys, (key) => canonicalKey(key));
}

function keyText(key: unknown): string {
  if (isCacheKey(key)) return key.toString();
  if (typeof key !== 'object' || key === null) {
    throw new CacheKeyError(`key must be a string, a CacheKey, an array or a plain object, got ${String(key)}`);
  }
  assertJson(key, 0);
  return stableStringify(key);
}

/** Refuses what JSON would silently change, since two different keys could then become one. */
function assertJson(part: unknown, depth: number): void {
  if (part === null || typeof part === 'string' || typeof part === 'boolean') return;
  if (typeof part === 'number') {
    if (Number.isFinite(part)) return;
    throw new CacheKeyError(`key holds the number ${part}; only finite numbers can be part of a key`);
  }
  if (typeof part !== 'object') {
    throw new CacheKeyError(
      `key is or holds a value of type ${typeof part}; a key is made of strings, finite numbers, booleans, null, arrays and plain objects`,
    );
  }
  if (depth > MAX_KEY_DEPTH)
    throw new CacheKeyError(`key is nested deeper than ${MAX_KEY_DEPTH} levels, or in a cycle`);
  if (Array.isArray(part)) {
    for (const item of part) assertJson(item, depth + 1);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(part);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new CacheKeyError(
      `key is or holds an instance of ${nameOfClass(prototype)}; use a plain object, an array or a string`,
    );
  }
  for (const value of Object.values(part)) assertJson(value, depth + 1);
}

function nameOfClass(prototype: unknown): string {
  if (typeof prototype !== 'object' || prototype === null || !('constructor' in prototype)) return 'a nameless class';
  return typeof prototype.constructor === 'function' ? prototype.constructor.name : 'a nameless class';
}

/** So many keys are hashed without `node:crypto`: more would cost as much as to load it. */
const KEYS_BEFORE_CRYPTO = 16;
/** Longer keys never are, in UTF-16 units. */
const SHORT_KEY = 256;

let hashed = 0;
let sha256: ((text: string) => string) | undefined;

function loadSha256(): (text: string) => string {
  const { createHash, hash } = builtin('node:crypto');
  // The one-shot form (Node 20.12) costs half as much as the streaming one.
  if (typeof hash === 'function') return (text) => hash('sha256', text);
  return (text) => createHash('sha256').update(text).digest('hex');
}

/** The hash that names a key's files: {@link HASH_DIGITS} lower-case hexadecimal digits. */
export function hashKey(key: string): string {
  if (sha256 === undefined) {
    if (key.length <= SHORT_KEY && ++hashed <= KEYS_BEFORE_CRYPTO) return sha256InJavaScript(key).slice(0, HASH_DIGITS);
    sha256 = loadSha256();
  }
  return sha256(key).slice(0, HASH_DIGITS);
}
