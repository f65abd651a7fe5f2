/**
 * CRC-32 (IEEE 802.3, as in zlib and gzip): finds torn, truncated and zero-filled values. It is no defence against
 * somebody who means to forge one.
 */

import { builtin } from '../../builtin.ts';

function makeTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let index = 0; index < 256; index++) {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    table[index] = value >>> 0;
  }
  return table;
}

let table: Uint32Array | undefined;

/** The same sum in plain JavaScript, for runtimes whose zlib has no `crc32` (Node before 20.15). */
export function crc32InJavaScript(bytes: Uint8Array, before = 0): number {
  table ??= makeTable();
  let sum = ~before;
  for (const byte of bytes) sum = (sum >>> 8) ^ (table[(sum ^ byte) & 0xff] ?? 0);
  return ~sum >>> 0;
}

let fastest: typeof crc32InJavaScript | undefined;

/** CRC-32 of `bytes`, an unsigned 32-bit integer; going on from the sum of what came `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  fastest ??= builtin('node:zlib').crc32 ?? crc32InJavaScript;
  return fastest(bytes, before);
}
