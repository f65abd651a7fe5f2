/**
 * What every cache that speaks the protocol must do, whichever way it stores.
 */

import { describe, expect, it } from 'vitest';
import { type CacheKeyLike, type CacheManager, isCacheManager } from '../../src/cache-manager.ts';
import { CacheArgumentError, CacheClosedError, CacheKeyError, CacheValueError } from '../../src/errors.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** What the suite asks of a cache's maker. */
export interface ConformanceOptions {
  /** The clock that the cache must use, in milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Runs the suite on the caches that `open` makes: each call gives an empty one, which `open` also disposes of. */
export function describeConformance(name: string, open: (options: ConformanceOptions) => CacheManager): void {
  const openEmpty = () => open({ clock: Date.now });

  describe(`conformance: ${name}`, () => {
    it('is recognised as a cache manager', () => {
      expect(isCacheManager(openEmpty())).toBe(true);
    });

    describe('get', () => {
      it('gives undefined for a key that was never set', async () => {
        expect(await openEmpty().get('nothing')).toBeUndefined();
      });

      it('gives the default for a key that was never set', async () => {
        const fallback = { fallback: true };
        expect(await openEmpty().get('nothing', fallback)).toBe(fallback);
      });

      it('gives the stored value and not the default, even where the value is falsy', async () => {
        const cache = openEmpty();
        for (const value of [undefined, null, false, 0, '']) {
          await cache.set('falsy', value);
          expect(await cache.get<unknown>('falsy', 'default')).toBe(value);
        }
      });
    });

    describe('set', () => {
      it('makes the value readable', async () => {
        const cache = openEmpty();
        await cache.set('key', { answer: 42 });
        expect(await cache.get('key')).toEqual({ answer: 42 });
      });

      it('replaces what was there, whatever its kind', async () => {
        const cache = openEmpty();
        for (const value of ['text', Buffer.from('bytes'), { plain: ['json'] }, new Map([[1, 2]]), 'text again']) {
          await cache.set('key', value);
          expect(await cache.get('key')).toEqual(value);
        }
        expect(await cache.keys()).toEqual(['key']);
      });

      it('reads the value before it returns its promise', async () => {
        const cache = openEmpty();
        const small = { state: 'at the call' };
        const large = Buffer.alloc(4 * 2 ** 20, 1);
        const storing = [cache.set('small', small), cache.set('large', large)];
        small.state = 'changed';
        large.fill(2);
        await Promise.all(storing);
        expect(await cache.get('small')).toEqual({ state: 'at the call' });
        const stored = await cache.get<Buffer>('large');
        expect(stored?.equals(Buffer.alloc(4 * 2 ** 20, 1))).toBe(true);
      });

      it('leaves the last of several concurrent calls readable', async () => {
        const cache = openEmpty();
        await Promise.all(Array.from({ length: 20 }, (_, turn) => cache.set('key', turn)));
        expect(await cache.get('key')).toBe(19);
        expect(await cache.keys()).toEqual(['key']);
      });

      it('leaves the last of several concurrent calls readable when their values differ much in size', async () => {
        const cache = openEmpty();
        const sizes = [3 * 2 ** 20, 10, 2 ** 20, 100];
        await Promise.all(sizes.map((size) => cache.set('key', Buffer.alloc(size, size % 251))));
        expect((await cache.get<Buffer>('key'))?.length).toBe(100);
      });
    });

    describe('keys', () => {
      it('may be any well-formed string up to 64 KiB', async () => {
        const cache = openEmpty();
        const keys = [
          ' ',
          '.',
          '..',
          '../../etc/passwd',
          'a/b',
          'a\\b',
          'a:b',
          'a',
          'A',
          'C:\\CON',
          'u?id=1',
          'u?id=2',
          '__proto__',
          'constructor',
          '\0',
          'line\nbreak',
          '\u{1f9e4}',
          'e\u0301',
          '\u00e9',
          'k'.repeat(64 * 1024),
        ];
        for (const [position, key] of keys.entries()) await cache.set(key, position);
        for (const [position, key] of keys.entries()) expect(await cache.get(key)).toBe(position);
        expect(new Set(await cache.keys())).toEqual(new Set(keys));
      });

      it('are the same for objects with the same members in any order', async () => {
        const cache = openEmpty();
        await cache.set({ a: 1, b: { c: [1, 2], d: null } }, 'found');
        expect(await cache.get({ b: { d: null, c: [1, 2] }, a: 1 })).toBe('found');
        expect(await cache.get({ a: 1, b: { c: [2, 1], d: null } })).toBeUndefined();
        expect(await cache.keys()).toEqual(['{"a":1,"b":{"c":[1,2],"d":null}}']);
      });

      it('may be arrays', async () => {
        const cache = openEmpty();
        await cache.set(['user', 1], 'one');
        expect(await cache.get(['user', 1])).toBe('one');
        expect(await cache.get(['user', '1'])).toBeUndefined();
      });

      it('are listed while they are live', async () => {
        const clock = new ManualClock();
        const cache = open({ clock: clock.now });
        expect(await cache.keys()).toEqual([]);
        await cache.set('lasting', 1);
        await cache.set('brief', 1, { ttl: 10 });
        await cache.set('deleted', 1);
        await cache.delete('deleted');
        expect((await cache.keys()).sort()).toEqual(['brief', 'lasting']);
        clock.advance(11);
        expect(await cache.keys()).toEqual(['lasting']);
      });
    });

    describe('delete', () => {
      it('removes a live entry and says so, once', async () => {
        const cache = openEmpty();
        await cache.set('key', 1);
        expect(await cache.delete('key')).toBe(true);
        expect(await cache.get('key')).toBeUndefined();
        expect(await cache.delete('key')).toBe(false);
      });

      it('says that there was none where the entry had expired', async () => {
        const clock = new ManualClock();
        const cache = open({ clock: clock.now });
        await cache.set('key', 1, { ttl: 1 });
        clock.advance(2);
        expect(await cache.delete('key')).toBe(false);
      });

      it('lets the key be set again', async () => {
        const cache = openEmpty();
        await cache.set('key', 'old');
        await cache.delete('key');
        await cache.set('key', 'new');
        expect(await cache.get('key')).toBe('new');
      });
    });

    describe('deleteMany', () => {
      it('removes the keys it is given and counts those that were live', async () => {
        const cache = openEmpty();
        for (const key of ['a', 'b', 'c']) await cache.set(key, key);
        expect(await cache.deleteMany(['a', 'b', 'missing', 'a'])).toBe(2);
        expect(await cache.keys()).toEqual(['c']);
      });

      it('takes any iterable', async () => {
        const cache = openEmpty();
        await cache.set(['n', 1], 1);
        await cache.set('b', 1);
        function* some(): Generator<CacheKeyLike> {
          yield ['n', 1];
          yield 'b';
        }
        expect(await cache.deleteMany(some())).toBe(2);
        expect(await cache.deleteMany(new Set(['b']))).toBe(0);
        expect(await cache.deleteMany([])).toBe(0);
      });

      it('removes nothing when one of the keys is malformed', async () => {
        const cache = openEmpty();
        await cache.set('a', 1);
        await expect(cache.deleteMany(['a', ''])).rejects.toThrow(CacheKeyError);
        expect(await cache.exists('a')).toBe(true);
      });
    });

    describe('clear', () => {
      it('removes everything and leaves the cache usable', async () => {
        const cache = openEmpty();
        for (let turn = 0; turn < 20; turn++) await cache.set(['n', turn], turn);
        await cache.clear();
        expect(await cache.keys()).toEqual([]);
        expect(await cache.get(['n', 1])).toBeUndefined();
        expect((await cache.getStats()).totalKeys).toBe(0);
        expect((await cache.getStats()).sizeBytes).toBe(0);
        await cache.set(['n', 1], 'new');
        expect(await cache.get(['n', 1])).toBe('new');
      });
    });

    describe('exists', () => {
      it('tells whether a key has a live entry', async () => {
        const clock = new ManualClock();
        const cache = open({ clock: clock.now });
        expect(await cache.exists('key')).toBe(false);
        await cache.set('key', undefined, { ttl: 10 });
        expect(await cache.exists('key')).toBe(true);
        clock.advance(11);
        expect(await cache.exists('key')).toBe(false);
      });
    });

    describe('getMetadata', () => {
      it('describes a live entry', async () => {
        const clock = new ManualClock();
        const cache = open({ clock: clock.now });
        const setAt = clock.now();
        await cache.set({ b: 1, a: 2 }, 'gl\u00f6ve', { ttl: 60 });
        clock.advance(20);
        const metadata = await cache.getMetadata({ a: 2, b: 1 });
        expect(metadata).toMatchObject({ key: '{"a":2,"b":1}', size: 6, ttl: 60, isExpired: false });
        expect(metadata?.created.getTime()).toBe(setAt);
        expect(metadata?.accessed.getTime()).toBe(setAt);
        expect(metadata?.ageSeconds).toBeCloseTo(20, 3);
      });

      it('has no ttl for an entry that does not expire', async () => {
        const cache = openEmpty();
        await cache.set('key', Buffer.from('12345'));
        const metadata = await cache.getMetadata('key');
        expect(metadata).toMatchObject({ key: 'key', size: 5, isExpired: false });
        expect(metadata?.ttl).toBeUndefined();
      });

      it('gives the time of the last read, which itself does not count as one', async () => {
        const clock = new ManualClock();
        const cache = open({ clock: clock.now });
        await cache.set('key', 1);
        clock.advance(100);
        await cache.get('key');
        const readAt = clock.now();
        clock.advance(100);
        await cache.getMetadata('key');
        await cache.exists('key');
        clock.advance(100);
        // File systems keep times as fractions of a second; on the way there and back a millisecond may be lost.
        const accessed = (await cache.getMetadata('key'))?.accessed.getTime() ?? 0;
        expect(Math.abs(accessed - readAt)).toBeLessThanOrEqual(1);
      });

      it('is undefined for a key without an entry', async () => {
        expect(await openEmpty().getMetadata('nothing')).toBeUndefined();
      });
    });

    describe('getStats', () => {
      it('starts at zero', async () => {
        expect(await openEmpty().getStats()).toEqual({
          hits: 0,
          misses: 0,
          totalKeys: 0,
          sizeBytes: 0,
          sizeMb: 0,
          hitRate: 0,
          missRate: 0,
          evictions: 0,
          expirations: 0,
          errors: 0,
        });
      });

      it('counts hits and misses, also those answered from memory', async () => {
        const cache = openEmpty();
        await cache.set('key', 1);
        for (let turn = 0; turn < 3; turn++) await cache.get('key');
        await cache.get('missing');
        expect(await cache.getStats()).toMatchObject({
          hits: 3,
          misses: 1,
          hitRate: 0.75,
          missRate: 0.25,
          totalKeys: 1,
        });
      });

      it('counts an entry that expired as a miss, and not among the keys', async () => {
        const clock = new ManualClock();
        const cache = open({ clock: clock.now });
        await cache.set('key', 1, { ttl: 5 });
        clock.advance(6);
        expect((await cache.getStats()).totalKeys).toBe(0);
        await cache.get('key');
        expect(await cache.getStats()).toMatchObject({ hits: 0, misses: 1, totalKeys: 0, errors: 0 });
      });

      it('follows what is stored', async () => {
        const cache = openEmpty();
        await cache.set('a', Buffer.alloc(100_000));
        const one = await cache.getStats();
        expect(one.sizeBytes).toBeGreaterThanOrEqual(100_000);
        expect(one.sizeMb).toBe(one.sizeBytes / 2 ** 20);
        await cache.set('a', 'small');
        const smaller = await cache.getStats();
        expect(smaller.sizeBytes).toBeLessThan(one.sizeBytes);
        expect(smaller.totalKeys).toBe(1);
        await cache.delete('a');
        expect(await cache.getStats()).toMatchObject({ totalKeys: 0, sizeBytes: 0 });
      });
    });

    describe('expiry', () => {
      it('counts from the set, up to the ttl', async () => {
        const clock = new ManualClock();
        const cache = open({ clock: clock.now });
        await cache.set('key', 'value', { ttl: 10 });
        clock.advance(9.999);
        expect(await cache.get('key')).toBe('value');
        clock.advance(0.001);
        expect(await cache.get('key')).toBeUndefined();
        expect(await cache.get('key', 'default')).toBe('default');
      });

      it('is renewed, changed and dropped by the next set', async () => {
        const clock = new ManualClock();
        const cache = open({ clock: clock.now });
        await cache.set('renewed', 1, { ttl: 10 });
        await cache.set('dropped', 1, { ttl: 10 });
        clock.advance(8);
        await cache.set('renewed', 2, { ttl: 10 });
        await cache.set('dropped', 2);
        clock.advance(8);
        expect(await cache.get('renewed')).toBe(2);
        clock.advance(3);
        expect(await cache.get('renewed')).toBeUndefined();
        expect(await cache.get('dropped')).toBe(2);
      });

      it('may come after a fraction of a second', async () => {
        const clock = new ManualClock();
        const cache = open({ clock: clock.now });
        await cache.set('key', 1, { ttl: 0.25 });
        clock.advance(0.2);
        expect(await cache.exists('key')).toBe(true);
        clock.advance(0.1);
        expect(await cache.exists('key')).toBe(false);
      });

      it('may lie far in the future', async () => {
        const clock = new ManualClock();
        const cache = open({ clock: clock.now });
        await cache.set('key', 1, { ttl: Number.MAX_VALUE });
        clock.advance(3_000_000_000);
        expect(await cache.get('key')).toBe(1);
      });
    });

    describe('cleanup', () => {
      it('removes what has expired and counts it', async () => {
        const clock = new ManualClock();
        const cache = open({ clock: clock.now });
        await cache.set('lasting', 1);
        for (const key of ['a', 'b', 'c']) await cache.set(key, 1, { ttl: 10 });
        expect(await cache.cleanup()).toBe(0);
        clock.advance(11);
        expect(await cache.cleanup()).toBe(3);
        expect(await cache.cleanup()).toBe(0);
        expect((await cache.getStats()).expirations).toBe(3);
        expect(await cache.keys()).toEqual(['lasting']);
      });
    });

    describe('withLock', () => {
      it('gives what the action gives', async () => {
        const cache = openEmpty();
        expect(await cache.withLock('key', () => 'at once')).toBe('at once');
        expect(await cache.withLock('key', async () => 'later')).toBe('later');
      });

      it('runs one action at a time under a key', async () => {
        const cache = openEmpty();
        await cache.set('counter', 0);
        const increment = () =>
          cache.withLock('counter', async () => {
            const count = await cache.get<number>('counter', Number.NaN);
            await new Promise(setImmediate);
            await cache.set('counter', count + 1);
          });
        await Promise.all(Array.from({ length: 8 }, increment));
        expect(await cache.get('counter')).toBe(8);
      });

      it('does not hold back actions under other keys', async () => {
        const cache = openEmpty();
        const order: string[] = [];
        await cache.withLock('outer', async () => {
          await cache.withLock('inner', () => {
            order.push('inner');
          });
          order.push('outer');
        });
        expect(order).toEqual(['inner', 'outer']);
      });

      it('passes on what the action throws, and frees the lock', async () => {
        const cache = openEmpty();
        const failure = new Error('from the action');
        await expect(
          cache.withLock('key', () => {
            throw failure;
          }),
        ).rejects.toBe(failure);
        expect(await cache.withLock('key', () => 'free', { timeout: 1 })).toBe('free');
      });
    });

    describe('wrong arguments', () => {
      it('are rejections, never thrown before there is a promise', async () => {
        const cache = openEmpty();
        const calls = [
          () => cache.get(''),
          () => cache.set('', 1),
          () => cache.delete(''),
          () => cache.deleteMany(['']),
          () => cache.exists(''),
          () => cache.getMetadata(''),
          () => cache.withLock('', () => 1),
        ];
        for (const call of calls) {
          const outcome = call();
          await expect(outcome).rejects.toThrow(CacheKeyError);
        }
        await expect(cache.set('key', 1, { ttl: 0 })).rejects.toThrow(CacheArgumentError);
        await expect(cache.set('key', () => 1)).rejects.toThrow(CacheValueError);
      });
    });

    describe('close', () => {
      it('can be called again and again', async () => {
        const cache = openEmpty();
        await cache.close();
        await cache.close();
      });

      it('is what disposal does', async () => {
        const cache = openEmpty();
        await cache[Symbol.asyncDispose]();
        await expect(cache.get('key')).rejects.toThrow(CacheClosedError);
      });

      it('makes every other call fail', async () => {
        const cache = openEmpty();
        await cache.close();
        const calls = [
          () => cache.get('key'),
          () => cache.set('key', 1),
          () => cache.delete('key'),
          () => cache.deleteMany(['key']),
          () => cache.clear(),
          () => cache.exists('key'),
          () => cache.getMetadata('key'),
          () => cache.getStats(),
          () => cache.cleanup(),
          () => cache.keys(),
          () => cache.withLock('key', () => 1),
        ];
        for (const call of calls) await expect(call()).rejects.toThrow(CacheClosedError);
      });
    });
  });
}
