/**
 * Bytes for the runtime's own deserialiser that no serialiser has written.
 */

import * as v8 from 'node:v8';
import fc from 'fast-check';

/** A number as the format writes it: seven bits a byte, lowest first. */
function varint(number: number): number[] {
  const bytes: number[] = [];
  for (let left = number; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}

const HEADER = [0xff, 0x0f];
const bytes = (...parts: (number | string | number[])[]) =>
  Buffer.from(HEADER.concat(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : part))));
const HUGE = [2 ** 28, 2 ** 30, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 40, 2 ** 53];

/** Each kind of object, with a length or a reference that nothing stands behind. */
const crafted: readonly Buffer[] = [
  ...HUGE.flatMap((length) => [
    bytes('A', varint(length)),
    bytes('a', varint(length)),
    bytes('a', varint(length), '@', 0, varint(length)),
    bytes('"', varint(length)),
    bytes('c', varint(length)),
    bytes('S', varint(length)),
    bytes('B', varint(length)),
    bytes('~', varint(8), varint(length), [0, 0, 0, 0, 0, 0, 0, 0]),
    bytes('Z', varint(length)),
    bytes('B', varint(8), [0, 0, 0, 0, 0, 0, 0, 0], 'V', 'd', varint(0), varint(length)),
    bytes('\\', 0, varint(length)),
    bytes('\\', varint(9), varint(length)),
    bytes('^', varint(length)),
    bytes('u', varint(length)),
    bytes('w', varint(length)),
    bytes('m', varint(length)),
    bytes('R', '"', varint(1), '(', varint(length)),
    bytes(';', varint(length)),
  ]),
  bytes('o'.repeat(200_000)),
  bytes(';'.repeat(200_000)),
  bytes('o', '"', varint(9), '__proto__', 'o', '"', varint(8), 'polluted', 'T', '{', varint(1), '{', varint(1)),
  bytes('R', '"', varint(10), '(a+)+(b+)+', varint(255)),
  bytes('D', [0, 0, 0, 0, 0, 0, 0xf0, 0x7f]),
  Buffer.from([0xff]),
  Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]),
];

const sample = v8.serialize({
  text: 'text',
  wide: 'ключ',
  map: new Map<unknown, unknown>([['key', new Set([1n, -1.5])]]),
  list: Object.assign(new Array(3), { 2: 'behind a hole' }),
  when: new Date(0),
  bytes: new Float64Array(4),
  buffer: Buffer.from('buffer'),
  pattern: /a+/gi,
  failure: new Error('failed'),
  nothing: [undefined, null, true, false],
});

/** A true serialisation with some bytes exchanged. */
const mutated: fc.Arbitrary<Buffer> = fc
  .array(fc.tuple(fc.nat(sample.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
  .map((changes) => {
    const copy = Buffer.from(sample);
    for (const [position, value] of changes) copy[position] = value;
    return copy;
  });

/** So many byte strings that may do harm, always the same. */
export function hostileSerializations(count: number): Buffer[] {
  return [...crafted, ...fc.sample(mutated, { seed: 1, numRuns: Math.max(0, count - crafted.length) })];
}
