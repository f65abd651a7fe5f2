import { describe, expect, it } from 'vitest';
import { CacheKey } from '../../../src/cache-key.ts';
import { canonicalKey, hashKey } from '../../../src/disk/value/key.ts';
import { CacheKeyError } from '../../../src/errors.ts';

/** Calls with what the types forbid, as JavaScript callers can. */
function keyOfAnything(key: unknown): string {
  return Reflect.apply(canonicalKey, undefined, [key]);
}

describe('the canonical form of a key', () => {
  it('is the string itself', () => {
    expect(canonicalKey('any string: / \\ \u{1f9e4}')).toBe('any string: / \\ \u{1f9e4}');
  });

  it('of a CacheKey is its toString()', () => {
    expect(canonicalKey(CacheKey.fromParts('ns', 'cat', 'a:b', 'v1'))).toBe('ns:cat:a%3Ab:v1');
  });

  it('of an object does not depend on the order of its members, at any depth', () => {
    expect(canonicalKey({ b: { z: 1, y: [{ d: 1, c: 2 }] }, a: null })).toBe(
      '{"a":null,"b":{"y":[{"c":2,"d":1}],"z":1}}',
    );
  });

  it('of an array keeps its order', () => {
    expect(canonicalKey([2, 1, 'x'])).toBe('[2,1,"x"]');
  });

  it('of an object without a prototype is that of its members', () => {
    const key: Record<string, number> = Object.create(null);
    key['a'] = 1;
    expect(canonicalKey(key)).toBe('{"a":1}');
  });
});

describe('a key is refused when it', () => {
  class Point {
    x = 1;
  }
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const bad: [string, unknown, RegExp][] = [
    ['is empty', '', /key is empty/],
    ['holds half of a surrogate pair', 'a\ud800', /key is not well-formed Unicode/],
    ['is longer than 64 KiB', 'k'.repeat(65_537), /key is 65537 bytes long; the most is 65536/],
    ['is longer than 64 KiB in UTF-8', '\u624b'.repeat(21_846), /key is 65538 bytes long/],
    ['is an object that becomes too long', { k: 'k'.repeat(65_536) }, /the most is 65536/],
    ['is undefined', undefined, /key must be .*undefined/],
    ['is null', null, /key must be .*null/],
    ['is a number', 5, /key must be .*5/],
    ['is a boolean', true, /key must be .*true/],
    ['is a function', () => 1, /key must be/],
    ['is a symbol', Symbol('s'), /key must be/],
    ['is a big integer', 5n, /key must be .*5/],
    ['is a date', new Date(0), /instance of Date/],
    ['is a map', new Map(), /instance of Map/],
    ['is an instance of a class', new Point(), /instance of Point/],
    ['inherits from an object without a prototype', Object.create(Object.create(null)), /key/],
    ['holds undefined', { a: undefined }, /type undefined/],
    ['holds a hole', new Array(1), /type undefined/],
    ['holds NaN', [Number.NaN], /number NaN/],
    ['holds an infinite number', { a: Number.POSITIVE_INFINITY }, /number Infinity/],
    ['holds a date', { a: [new Date(0)] }, /instance of Date/],
    ['holds a function', { toJSON: () => 'x' }, /type function/],
    ['contains itself', cycle, /cycle/],
  ];

  it.each(bad)('%s', (_name, key, message) => {
    expect(() => keyOfAnything(key)).toThrow(CacheKeyError);
    expect(() => keyOfAnything(key)).toThrow(message);
  });

  it('but not at exactly 64 KiB', () => {
    expect(canonicalKey('k'.repeat(65_536))).toHaveLength(65_536);
    expect(canonicalKey('\u624b'.repeat(21_845))).toHaveLength(21_845);
  });
});

describe('the hash of a key', () => {
  it('is a part of its SHA-256, so that any tool finds the files of a key', () => {
    // printf glove | sha256sum
    expect(hashKey('glove')).toMatch(/^[0-9a-f]{40}$/);
    expect(hashKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a3');
  });

  it('differs for keys that look alike', () => {
    const alike = ['a', 'A', 'a ', 'e\u0301', '\u00e9', 'u?id=1', 'u?id=2', '\ufeffa'];
    expect(new Set(alike.map(hashKey)).size).toBe(alike.length);
  });
});
