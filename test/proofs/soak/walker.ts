/**
 * One seat: calls of all kinds in random order, each timed, each answer held against what was promised.
 */

import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { CacheTimeoutError } from '../../../src/errors.ts';
import { Ledger } from '../../disk/programs/ledger.ts';
import { seededRandom } from '../../disk/programs/random.ts';
import { Latencies, type Operation } from './latencies.ts';
import { type Ground, keyName, writableNear } from './plan.ts';
import { Promises } from './promises.ts';
import { counted } from './sudden-end.ts';

/** Files that seats keep, to be created empty. */
export const PROGRESS = 'progress';
export const LATENCIES = 'latencies';

/** Rare calls, by how many there are among a million. */
const RARE = {
  cleanup: 700,
  clear: 40,
  keys: 700,
  stats: 700,
  lock: 500,
  check: 40,
  'lose the index': 60,
  deleteMany: 3000,
} as const;

/** Those that bring the tag in order, whatever the others have neglected. */
const UPKEEP: readonly (keyof typeof RARE)[] = ['cleanup', 'clear', 'check', 'lose the index'];

/** Between two turns of the event loop. */
const CALLS_PER_TURN = 16;
const ASYNC_SHARE = 0.3;
const TTL_SHARE = 0.1;
/** Zipf's law with this exponent: hot keys and a long tail. */
const SKEW = 0.9;

/** How a seat works. */
export interface WalkerOptions {
  readonly ground: Ground;
  readonly seat: number;
  readonly seed: number;
  /** Whether calls that wait for the lock may block the event loop: not where another seat's calls are timed on it. */
  readonly mayBlock: boolean;
  /** Whether this is the one seat that clears: whatever clears must live to say what it has cleared. */
  readonly clears: boolean;
  readonly fault: (fault: string) => void;
}

/** A seat at work. */
export class Walker {
  readonly #options: WalkerOptions;
  readonly #cache: DiskCacheManager;
  readonly #promises: Promises;
  readonly #latencies: Latencies;
  readonly #progress: Ledger;
  readonly #random: () => number;
  #stopped = false;

  constructor(cache: DiskCacheManager, options: WalkerOptions) {
    const { ground, seed } = options;
    this.#options = options;
    this.#cache = cache;
    this.#random = seededRandom(seed);
    this.#promises = new Promises(ground);
    this.#latencies = new Latencies(join(ground.folder, LATENCIES));
    this.#progress = new Ledger(join(ground.folder, PROGRESS));
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Works until it is stopped. */
  async run(): Promise<void> {
    const { seat } = this.#options;
    let operations = this.#progress.read(seat).done;
    for (let turn = 1; !this.#stopped; turn++) {
      try {
        await this.#step();
      } catch (error) {
        this.#options.fault(error instanceof Error ? (error.stack ?? error.message) : String(error));
      }
      this.#progress.finish(seat, ++operations);
      if (turn % CALLS_PER_TURN === 0) await nextTurn();
    }
    this.#promises.close();
    this.#latencies.close();
    this.#progress.close();
  }

  /** A key, hot ones more often: the inverse of a power law's distribution function. */
  #pickKey(): number {
    const { keys } = this.#options.ground;
    const exponent = 1 - SKEW;
    return Math.min(keys - 1, Math.floor(((keys ** exponent - 1) * this.#random() + 1) ** (1 / exponent)) - 1);
  }

  #writableKey(): number {
    return writableNear(this.#pickKey(), this.#options.seat, this.#options.ground);
  }

  async #step(): Promise<void> {
    const { ground } = this.#options;
    const rare = this.#rare();
    if (rare !== undefined && (ground.upkeep || !UPKEEP.includes(rare))) return this.#doRare(rare);
    const choice = this.#random();
    if (choice < 0.3) return this.#set(this.#writableKey());
    if (choice < 0.38) return this.#delete(this.#writableKey());
    const key = this.#pickKey();
    if (choice < 0.44) this.#timed('exists', () => this.#cache.existsSync(keyName(key)));
    else if (choice < 0.48) this.#timed('metadata', () => this.#cache.getMetadataSync(keyName(key)));
    else return this.#get(key);
  }

  #rare(): keyof typeof RARE | undefined {
    let left = this.#random() * 1_000_000;
    for (const [name, count] of Object.entries(RARE)) {
      left -= count;
      if (left < 0 && name in RARE) return isRare(name) ? name : undefined;
    }
    return undefined;
  }

  async #set(key: number): Promise<void> {
    const { seat } = this.#options;
    const ttl = this.#random() < TTL_SHARE ? 0.02 + 2 * this.#random() ** 2 : undefined;
    const { version, value } = this.#promises.beginSet(key, seat, this.#pickLength());
    const options = ttl === undefined ? {} : { ttl };
    if (this.#random() < ASYNC_SHARE)
      await this.#timedAsync('set', () => this.#cache.set(keyName(key), value, options));
    else this.#timed('set', () => this.#cache.setSync(keyName(key), value, options));
    this.#promises.finishSet(key, seat, version, ttl);
  }

  /** From nothing to the longest, each order of magnitude about as often; most are short. */
  #pickLength(): number {
    const { longest } = this.#options.ground;
    return Math.floor((longest + 1) ** (this.#random() ** 2)) - 1;
  }

  async #delete(key: number): Promise<void> {
    const { seat } = this.#options;
    const version = this.#promises.beginDelete(key, seat);
    if (this.#random() < ASYNC_SHARE) await this.#timedAsync('delete', () => this.#cache.delete(keyName(key)));
    else this.#timed('delete', () => this.#cache.deleteSync(keyName(key)));
    this.#promises.finishDelete(key, seat, version);
  }

  #deleteMany(): void {
    const { seat } = this.#options;
    const keys = [...new Set(Array.from({ length: 8 }, () => this.#writableKey()))];
    const versions = keys.map((key) => this.#promises.beginDelete(key, seat));
    this.#timed('delete', () => this.#cache.deleteManySync(keys.map(keyName)));
    for (const [index, key] of keys.entries()) this.#promises.finishDelete(key, seat, versions[index] ?? 0);
  }

  async #get(key: number): Promise<void> {
    const isAsync = this.#random() < ASYNC_SHARE;
    const note = this.#promises.beforeRead(key);
    const value = isAsync
      ? await this.#timedAsync('get', () => this.#cache.get(keyName(key)))
      : this.#timed('get', () => this.#cache.getSync(keyName(key)));
    const fault = this.#promises.fault(note, value);
    if (fault !== undefined) this.#options.fault(fault);
  }

  async #doRare(name: keyof typeof RARE): Promise<void> {
    const { mayBlock, clears, ground } = this.#options;
    const cache = this.#cache;
    const blocks = mayBlock && this.#random() < 0.5;
    switch (name) {
      case 'cleanup':
        if (blocks) this.#waiting('cleanup', () => cache.cleanupSync());
        else await this.#waitingAsync('cleanup', () => cache.cleanup());
        return;
      case 'clear':
        if (clears) await this.#clear();
        return;
      case 'keys':
        if (blocks) this.#waiting('keys', () => cache.keysSync());
        else await this.#waitingAsync('keys', () => cache.keys());
        return;
      case 'stats':
        if (blocks) this.#waiting('stats', () => cache.getStatsSync());
        else await this.#waitingAsync('stats', () => cache.getStats());
        return;
      case 'lock':
        await this.#waitingAsync('lock', () => cache.withLock(keyName(this.#pickKey()), () => nextTurn()));
        return;
      case 'check':
        await this.#waitingAsync('check', () => cache.check({ repair: ground.deaths && this.#random() < 0.5 }));
        return;
      case 'lose the index':
        if (ground.deaths) loseIndex(join(ground.cacheRoot, cache.tag, 'index.jsonl'));
        return;
      case 'deleteMany':
        this.#deleteMany();
    }
  }

  async #clear(): Promise<void> {
    this.#promises.noteClear(true);
    const removed = this.#promises.beginClear();
    if (await this.#waitingAsync('clear', () => this.#cache.clear())) this.#promises.finishClear(removed);
    this.#promises.noteClear(false);
  }

  #timed<T>(operation: Operation, call: () => T): T {
    const began = performance.now();
    try {
      return counted(call);
    } finally {
      this.#latencies.note(this.#options.seat, operation, performance.now() - began);
    }
  }

  async #timedAsync<T>(operation: Operation, call: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await counted(call);
    } finally {
      this.#latencies.note(this.#options.seat, operation, performance.now() - began);
    }
  }

  /** Calls that wait for the lock may give up, by name. */
  #waiting<T>(operation: Operation, call: () => T): void {
    try {
      this.#timed(operation, call);
    } catch (error) {
      if (!(error instanceof CacheTimeoutError)) throw error;
    }
  }

  async #waitingAsync<T>(operation: Operation, call: () => Promise<T>): Promise<boolean> {
    try {
      await this.#timedAsync(operation, call);
      return true;
    } catch (error) {
      if (!(error instanceof CacheTimeoutError)) throw error;
      return false;
    }
  }
}

function isRare(name: string): name is keyof typeof RARE {
  return Object.hasOwn(RARE, name);
}

function loseIndex(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Another seat was first.
  }
}
