import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32, crc32InJavaScript } from '../../../src/disk/value/checksum.ts';

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
