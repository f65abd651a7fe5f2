import { describe, expect, test } from 'vitest';
import { type CacheManager, isCacheManager, type SyncCacheManager } from '../src/cache-manager.ts';
import { DisabledCache } from '../src/disabled-cache.ts';
import { CacheClosedError, CacheError, CacheTagError, CacheTimeoutError } from '../src/errors.ts';
import { withTestCache } from '../src/testing/index.ts';

/** A promise and its `resolve`. */
function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

/** Calls that take a key, asynchronous and synchronous. */
const keyed: readonly [string, (cache: SyncCacheManager, key: string) => unknown][] = [
  ['get', (cache, key) => cache.get(key)],
  ['set', (cache, key) => cache.set(key, 1)],
  ['delete', (cache, key) => cache.delete(key)],
  ['deleteMany', (cache, key) => cache.deleteMany(['sound', key])],
  ['exists', (cache, key) => cache.exists(key)],
  ['getMetadata', (cache, key) => cache.getMetadata(key)],
  ['withLock', (cache, key) => cache.withLock(key, () => 1)],
  ['getSync', (cache, key) => cache.getSync(key)],
  ['setSync', (cache, key) => cache.setSync(key, 1)],
  ['deleteSync', (cache, key) => cache.deleteSync(key)],
  ['deleteManySync', (cache, key) => cache.deleteManySync(['sound', key])],
  ['existsSync', (cache, key) => cache.existsSync(key)],
  ['getMetadataSync', (cache, key) => cache.getMetadataSync(key)],
];
const unkeyed: readonly [string, (cache: SyncCacheManager) => unknown][] = [
  ['clear', (cache) => cache.clear()],
  ['getStats', (cache) => cache.getStats()],
  ['cleanup', (cache) => cache.cleanup()],
  ['keys', (cache) => cache.keys()],
  ['clearSync', (cache) => cache.clearSync()],
  ['getStatsSync', (cache) => cache.getStatsSync()],
  ['cleanupSync', (cache) => cache.cleanupSync()],
  ['keysSync', (cache) => cache.keysSync()],
];

/** What a call throws or rejects with; asynchronous calls must not throw. */
async function outcome(name: string, call: () => unknown): Promise<unknown> {
  try {
    const result = call();
    if (!name.endsWith('Sync')) expect(result).toBeInstanceOf(Promise);
    return await result;
  } catch (error) {
    return error;
  }
}

describe('a disabled cache', () => {
  test('is a cache manager', () => {
    const cache: CacheManager = new DisabledCache({ tag: 'layout' });
    expect(isCacheManager(cache)).toBe(true);
    expect(cache).toMatchObject({ tag: 'layout', closed: false });
    expect(new DisabledCache().tag).toBe('default');
  });

  test('misses whatever was set', async () => {
    const cache = new DisabledCache();
    await cache.set('key', 'value', { ttl: 60 });
    cache.setSync('key', 'value');
    expect(await cache.get('key')).toBeUndefined();
    expect(await cache.get('key', 'default')).toBe('default');
    expect(cache.getSync('key', 'default')).toBe('default');
    expect(await cache.exists('key')).toBe(false);
    expect(await cache.getMetadata('key')).toBeUndefined();
    expect(await cache.delete('key')).toBe(false);
    expect(await cache.deleteMany(['key', { a: 1 }])).toBe(0);
    expect(await cache.keys()).toEqual([]);
    expect(await cache.cleanup()).toBe(0);
    await cache.clear();
  });

  test('counts its misses', async () => {
    const cache = new DisabledCache();
    await cache.get('a');
    cache.getSync('b');
    expect(await cache.getStats()).toEqual({
      hits: 0,
      misses: 2,
      totalKeys: 0,
      sizeBytes: 0,
      sizeMb: 0,
      hitRate: 0,
      missRate: 1,
      evictions: 0,
      expirations: 0,
      errors: 0,
    });
  });
});

describe('what a disk cache refuses, a disabled one refuses in the same words', () => {
  /** Says of wrong arguments from JavaScript, which has no types to stop them, that they are right. */
  function untyped<T>(value: unknown): T;
  function untyped(value: unknown): unknown {
    return value;
  }

  const malformed = [
    '',
    '\ud800',
    'k'.repeat(64 * 1024 + 1),
    null,
    undefined,
    5,
    { when: new Date(0) },
    { n: Number.NaN },
  ];
  const wrong: readonly [string, (cache: SyncCacheManager) => unknown][] = [
    ...keyed.flatMap(([name, call]) =>
      malformed.map((key, index): [string, (cache: SyncCacheManager) => unknown] => [
        `${name}, key ${index}`,
        (cache) => call(cache, untyped(key)),
      ]),
    ),
    ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY, '60', null].map((ttl): (typeof wrong)[number] => [
      `setSync, ttl ${ttl}`,
      (cache) => cache.setSync('key', 1, { ttl: untyped(ttl) }),
    ]),
    ['set, ttl', (cache) => cache.set('key', 1, { ttl: 0 })],
    ['setSync, options', (cache) => cache.setSync('key', 1, untyped(60))],
    ['set, a function', (cache) => cache.set('key', () => 1)],
    ['setSync, a symbol', (cache) => cache.setSync('key', { deep: [Symbol('s')] })],
    ['setSync, all wrong at once', (cache) => cache.setSync('', () => 1, { ttl: 0 })],
    ['deleteMany, a string', (cache) => cache.deleteMany('key')],
    ['deleteManySync, nothing', (cache) => cache.deleteManySync(untyped(undefined))],
    ['withLock, no action', (cache) => cache.withLock('key', untyped(undefined))],
    ['withLock, timeout', (cache) => cache.withLock('key', () => 1, { timeout: Number.NaN })],
  ];

  test('all sorts of wrong arguments', () =>
    withTestCache(async (disk) => {
      const disabled = new DisabledCache();
      for (const [name, call] of wrong) {
        const expected = await outcome(name, () => call(disk));
        expect(expected, name).toBeInstanceOf(CacheError);
        expect(await outcome(name, () => call(disabled)), name).toEqual(expected);
      }
    }));

  test('use after close', () =>
    withTestCache(async (disk) => {
      const disabled = new DisabledCache();
      disk.closeSync();
      disabled.closeSync();
      for (const [name, call] of [...keyed, ...unkeyed]) {
        const expected = await outcome(name, () => call(disk, 'key'));
        expect(expected, name).toBeInstanceOf(CacheClosedError);
        expect(await outcome(name, () => call(disabled, 'key')), name).toEqual(expected);
      }
    }));

  test('options that are wrong', () => {
    expect(() => new DisabledCache({ tag: 'a/b' })).toThrow(CacheTagError);
    expect(() => new DisabledCache({ timeout: -1 })).toThrow(
      'timeout must be a positive finite number of seconds, got -1',
    );
  });

  test('but nothing that is right', async () => {
    const disabled = new DisabledCache();
    for (const [name, call] of keyed)
      expect(await outcome(name, () => call(disabled, 'key'))).not.toBeInstanceOf(Error);
  });
});

describe('close', () => {
  test('can be called again, and disposal is a close', async () => {
    const cache = new DisabledCache();
    cache.closeSync();
    await cache.close();
    const disposed = new DisabledCache();
    disposed[Symbol.dispose]();
    expect(disposed.closed).toBe(true);
    const disposedLater = new DisabledCache();
    await disposedLater[Symbol.asyncDispose]();
    expect(disposedLater.closed).toBe(true);
  });
});

describe('withLock', () => {
  test('runs actions under one key one after the other, in the order of the calls', async () => {
    const cache = new DisabledCache();
    const events: string[] = [];
    const action = (name: string) => async () => {
      events.push(`${name} begins`);
      await new Promise(setImmediate);
      events.push(`${name} ends`);
      return name;
    };
    const names = await Promise.all(['a', 'b', 'c'].map((name) => cache.withLock({ b: 1, a: 2 }, action(name))));
    expect(names).toEqual(['a', 'b', 'c']);
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  test('does not keep actions under different keys apart', async () => {
    const cache = new DisabledCache();
    const inner = await cache.withLock('outer', () => cache.withLock('inner', () => 'ran'));
    expect(inner).toBe('ran');
  });

  test('is free again after an action that failed', async () => {
    const cache = new DisabledCache();
    const failure = new Error('of the action');
    const failing = cache.withLock('key', () => {
      throw failure;
    });
    await expect(failing).rejects.toBe(failure);
    expect(await cache.withLock('key', () => 'ran')).toBe('ran');
  });

  test('says once that it waits, and only where it does', async () => {
    const cache = new DisabledCache();
    const { passed, open } = gate();
    let waits = 0;
    const onWait = () => {
      waits++;
    };
    const first = cache.withLock('key', () => passed, { onWait });
    const second = cache.withLock('key', () => 'ran', { onWait });
    await new Promise(setImmediate);
    expect(waits).toBe(1);
    open();
    await first;
    expect(await second).toBe('ran');
    expect(waits).toBe(1);
  });

  test('gives up after the timeout without calling the action', async () => {
    const cache = new DisabledCache({ timeout: 0.02 });
    const { passed, open } = gate();
    let ran = false;
    const holder = cache.withLock('key', () => passed);
    const waiter = cache.withLock('key', () => {
      ran = true;
    });
    await expect(waiter).rejects.toThrow(CacheTimeoutError);
    await expect(waiter).rejects.toThrow('waited 0.02 s');
    open();
    await holder;
    expect(ran).toBe(false);
  });

  test('those behind one who gave up still wait for the holder', async () => {
    const cache = new DisabledCache();
    const { passed, open } = gate();
    const events: string[] = [];
    const holder = cache.withLock('key', async () => {
      await passed;
      events.push('holder done');
    });
    await expect(cache.withLock('key', () => 1, { timeout: 0.01 })).rejects.toThrow(CacheTimeoutError);
    const behind = cache.withLock('key', () => events.push('behind'));
    await new Promise(setImmediate);
    open();
    await Promise.all([holder, behind]);
    expect(events).toEqual(['holder done', 'behind']);
  });

  test('can wait for longer than a timer can', async () => {
    const cache = new DisabledCache();
    const { passed, open } = gate();
    const holder = cache.withLock('key', () => passed);
    const patient = cache.withLock('key', () => 'ran', { timeout: 1e12 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    open();
    await holder;
    expect(await patient).toBe('ran');
  });
});
