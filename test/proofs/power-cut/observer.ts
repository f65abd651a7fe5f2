/**
 * An instance that is made to look at everything, and says when it sees what it must not.
 */

import { strict as assert } from 'node:assert';
import type { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { type Expectation, isAllowed } from './expectations.ts';
import { KEYS } from './values.ts';

/** No single call may take longer, however busy the machine is, in milliseconds. */
const LONGEST_CALL_MS = 15_000;

/** What a missing value is told from a stored `undefined` by. */
const MISS = Symbol('miss');

export class Observer {
  readonly cache: DiskCacheManager;
  readonly #name: 'hot' | 'cold' | 'fresh';
  /** What this instance may read, by the key's number. */
  expected: Expectation[];

  constructor(name: 'hot' | 'cold' | 'fresh', cache: DiskCacheManager, expected: readonly Expectation[]) {
    this.#name = name;
    this.cache = cache;
    this.expected = [...expected];
  }

  /** Whether the instance was open before the files were damaged. */
  get wasOpen(): boolean {
    return this.#name === 'hot';
  }

  /** Makes a call that may not fail and may not take long. */
  async call<T>(what: string, action: () => Promise<T> | T): Promise<T> {
    const start = performance.now();
    try {
      return await action();
    } catch (cause) {
      throw new Error(`${this.#name}: ${what} failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
    } finally {
      const took = performance.now() - start;
      assert.ok(took < LONGEST_CALL_MS, `${this.#name}: ${what} took ${Math.round(took)} ms`);
    }
  }

  /** Looks at each key in every way there is. */
  async lookAtAll(): Promise<void> {
    for (let key = 0; key < KEYS.length; key++) await this.#lookAt(key);
    await this.list();
    const { hits, misses, totalKeys, sizeBytes } = await this.call('getStats', () => this.cache.getStats());
    for (const count of [hits, misses, totalKeys, sizeBytes]) assert.ok(Number.isSafeInteger(count) && count >= 0);
  }

  async #lookAt(key: number): Promise<void> {
    const { cache } = this;
    const name = KEYS[key] ?? '';
    const expected = this.expected[key];
    assert.ok(expected !== undefined);
    const where = `${this.#name}, key ${key}`;
    const exists = [
      await this.call('existsSync', () => cache.existsSync(name)),
      await this.call('exists', () => cache.exists(name)),
    ];
    if (!expected.mayMiss) assert.deepEqual(exists, [true, true], `${where}: is said not to exist`);
    if (!expected.hasFiles) assert.deepEqual(exists, [false, false], `${where}: is said to exist`);
    const metadata = await this.call('getMetadata', () => cache.getMetadata(name));
    assert.equal(await this.call('getMetadataSync', () => cache.getMetadataSync(name)?.key), metadata?.key, where);
    if (!expected.mayMiss) assert.equal(metadata?.key, name, `${where}: has no metadata`);
    this.#judge(where, expected, await this.call('getSync', () => cache.getSync<unknown>(name, MISS)));
    this.#judge(where, expected, await this.call('get', () => cache.get<unknown>(name, MISS)));
  }

  #judge(where: string, expected: Expectation, value: unknown): void {
    if (value === MISS) assert.ok(expected.mayMiss, `${where}: is lost`);
    else assert.ok(isAllowed(expected, value), `${where}: has ${shown(value)} and may have ${shown(expected.allowed)}`);
  }

  /** The numbers of the keys that are listed. */
  async list(): Promise<number[]> {
    const names = await this.call('keys', () => this.cache.keys());
    assert.deepEqual([...names].sort(), [...this.cache.keysSync()].sort(), `${this.#name}: two lists of keys differ`);
    assert.equal(new Set(names).size, names.length, `${this.#name}: a key is listed twice`);
    for (const name of names) assert.ok(KEYS.includes(name), `${this.#name}: lists ${shown(name)}, which is no key`);
    const numbers = names.map((name) => KEYS.indexOf(name));
    this.expected.forEach(({ mayMiss }, key) => {
      if (!mayMiss) assert.ok(numbers.includes(key), `${this.#name}: key ${key} is not listed`);
    });
    return numbers.sort();
  }

  /** The values of all keys, in their order. */
  async readAll(): Promise<unknown[]> {
    const values: unknown[] = [];
    for (const name of KEYS) values.push(await this.call('get', () => this.cache.get<unknown>(name, MISS)));
    return values;
  }

  /** Fails unless exactly those keys are listed that can be read, and the counts agree. */
  async expectListed(): Promise<void> {
    const values = await this.readAll();
    const readable = values.flatMap((value, key) => (value === MISS ? [] : [key]));
    assert.deepEqual(await this.list(), readable, `${this.#name}: what is listed is not what can be read`);
    assert.equal((await this.call('getStats', () => this.cache.getStats())).totalKeys, readable.length);
  }

  /** Fails if a check finds anything. */
  async expectSound(): Promise<void> {
    const { problems } = await this.call('check', () => this.cache.check());
    assert.deepEqual(problems, [], `${this.#name}: a second check finds something`);
  }
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
