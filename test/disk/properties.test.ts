/**
 * Random sequences of all operations, compared step by step with a `Map` and a clock.
 */

import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CacheKeyLike } from '../../src/cache-manager.ts';
import { DiskCacheManager } from '../../src/disk/disk-cache-manager.ts';
import type { DiskCacheOptions } from '../../src/disk/options.ts';
import { canonicalKey } from '../../src/disk/value/key.ts';
import { trickyStrings } from '../support/arbitraries.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { withTempRoot } from '../support/temp-root.ts';

/** What the cache must hold: values by canonical key, each with the time it expires. */
class Model {
  readonly #entries = new Map<string, { value: unknown; expires: number }>();
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  set(key: CacheKeyLike, value: unknown, ttl = Number.POSITIVE_INFINITY): void {
    this.#entries.set(canonicalKey(key), { value, expires: this.#clock.now() + ttl * 1000 });
  }

  has(key: CacheKeyLike): boolean {
    const entry = this.#entries.get(canonicalKey(key));
    return entry !== undefined && this.#clock.now() < entry.expires;
  }

  get(key: CacheKeyLike, defaultValue?: unknown): unknown {
    return this.has(key) ? this.#entries.get(canonicalKey(key))?.value : defaultValue;
  }

  delete(key: CacheKeyLike): boolean {
    const wasLive = this.has(key);
    this.#entries.delete(canonicalKey(key));
    return wasLive;
  }

  clear(): void {
    this.#entries.clear();
  }

  keys(): string[] {
    return [...this.#entries.keys()].filter((key) => this.has(key)).sort();
  }

  /** Forgets what has expired; returns how many that were. */
  expire(): number {
    const expired = [...this.#entries.keys()].filter((key) => !this.has(key));
    for (const key of expired) this.#entries.delete(key);
    return expired.length;
  }
}

/** One or more instances on one folder, and what they must agree with. */
class Setting {
  readonly clock = new ManualClock();
  readonly model = new Model(this.clock);
  readonly #options: DiskCacheOptions;
  readonly #instances: DiskCacheManager[];

  constructor(cacheRoot: string, instances: number, options: Partial<DiskCacheOptions>) {
    this.#options = { cacheRoot, clock: this.clock.now, ...options };
    this.#instances = Array.from({ length: instances }, () => new DiskCacheManager(this.#options));
  }

  instance(number: number): DiskCacheManager {
    const instance = this.#instances[number % this.#instances.length];
    if (!instance) throw new Error('no instance');
    return instance;
  }

  reopen(number: number): void {
    const position = number % this.#instances.length;
    this.instance(position).closeSync();
    this.#instances[position] = new DiskCacheManager(this.#options);
  }

  /** Every instance, and one that starts cold, must hold exactly what the model does. */
  async expectAgreement(): Promise<void> {
    this.#instances.push(new DiskCacheManager(this.#options));
    for (const instance of this.#instances) {
      deepStrictEqual(instance.keysSync().sort(), this.model.keys());
      for (const key of this.model.keys()) deepStrictEqual(instance.getSync(key), this.model.get(key));
      deepStrictEqual(instance.getStatsSync().errors, 0);
    }
    const report = await this.instance(0).check();
    deepStrictEqual(report.problems, []);
  }

  close(): void {
    for (const instance of this.#instances) instance.closeSync();
  }
}

/** One operation: carried out on cache and model alike, which must answer alike. */
interface Operation {
  run(setting: Setting): Promise<void>;
  toString(): string;
}

const keyPool: fc.Arbitrary<CacheKeyLike> = fc.constantFrom<CacheKeyLike>(
  'a',
  'b',
  'a/b',
  '__proto__',
  { a: 1, b: 2 },
  { b: 2, a: 1 },
  ['x', 1],
);

const values: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.integer() },
  { weight: 2, arbitrary: trickyStrings },
  { weight: 2, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.uint8Array().map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.nat(300_000).map((length) => Buffer.alloc(length, length % 256)) },
  { weight: 1, arbitrary: fc.dictionary(fc.string(), fc.bigInt()).map((members) => new Map(Object.entries(members))) },
);

const ttls = fc.option(fc.constantFrom(0.5, 2, 10, 1000), { nil: undefined });

/** Calls that are made without waiting for each other, each on a key of its own. */
const concurrentCalls = fc.uniqueArray(fc.tuple(keyPool, values, fc.nat(2)), {
  selector: ([key]) => canonicalKey(key),
});

/** Makes an operation that is printed as a call, on one of the instances and by one of the faces. */
function operation<A>(
  name: string,
  argument: fc.Arbitrary<A>,
  run: (setting: Setting, cache: DiskCacheManager, sync: boolean, argument: A) => Promise<void>,
): fc.Arbitrary<Operation> {
  return fc.record({ number: fc.nat(1), sync: fc.boolean(), argument }).map((chosen) => ({
    run: (setting) => run(setting, setting.instance(chosen.number), chosen.sync, chosen.argument),
    toString: () => `${name}${chosen.sync ? 'Sync' : ''}@${chosen.number}(${fc.stringify(chosen.argument)})`,
  }));
}

const operations: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: operation('set', fc.tuple(keyPool, values, ttls), async ({ model }, cache, sync, [key, value, ttl]) => {
      if (sync) cache.setSync(key, value, { ttl });
      else await cache.set(key, value, { ttl });
      model.set(key, value, ttl);
    }),
  },
  {
    weight: 6,
    arbitrary: operation('get', keyPool, async ({ model }, cache, sync, key) => {
      deepStrictEqual(sync ? cache.getSync(key) : await cache.get(key), model.get(key));
    }),
  },
  {
    weight: 1,
    arbitrary: operation('getOrDefault', keyPool, async ({ model }, cache, sync, key) => {
      const read = sync ? cache.getSync<unknown>(key, 'default') : await cache.get<unknown>(key, 'default');
      deepStrictEqual(read, model.get(key, 'default'));
    }),
  },
  {
    weight: 3,
    arbitrary: operation('delete', keyPool, async ({ model }, cache, sync, key) => {
      deepStrictEqual(sync ? cache.deleteSync(key) : await cache.delete(key), model.delete(key));
    }),
  },
  {
    weight: 1,
    arbitrary: operation('deleteMany', fc.array(keyPool), async ({ model }, cache, sync, keys) => {
      const removed = sync ? cache.deleteManySync(keys) : await cache.deleteMany(keys);
      deepStrictEqual(removed, keys.filter((key) => model.delete(key)).length);
    }),
  },
  {
    weight: 1,
    arbitrary: operation('clear', fc.constant(undefined), async ({ model }, cache, sync) => {
      if (sync) cache.clearSync();
      else await cache.clear();
      model.clear();
    }),
  },
  {
    weight: 2,
    arbitrary: operation('exists', keyPool, async ({ model }, cache, sync, key) => {
      deepStrictEqual(sync ? cache.existsSync(key) : await cache.exists(key), model.has(key));
    }),
  },
  {
    weight: 2,
    arbitrary: operation('getMetadata', keyPool, async ({ model }, cache, sync, key) => {
      const metadata = sync ? cache.getMetadataSync(key) : await cache.getMetadata(key);
      deepStrictEqual(metadata !== undefined && !metadata.isExpired, model.has(key));
      if (metadata) deepStrictEqual(metadata.key, canonicalKey(key));
    }),
  },
  {
    weight: 1,
    arbitrary: operation('keys', fc.constant(undefined), async ({ model }, cache, sync) => {
      deepStrictEqual((sync ? cache.keysSync() : await cache.keys()).sort(), model.keys());
    }),
  },
  {
    weight: 1,
    arbitrary: operation('getStats', fc.constant(undefined), async ({ model }, cache, sync) => {
      const stats = sync ? cache.getStatsSync() : await cache.getStats();
      deepStrictEqual(stats.totalKeys, model.keys().length);
      deepStrictEqual(stats.errors, 0);
      deepStrictEqual(stats.evictions, 0);
    }),
  },
  {
    weight: 1,
    arbitrary: operation('cleanup', fc.constant(undefined), async ({ model }, cache, sync) => {
      const removed = sync ? cache.cleanupSync() : await cache.cleanup();
      // A read may have removed an expired entry before.
      expect(removed).toBeLessThanOrEqual(model.expire());
    }),
  },
  {
    weight: 1,
    arbitrary: operation('check', fc.constant(undefined), async ({ model }, cache) => {
      const report = await cache.check();
      deepStrictEqual(report.problems, []);
      expect(report.entries).toBeGreaterThanOrEqual(model.keys().length);
    }),
  },
  {
    weight: 1,
    arbitrary: operation('increment', keyPool, async ({ model }, cache, _sync, key) => {
      const count = await cache.withLock(key, async () => {
        const before = await cache.get<unknown>(key);
        const after = typeof before === 'number' ? before + 1 : 0;
        await cache.set(key, after);
        return after;
      });
      const before = model.get(key);
      model.set(key, typeof before === 'number' ? before + 1 : 0);
      deepStrictEqual(count, model.get(key));
    }),
  },
  {
    weight: 1,
    arbitrary: operation('concurrently', concurrentCalls, async ({ model }, cache, _sync, calls) => {
      await Promise.all(
        calls.map(async ([key, value, choice]) => {
          if (choice === 0) {
            const expected = model.get(key);
            deepStrictEqual(await cache.get(key), expected);
          } else if (choice === 1) {
            await cache.set(key, value);
            model.set(key, value);
          } else {
            const expected = model.delete(key);
            deepStrictEqual(await cache.delete(key), expected);
          }
        }),
      );
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(0.4, 1, 5, 100, 2000).map((seconds) => ({
      run: async ({ clock }: Setting) => clock.advance(seconds),
      toString: () => `advance(${seconds})`,
    })),
  },
  {
    weight: 1,
    arbitrary: fc.nat(1).map((number) => ({
      run: async (setting: Setting) => setting.reopen(number),
      toString: () => `reopen@${number}`,
    })),
  },
);

const sequences = fc.array(operations, { minLength: 1, maxLength: 60, size: 'max' });

function expectAgreement(instances: number, options: Partial<DiskCacheOptions>, numRuns: number): Promise<void> {
  return fc.assert(
    fc.asyncProperty(sequences, (sequence) =>
      withTempRoot(async (root) => {
        const setting = new Setting(root, instances, options);
        try {
          for (const step of sequence) await step.run(setting);
          await setting.expectAgreement();
        } finally {
          setting.close();
        }
      }),
    ),
    { numRuns },
  );
}

describe('any sequence of operations answers like a map with a clock', () => {
  it('on one instance', () => expectAgreement(1, {}, 40));

  it('on one instance without a memory tier', () => expectAgreement(1, { memoryMaxBytes: 0 }, 20));

  it('on two instances of one folder', () => expectAgreement(2, {}, 60));

  it('on two instances whose memory tier is too small for what they read', () =>
    expectAgreement(2, { memoryMaxBytes: 2000 }, 20));
});

describe('any sequence of operations on a cache that is too small', () => {
  const limit = 64 * 1024;
  const smallValues = fc.nat(30_000).map((length) => Buffer.alloc(length, length % 256));
  const steps = fc.array(
    fc.record({
      number: fc.nat(1),
      key: fc.nat(15),
      value: fc.option(smallValues, { nil: undefined }),
      ttl: ttls,
      seconds: fc.constantFrom(0, 0, 2),
    }),
    { minLength: 10, maxLength: 80, size: 'max' },
  );

  it('stays within the limit after each set, and never answers with a value that is not the last', () =>
    fc.assert(
      fc.asyncProperty(steps, (sequence) =>
        withTempRoot(async (root) => {
          const setting = new Setting(root, 2, { maxSizeBytes: limit });
          const { clock, model } = setting;
          try {
            for (const { number, key, value, ttl, seconds } of sequence) {
              const cache = setting.instance(number);
              if (value) {
                cache.setSync(['n', key], value, { ttl });
                model.set(['n', key], value, ttl);
                expect(cache.getStatsSync().sizeBytes).toBeLessThanOrEqual(limit);
                deepStrictEqual(cache.getSync(['n', key]), value);
              } else {
                const read = cache.getSync(['n', key]);
                if (read !== undefined) deepStrictEqual(read, model.get(['n', key]));
              }
              clock.advance(seconds);
            }
            const report = await setting.instance(0).check();
            deepStrictEqual(report.problems, []);
          } finally {
            setting.close();
          }
        }),
      ),
      { numRuns: 30 },
    ));
});
