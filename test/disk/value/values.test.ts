import { deepStrictEqual } from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { openCache } from '../../support/open-cache.ts';
import { findEntry } from '../../support/store-files.ts';

/** Stores a value and reads it back through an instance that has nothing in memory. */
function throughDisk(value: unknown): unknown {
  const cache = openCache();
  cache.setSync('key', value);
  const other = openCache({ cacheRoot: cache.cacheRoot, memoryMaxBytes: 0 });
  const fromDisk = other.getSync('key');
  expect(cache.getSync('key')).toStrictEqual(fromDisk);
  return fromDisk;
}

/** For node:assert an invalid date equals no other. */
function hasNoInvalidDate(value: unknown): boolean {
  return !inspect(value, { depth: null }).includes('Invalid Date');
}

function expectUnchanged(value: unknown): void {
  const read = throughDisk(value);
  deepStrictEqual(read, structuredClone(value));
}

class Temperature {
  degrees = 21;
  get fahrenheit(): number {
    return this.degrees * 1.8 + 32;
  }
}

class WithToJson {
  inner = 'kept';
  toJSON(): string {
    return 'lost';
  }
}

const cyclic: { name: string; self?: unknown; list: unknown[] } = { name: 'cycle', list: [] };
cyclic.self = cyclic;
cyclic.list.push(cyclic, [cyclic]);

const sparse: unknown[] = [1, undefined];
sparse[5] = 'end';

const arrayWithProperty: unknown[] = Object.assign([1, 2], { extra: 'kept' });

const deep: { next?: unknown } = {};
let tip = deep;
for (let depth = 0; depth < 500; depth++) {
  const next = {};
  tip.next = next;
  tip = next;
}

const values: Record<string, unknown> = {
  undefined: undefined,
  null: null,
  true: true,
  'minus zero': -0,
  NaN: Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  'smallest number': Number.MIN_VALUE,
  'integer beyond 2^53': 2 ** 60,
  'big integer': -(2n ** 200n),
  'empty string': '',
  'string of many scripts': 'gl\u00f6ve \u624b\u888b \u{1f9e4}',
  'string with a byte order mark': '\ufeffmarked',
  'string with NUL and controls': '\0\u0001\r\n\u2028',
  'lone surrogate': 'a\ud800b',
  'reversed surrogates': '\udc00\ud800',
  'lone surrogate inside an object': { 'k\ud800': ['\udfff'] },
  'text that looks like JSON': '{"a":1}',
  'plain JSON': { list: [1, 'two', null, true, { three: [3.5e-7] }], nothing: {}, none: [] },
  'member order': { z: 1, a: 2, 10: 3, 9: 4 },
  'member undefined': { present: undefined },
  'member undefined in an array': [undefined, 1],
  'minus zero inside': { zero: -0, list: [-0] },
  'NaN inside': [Number.NaN, Number.NEGATIVE_INFINITY],
  'sparse array': sparse,
  'empty slots only': new Array(3),
  'array with a property': arrayWithProperty,
  'own __proto__ member': JSON.parse('{"__proto__":{"admin":true},"constructor":1,"toString":2}'),
  'no prototype': Object.assign(Object.create(null), { a: 1 }),
  date: new Date(1234567890123),
  'regular expression': /gl[o\u00f6]ve(?<box>box)?/giu,
  map: new Map<unknown, unknown>([
    ['a', 1],
    [{ key: 'object' }, new Map([[Number.NaN, -0]])],
  ]),
  set: new Set<unknown>([1, '1', undefined, [2]]),
  error: new Error('broken', { cause: 'because' }),
  'type error': new TypeError('mistyped'),
  'boxed number': Object(-0),
  'boxed string': Object('text'),
  'boxed boolean': Object(false),
  'boxed big integer': Object(7n),
  'class instance': new Temperature(),
  'object with toJSON of its class': new WithToJson(),
  'nested object with toJSON of its class': { inner: [new WithToJson()] },
  'object with a getter': {
    get computed(): number {
      return 3;
    },
  },
  cycle: cyclic,
  'five hundred levels': deep,
  'array buffer': new Uint8Array([1, 2, 3]).buffer,
  'empty array buffer': new ArrayBuffer(0),
  'data view': new DataView(new Uint8Array([0, 1, 2, 3, 4]).buffer, 1, 3),
  'empty bytes': new Uint8Array(0),
  'everything at once': {
    map: new Map([[new Date(1), new Set([1n, new Uint16Array([1, 2])])]]),
    list: [undefined, -0, /x/y, new RangeError('r')],
  },
};

const typedArrays = [
  new Int8Array([-128, 127]),
  new Uint8Array([0, 255]),
  new Uint8ClampedArray([0, 255]),
  new Int16Array([-32768, 32767]),
  new Uint16Array([0, 65535]),
  new Int32Array([-(2 ** 31), 2 ** 31 - 1]),
  new Uint32Array([0, 2 ** 32 - 1]),
  new Float32Array([0.5, Number.NaN, -0]),
  new Float64Array([Math.PI, Number.NaN, -0]),
  new BigInt64Array([-(2n ** 63n)]),
  new BigUint64Array([2n ** 64n - 1n]),
];

describe('a stored value comes back deeply equal', () => {
  it.each(Object.entries(values))('%s', (_name, value) => {
    expectUnchanged(value);
  });

  it.each(typedArrays.map((array) => [array.constructor.name, array] as const))('%s', (_name, array) => {
    expectUnchanged(array);
    expectUnchanged({ nested: [array] });
    expectUnchanged(array.subarray(1));
  });

  it('an invalid date', () => {
    // Not among the others: node:assert takes no invalid date for equal to another.
    const read = throughDisk([new Date(Number.NaN)]);
    expect(read).toStrictEqual([new Date(Number.NaN)]);
  });

  it('whatever structuredClone takes, of any shape', () => {
    const cache = openCache();
    const other = openCache({ cacheRoot: cache.cacheRoot, memoryMaxBytes: 0 });
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      withUnicodeString: true,
    });
    fc.assert(
      fc.property(anything.filter(hasNoInvalidDate), (value) => {
        cache.setSync('key', value);
        const expected = structuredClone(value);
        deepStrictEqual(other.getSync('key'), expected);
        deepStrictEqual(cache.getSync('key'), expected);
      }),
      { numRuns: 150 },
    );
  });

  it('a value of several MiB, by either face', async () => {
    const cache = openCache();
    const other = openCache({ cacheRoot: cache.cacheRoot, memoryMaxBytes: 0 });
    const bytes = Buffer.alloc(5 * 2 ** 20, 'glove');
    const text = 'gl\u00f6ve'.repeat(600_000);
    const list = Array.from({ length: 100_000 }, (_, index) => ({ index, name: `n${index}` }));
    for (const value of [bytes, text, list]) {
      cache.setSync('by sync', value);
      await cache.set('by async', value);
      deepStrictEqual(other.getSync('by async'), value);
      deepStrictEqual(await other.get('by sync'), value);
    }
  });
});

describe('buffers', () => {
  it('come back as buffers, and byte arrays as byte arrays', () => {
    const buffer = throughDisk(Buffer.from('bytes'));
    expect(Buffer.isBuffer(buffer)).toBe(true);
    const array = throughDisk(new Uint8Array([1, 2]));
    expect(Buffer.isBuffer(array)).toBe(false);
    deepStrictEqual(array, new Uint8Array([1, 2]));
  });

  it('that are a part of a larger one store only that part', () => {
    const cache = openCache();
    const whole = Buffer.alloc(1_000_000, 'x');
    cache.setSync('part', whole.subarray(500, 510));
    cache.setSync('nested', { part: new Uint8Array(whole.buffer, 0, 10) });
    expect(statSync(findEntry(cache, 'part').entry).size).toBe(10);
    expect(statSync(findEntry(cache, 'nested').entry).size).toBeLessThan(1000);
    expect(cache.getMetadataSync('part')?.size).toBe(10);
    expect(cache.getSync('part')).toEqual(Buffer.alloc(10, 'x'));
  });
});

describe('what lies on the disk', () => {
  const cases: [string, unknown, string][] = [
    ['a string', 'gl\u00f6ve', 'gl\u00f6ve'],
    ['a buffer', Buffer.from('bytes'), 'bytes'],
    ['a byte array', new Uint8Array([0x61, 0x62]), 'ab'],
    ['plain JSON', { a: [1, null] }, '{"a":[1,null]}'],
  ];

  it.each(cases)('of %s is the value itself', (_name, value, content) => {
    const cache = openCache();
    cache.setSync('key', value);
    expect(readFileSync(findEntry(cache, 'key').entry, 'utf8')).toBe(content);
  });
});

describe.each([
  ['with the memory tier', {}],
  ['without the memory tier', { memoryMaxBytes: 0 }],
])('what a caller changes does not change the cache, %s', (_name, options) => {
  async function readTwice(cache: DiskCacheManager, change: (value: unknown) => void): Promise<void> {
    // Several rounds: a value may be taken into memory by the set, or by the first or a later read.
    for (let round = 0; round < 3; round++) {
      change(cache.getSync('key'));
      change(await cache.get('key'));
    }
  }

  it('neither in the object that was stored nor in those that were read', async () => {
    const cache = openCache(options);
    const stored = { list: [1, 2, 3], nested: { deep: 'original' } };
    cache.setSync('key', stored);
    stored.list.push(4);
    stored.nested.deep = 'changed';
    await readTwice(cache, (value) => {
      deepStrictEqual(value, { list: [1, 2, 3], nested: { deep: 'original' } });
      Object.assign(value ?? {}, { list: 'changed', nested: null });
    });
  });

  it('in buffers', async () => {
    const cache = openCache(options);
    const stored = Buffer.from('original');
    cache.setSync('key', stored);
    stored.fill(0);
    await readTwice(cache, (value) => {
      if (!Buffer.isBuffer(value)) throw new Error('not a buffer');
      expect(value.toString()).toBe('original');
      value.fill(0);
    });
  });

  it('in maps, sets, dates and typed arrays', async () => {
    const cache = openCache(options);
    const make = () =>
      new Map<string, unknown>([
        ['set', new Set([1])],
        ['date', new Date(1)],
        ['array', new Float64Array([1])],
      ]);
    cache.setSync('key', make());
    await readTwice(cache, (value) => {
      deepStrictEqual(value, make());
      if (!(value instanceof Map)) return;
      const [members, date, array]: unknown[] = [...value.values()];
      if (members instanceof Set) members.add(2);
      if (date instanceof Date) date.setTime(2);
      if (array instanceof Float64Array) array.fill(2);
      value.clear();
    });
  });

  it('in the default it gave', () => {
    const cache = openCache(options);
    const fallback = { list: [1] };
    cache.getSync('key', fallback).list.push(2);
    expect(cache.getSync('key')).toBeUndefined();
  });
});
