/**
 * Values to bytes and back.
 *
 * Strings and byte arrays are stored as their own bytes and plain JSON as JSON text, so that entry files can be read
 * with any tool. Everything else that `structuredClone` takes goes through the runtime's own serialiser.
 */

import { isUint8Array } from 'node:util/types';
import * as v8 from 'node:v8';
import { CacheValueError } from '../../errors.ts';
import { findHandle } from './handles.ts';

/** The serialiser of V8 and that of JavaScriptCore don't read each other's bytes. */
const STRUCTURED: Codec = 'Bun' in globalThis ? 'jsc' : 'v8';

/** How a value's bytes are to be read. */
export type Codec = 'text' | 'buffer' | 'bytes' | 'json' | 'v8' | 'jsc';

/** All of them. */
export const CODECS: readonly Codec[] = ['text', 'buffer', 'bytes', 'json', 'v8', 'jsc'];
const NAMES: ReadonlySet<string> = new Set(CODECS);

/** Whether `name` is a codec of this format. */
export function isCodec(name: unknown): name is Codec {
  return typeof name === 'string' && NAMES.has(name);
}

/** Whether this runtime can read what `codec` wrote. */
export function canDecode(codec: Codec): boolean {
  return (codec !== 'v8' && codec !== 'jsc') || codec === STRUCTURED;
}

/** A value made ready to be stored. */
export interface EncodedValue {
  readonly codec: Codec;
  readonly bytes: Uint8Array;
  /** The text that `bytes` hold, for codecs that are text. */
  readonly text?: string;
}

/**
 * Turns a value into bytes.
 *
 * For a byte array the result shares memory with the value: whoever keeps it beyond the call must copy it.
 * @param key what the value is to be stored under, for the error to tell.
 * @throws a {@link CacheValueError} if the value, or something in it, can't be stored.
 */
export function encode(value: unknown, key?: string): EncodedValue {
  if (typeof value === 'string') {
    // UTF-8 has no room for half a surrogate pair; JSON's escapes do.
    if (value.isWellFormed()) return { codec: 'text', bytes: Buffer.from(value), text: value };
    return encodeText('json', JSON.stringify(value));
  }
  if (isUint8Array(value)) return { codec: Buffer.isBuffer(value) ? 'buffer' : 'bytes', bytes: value };
  try {
    if (isPlainJson(value, 0)) return encodeText('json', JSON.stringify(value));
    const handle = findHandle(value);
    if (handle !== undefined) throw new TypeError(`${handle} object could not be cloned`);
    return { codec: STRUCTURED, bytes: v8.serialize(value) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CacheValueError(
      `value can't be stored: ${reason}; it may hold what structuredClone takes, without functions, symbols, weak collections or handles`,
      { cause, key },
    );
  }
}

function encodeText(codec: Codec, text: string): EncodedValue {
  return { codec, bytes: Buffer.from(text), text };
}

/**
 * Turns bytes back into a value that is the caller's alone.
 *
 * @param bytes handed over: the value may be made of this very memory.
 * @throws if the bytes are not what the codec writes.
 */
export function decode(codec: Codec, bytes: Buffer): unknown {
  switch (codec) {
    case 'text':
      return bytes.toString();
    case 'json':
      return JSON.parse(bytes.toString());
    case 'buffer':
      return bytes;
    case 'bytes':
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    case 'v8':
    case 'jsc':
      if (!canDecode(codec)) throw new TypeError(`written by another runtime's serialiser (${codec})`);
      return v8.deserialize(bytes);
  }
}

/** Turns text kept in memory back into a value, for the codecs that are text. */
export function decodeText(codec: Codec, text: string): unknown {
  return codec === 'text' ? text : JSON.parse(text);
}

/** Deeper values are rare, and may be cycles: the structured serialiser sorts those out. */
const MAX_JSON_DEPTH = 200;

/** Whether JSON gives `value` back deeply equal: no `undefined`, `-0`, `NaN`, holes, `toJSON`, class or symbol in it. */
function isPlainJson(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth === MAX_JSON_DEPTH) return false;
  return Array.isArray(value) ? isPlainArray(value, depth) : isPlainObject(value, depth);
}

function isPlainArray(array: readonly unknown[], depth: number): boolean {
  if (Object.getPrototypeOf(array) !== Array.prototype || 'toJSON' in array) return false;
  for (let index = 0; index < array.length; index++) {
    // A hole reads as undefined, which JSON can't say either.
    if (!isPlainJson(array[index], depth + 1)) return false;
  }
  // Named properties on an array would be lost.
  return Object.keys(array).length === array.length;
}

function isPlainObject(object: object, depth: number): boolean {
  if (Object.getPrototypeOf(object) !== Object.prototype || 'toJSON' in object) return false;
  for (const name in object) {
    if (!isPlainJson(Reflect.get(object, name), depth + 1)) return false;
  }
  return true;
}
