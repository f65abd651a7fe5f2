import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSidecar, hasExpired, MAX_SIDECAR_BYTES, parseSidecar } from '../../../src/disk/entry/sidecar.ts';
import { CacheFormatError } from '../../../src/errors.ts';
import { trickyStrings } from '../../support/arbitraries.ts';

const sidecar = {
  key: 'key',
  generation: '0123456789abcdef01234567',
  codec: 'json',
  size: 7,
  checksum: 4_294_967_295,
  created: 1_700_000_000_000,
  ttl: 60,
  expires: 1_700_000_060_000,
} as const;

describe('a sidecar', () => {
  it('is read as it was written, whatever the key', () => {
    fc.assert(
      fc.property(trickyStrings.filter(Boolean), fc.boolean(), (key, lasting) => {
        const { ttl: _ttl, ...withoutTtl } = sidecar;
        const written = lasting ? { ...withoutTtl, key, expires: 0 } : { ...sidecar, key };
        expect(parseSidecar(formatSidecar(written))).toEqual(written);
      }),
      { numRuns: 100 },
    );
  });

  it('fits its limit with the longest key there is', () => {
    expect(formatSidecar({ ...sidecar, key: '\u0001'.repeat(65_536) }).length).toBeLessThan(MAX_SIDECAR_BYTES);
  });

  it('is not whole when it is cut anywhere', () => {
    const text = formatSidecar(sidecar).trimEnd();
    for (let length = 0; length < text.length; length++) expect(parseSidecar(text.slice(0, length))).toBeUndefined();
  });

  it.each([
    ['zeros', '\0'.repeat(200)],
    ['garbage', '\u0001}{'],
    ['an array', '[]'],
    ['null', 'null'],
    ['a number', '17'],
    ['no version', formatSidecar(sidecar).replace('"version":1,', '')],
    ['no key', formatSidecar(sidecar).replace('"key":"key"', '"key":7')],
    ['a generation that is a path', formatSidecar(sidecar).replace(sidecar.generation, '../../../../../x')],
    ['an unknown codec', formatSidecar(sidecar).replace('"json"', '"pickle"')],
    ['a negative size', formatSidecar(sidecar).replace('"size":7', '"size":-7')],
    ['an expiry that is no number', formatSidecar(sidecar).replace('"expires":1700000060000', '"expires":"never"')],
    ['a ttl without an expiry', formatSidecar(sidecar).replace('"expires":1700000060000,', '')],
  ])('is not whole when it holds %s', (_name, text) => {
    expect(parseSidecar(text)).toBeUndefined();
  });

  it('of a newer version is refused by name', () => {
    const newer = formatSidecar(sidecar).replace('"version":1', '"version":2');
    expect(() => parseSidecar(newer)).toThrow(CacheFormatError);
    expect(() => parseSidecar(newer)).toThrow(/version 2 .* this is version 1; update/);
  });
});

describe('expiry', () => {
  it('comes at its time, and never for 0', () => {
    expect(hasExpired(1000, 999)).toBe(false);
    expect(hasExpired(1000, 1000)).toBe(true);
    expect(hasExpired(0, Number.MAX_SAFE_INTEGER)).toBe(false);
  });
});
