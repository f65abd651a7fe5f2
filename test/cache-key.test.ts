import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CacheKey, isCacheKey } from '../src/cache-key.ts';
import { CacheKeyError } from '../src/errors.ts';

describe('writing a key', () => {
  test('joins its parts with colons', () => {
    expect(CacheKey.fromParts('compilation', 'firmware', 'planck').toString()).toBe('compilation:firmware:planck');
    expect(String(CacheKey.fromParts('compilation', 'firmware', 'planck', 'v2'))).toBe(
      'compilation:firmware:planck:v2',
    );
  });

  test('escapes a colon inside a part', () => {
    expect(String(CacheKey.fromParts('http', 'get', 'https://example.org'))).toBe('http:get:https%3A//example.org');
  });

  test('leaves a percent sign alone unless it would read as an escape', () => {
    expect(String(CacheKey.fromParts('a', 'b', '100 %20'))).toBe('a:b:100 %20');
    expect(String(CacheKey.fromParts('a', 'b', '%3A%25'))).toBe('a:b:%253A%2525');
  });
});

describe('reading a key', () => {
  test('gives back the parts whatever they hold', () => {
    const part = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(':', '%', '2', '3', '5', 'A', '\\') }),
    );
    fc.assert(
      fc.property(part, part, part, fc.option(part, { nil: undefined }), (namespace, category, identifier, version) => {
        const key = CacheKey.fromParts(namespace, category, identifier, version);
        expect(CacheKey.fromString(key.toString())).toStrictEqual(key);
      }),
      { numRuns: 500 },
    );
  });

  test('two keys with different parts are never written the same', () => {
    const part = fc.string({ unit: fc.constantFrom(':', '%', '3', 'A', '2', '5'), maxLength: 4 });
    const parts = fc.tuple(part, part, part);
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const same = a.every((value, index) => value === b[index]);
        expect(String(CacheKey.fromParts(...a)) === String(CacheKey.fromParts(...b))).toBe(same);
      }),
      { numRuns: 500 },
    );
  });

  test('an empty version is a version', () => {
    expect(CacheKey.fromString('a:b:c:').version).toBe('');
    expect(CacheKey.fromString('a:b:c')).not.toHaveProperty('version');
  });

  test('of more than four parts the middle ones belong to the identifier', () => {
    const key = CacheKey.fromString('a:b:c:d:e:f');
    expect(key).toMatchObject({ namespace: 'a', category: 'b', identifier: 'c:d:e', version: 'f' });
    expect(CacheKey.fromString(String(key))).toStrictEqual(key);
  });

  test.each(['', 'a', 'a:b', 'a%3Ab:c'])('fewer than three parts is an error: %j', (text) => {
    expect(() => CacheKey.fromString(text)).toThrow(CacheKeyError);
    expect(() => CacheKey.fromString(text)).toThrow(/at least the three parts namespace:category:identifier, got/);
  });
});

describe('making a key', () => {
  test('from an object, as JSON writes it', () => {
    const key = CacheKey.fromParts('a', 'b', 'c:d', '1');
    expect(CacheKey.fromObject(JSON.parse(JSON.stringify(key)))).toStrictEqual(key);
    expect(JSON.parse(JSON.stringify(CacheKey.fromParts('a', 'b', 'c')))).toStrictEqual({
      namespace: 'a',
      category: 'b',
      identifier: 'c',
    });
  });

  test('a part that is not a string is refused by name', () => {
    expect(() => CacheKey.fromObject(JSON.parse('{"namespace":"a","identifier":"c"}'))).toThrow(
      'category of a cache key must be a string, not undefined',
    );
    expect(() =>
      CacheKey.fromObject(JSON.parse('{"namespace":"a","category":"b","identifier":"c","version":1}')),
    ).toThrow('version of a cache key must be a string, not number');
    expect(() => CacheKey.fromObject(JSON.parse('null'))).toThrow(CacheKeyError);
  });

  test('is recognised by what it says it is, not by which copy of the class made it', () => {
    expect(isCacheKey(CacheKey.fromParts('a', 'b', 'c'))).toBe(true);
    expect(isCacheKey({ namespace: 'a', category: 'b', identifier: 'c' })).toBe(false);
    expect(isCacheKey('a:b:c')).toBe(false);
    expect(isCacheKey(null)).toBe(false);
  });
});

describe('a key for the content of a file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'glovebox-cache-key-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('has the hash of the content as its identifier', async () => {
    const file = join(folder, 'keymap.dtsi');
    const content = Buffer.alloc(200_000, 'layer');
    writeFileSync(file, content);
    const expected = CacheKey.fromParts('layout', 'keymap', createHash('sha256').update(content).digest('hex'), 'v1');
    const parts = { namespace: 'layout', category: 'keymap', version: 'v1' };
    expect(await CacheKey.fromFile(file, parts)).toStrictEqual(expected);
    expect(await CacheKey.fromFile(pathToFileURL(file), parts)).toStrictEqual(expected);
    expect(CacheKey.fromFileSync(file, parts)).toStrictEqual(expected);
  });

  test('a file that can’t be read is an error that names it and carries the cause', async () => {
    const missing = join(folder, 'missing');
    const parts = { namespace: 'a', category: 'b' };
    const problem = expect.objectContaining({
      code: 'ERR_CACHE_KEY',
      message: expect.stringMatching(/path must name a readable file, can't read ".*missing"/),
      cause: expect.objectContaining({ code: 'ENOENT' }),
    });
    await expect(CacheKey.fromFile(missing, parts)).rejects.toEqual(problem);
    expect(() => CacheKey.fromFileSync(missing, parts)).toThrow(problem);
    await expect(CacheKey.fromFile(folder, parts)).rejects.toMatchObject({ cause: { code: 'EISDIR' } });
  });
});
