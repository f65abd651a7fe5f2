/**
 * CRC-32 (IEEE 802.3, as in zlib and gzip): finds torn, truncated and zero-filled values. It is no defence against
 * somebody who means to forge one.
 */

import { builtin } from './builtin.ts';

/** So many bytes are summed without `node:zlib`: more would cost as much as to load it, 2 ms. */
const BYTES_BEFORE_ZLIB = 4096;

/** Each power of two is divided bit by bit; the others are sums of those. */
function makeTable(): Uint32Array {
  const table = new Uint32Array(256);
  let value = 1;
  for (let power = 128; power > 0; power >>= 1) {
    value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    for (let index = 0; index < 256; index += power * 2) table[index + power] = value ^ (table[index] ?? 0);
  }
  return table;
}

let table: Uint32Array | undefined;

/**
 * The same sum in plain JavaScript, for the first few values of a process and for runtimes whose zlib has no `crc32`
 * (Node before 20.15).
 */
export function crc32InJavaScript(bytes: Uint8Array, before = 0): number {
  table ??= makeTable();
  let sum = ~before;
  for (let index = 0; index < bytes.length; index++) {
    sum = (sum >>> 8) ^ (table[(sum ^ (bytes[index] ?? 0)) & 0xff] ?? 0);
  }
  return ~sum >>> 0;
}

let summed = 0;
let crc32OfZlib: typeof crc32InJavaScript | undefined;

/** CRC-32 of `bytes`, an unsigned 32-bit integer; going on from the sum of what came `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  if (crc32OfZlib === undefined) {
    summed += bytes.length;
    if (summed <= BYTES_BEFORE_ZLIB) return crc32InJavaScript(bytes, before);
    crc32OfZlib = builtin('node:zlib').crc32 ?? crc32InJavaScript;
  }
  return crc32OfZlib(bytes, before);
}
