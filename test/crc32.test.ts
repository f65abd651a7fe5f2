import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32, crc32InJavaScript } from '../src/crc32.ts';

it('is the CRC-32 of zip and gzip', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  expect(crc32(Buffer.alloc(0))).toBe(0);
});

it('is the same without the help of zlib', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      expect(crc32InJavaScript(bytes)).toBe(crc32(bytes));
    }),
    { numRuns: 50 },
  );
});

it('goes on from the sum of what came before, however much was summed before', () => {
  const bytes = Buffer.alloc(10_000, 'any bytes');
  const sums = Array.from({ length: 20 }, (_, part) => {
    const middle = part * 500;
    return crc32(bytes.subarray(middle), crc32(bytes.subarray(0, middle)));
  });
  expect(new Set(sums)).toEqual(new Set([crc32InJavaScript(bytes)]));
});
