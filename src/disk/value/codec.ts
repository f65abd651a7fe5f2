/**
 * Values to bytes and back.
 *
 * Strings and byte arrays are stored as their own bytes and plain JSON as JSON text, so that entry files can be read
 * with any tool. Everything else that `structuredClone` takes goes through the runtime's own serialiser.
 */

import { isUint8Array } from 'node:util/types';
import { builtin } from '../../builtin.ts';
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

/** Text up to this many bytes is encoded into memory that is used again. */
const SCRATCH_BYTES = 128 * 1024;
/** A UTF-16 unit takes at most so many bytes of UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/** Memory that is not lent to an encoded value right now. */
let idle: Buffer | undefined;

/** A value made ready to be stored. */
export interface EncodedValue {
  readonly codec: Codec;
  /** They hold until the value is changed, or until {@link giveBack}; {@link ownEncoded} makes them last. */
  readonly bytes: Uint8Array;
  /** The memory that `bytes` lie in, if it is lent. */
  readonly lent?: Buffer;
  /** The text that `bytes` hold, for codecs that are text. */
  readonly text?: string;
}

/**
 * Turns a value into bytes.
 *
 * The bytes of the result are the value's own memory, or lent: whoever keeps them must copy them, and whoever is through
 * with them should {@link giveBack | give them back}.
 * @param key what the value is to be stored under, for the error to tell.
 * @throws a {@link CacheValueError} if the value, or something in it, can't be stored.
 */
export function encode(value: unknown, key?: string): EncodedValue {
  if (typeof value === 'string') {
    // UTF-8 has no room for half a surrogate pair; JSON's escapes do.
    return value.isWellFormed() ? encodeText('text', value) : encodeText('json', JSON.stringify(value));
  }
  if (isUint8Array(value)) return { codec: Buffer.isBuffer(value) ? 'buffer' : 'bytes', bytes: value };
  try {
    if (isPlainJson(value, 0)) return encodeText('json', JSON.stringify(value));
    const handle = findHandle(value);
    if (handle !== undefined) throw new TypeError(`${handle} object could not be cloned`);
    return { codec: STRUCTURED, bytes: builtin('node:v8').serialize(value) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CacheValueError(
      `value can't be stored: ${reason}; it may hold what structuredClone takes, without functions, symbols, weak collections or handles`,
      { cause, key },
    );
  }
}

function encodeText(codec: Codec, text: string): EncodedValue {
  if (text.length * MAX_BYTES_PER_UNIT > SCRATCH_BYTES) return { codec, bytes: Buffer.from(text), text };
  // A set may call its caller's clock, and that may set something else.
  const lent = idle ?? Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  idle = undefined;
  return { codec, bytes: lent.subarray(0, lent.write(text)), text, lent };
}

/** Lets the memory of a value that is not needed any more be used for the next. */
export function giveBack({ lent }: EncodedValue): void {
  if (lent !== undefined) idle = lent;
}

/** The same with bytes of its own, for whoever needs them beyond the call; `value` is what was encoded. */
export function ownEncoded(encoded: EncodedValue, value: unknown): EncodedValue {
  const { codec, bytes, text, lent } = encoded;
  if (bytes !== value && lent === undefined) return encoded;
  giveBack(encoded);
  return { codec, bytes: Buffer.from(bytes), ...(text === undefined ? {} : { text }) };
}

/** The same with a text of its own: the one that was encoded may be a piece of a larger one, and keep all of that. */
export function withOwnText(encoded: EncodedValue): EncodedValue {
  // What JSON.stringify made is nobody else's.
  if (encoded.codec !== 'text') return encoded;
  const { buffer, byteOffset, length } = encoded.bytes;
  return { ...encoded, text: Buffer.from(buffer, byteOffset, length).toString() };
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
      return builtin('node:v8').deserialize(bytes);
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
      return Number.isFinite(value) && (value !== 0 || 1 / value > 0);
    case 'object':
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth === MAX_JSON_DEPTH) return false;
  return Array.isArray(value) ? isPlainArray(value, depth) : isRecord(value) && isPlainRecord(value, depth);
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

type PlainRecord = Readonly<Record<string, unknown>>;

function isRecord(object: object): object is PlainRecord {
  return Object.getPrototypeOf(object) === Object.prototype;
}

function isPlainRecord(record: PlainRecord, depth: number): boolean {
  for (const name in record) {
    if (!isPlainJson(record[name], depth + 1)) return false;
  }
  return record['toJSON'] === undefined;
}
