import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CacheValueError } from '../../../src/errors.ts';
import { expectSound, openCache } from '../../support/open-cache.ts';
import { listEntryFolder } from '../../support/store-files.ts';

const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

const detached = new ArrayBuffer(8);
structuredClone(detached, { transfer: [detached] });

const refused: Record<string, unknown> = {
  'a function': () => 1,
  'a symbol': Symbol('s'),
  'a weak map': new WeakMap(),
  'a weak set': new WeakSet(),
  'a weak reference': new WeakRef({}),
  'a promise': Promise.resolve(1),
  'a boxed symbol': Object(Symbol('s')),
  'a blob': new Blob(['content']),
  'a key of node:crypto': createSecretKey(Buffer.alloc(16)),
  'a message port': new MessageChannel().port1,
  'a generator': (function* () {})(),
  'a revoked proxy': revoked,
  'shared memory': new SharedArrayBuffer(8),
  'a detached buffer': detached,
  'an object with a method': { name: 'n', run() {} },
  'an object with its own toJSON': { toJSON: () => 'x' },
  'a function deep inside': { list: [{ map: new Map([['f', () => 1]]) }] },
  'a symbol deep inside': [[[Symbol.iterator]]],
  'a getter that throws': {
    get broken(): never {
      throw new Error('from the getter');
    },
  },
};

describe('a value that cannot be stored is refused', () => {
  it.each(Object.entries(refused))('%s', async (_name, value) => {
    const cache = openCache();
    const isRefusal = (error: unknown) => {
      expect(error).toBeInstanceOf(CacheValueError);
      expect(error).toMatchObject({ code: 'ERR_CACHE_VALUE', key: 'key' });
      expect(error).toHaveProperty(
        'message',
        expect.stringMatching(/^value can't be stored: .+; it may hold what structuredClone takes, without /s),
      );
      return true;
    };
    expect(() => cache.setSync('key', value)).toThrow(expect.toSatisfy(isRefusal));
    await expect(cache.set('key', value)).rejects.toSatisfy(isRefusal);
    expect(listEntryFolder(cache)).toEqual([]);
    expect(cache.existsSync('key')).toBe(false);
  });

  it('and what was there before stays', async () => {
    const cache = openCache();
    cache.setSync('key', 'before');
    const files = listEntryFolder(cache);
    for (const value of Object.values(refused)) expect(() => cache.setSync('key', value)).toThrow(CacheValueError);
    expect(cache.getSync('key')).toBe('before');
    expect(listEntryFolder(cache)).toEqual(files);
    await expectSound(cache);
  });
});
