/**
 * A client that uses a few keys of a cache at random and records each operation, as a process that may start others of
 * its kind as threads.
 */

import { appendFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { CacheTimeoutError } from '../../../src/errors.ts';
import { makeProven, readProven } from '../../disk/programs/proven-value.ts';
import { seededRandom } from '../../disk/programs/random.ts';
import { programArguments } from '../../support/program-side.ts';
import { Gate, makeGate } from './gate.ts';
import { valueNumber } from './history.ts';
import { type Call, type Ending, Journal, noteDeath, now } from './journal.ts';
import { beforeEachCall, dawdle } from './system-calls.ts';
import type { Action, Workload } from './workload.ts';

/** What a client is told. */
export interface ClientArguments {
  readonly cacheRoot: string;
  readonly client: number;
  /** Where to record; faults go to a file beside it. */
  readonly journal: string;
  readonly seed: number;
  readonly workload: Workload;
  /** Whether it may be killed at any system call; only where turns are given. */
  readonly mortal: boolean;
  /** When to end, on the monotonic clock. */
  readonly until?: number;
  /** When to end, in operations. */
  readonly operations?: number;
}

/** What a process is told: its clients. The first runs in the main thread, unless turns are given. */
export interface CastArguments {
  readonly cast: readonly ClientArguments[];
  /** Where one at a time goes on, the seed of the order. */
  readonly turns?: number;
}

/** A client in a thread that waits for its turn. */
interface ScheduledClient {
  readonly scheduled: ClientArguments;
  readonly gate: SharedArrayBuffer;
  readonly place: number;
  readonly places: number;
  readonly turns: number;
}

/** How often the event loop turns, in operations: calls that need no I/O would keep others' I/O waiting for ever. */
const TURN_EVERY = 16;
const SHORT_BYTES = 600;
/** More than what asynchronous calls read and write synchronously. */
const LONG_BYTES = 140_000;
const FILLER_KEYS = 64;
const FILLER_BYTES = 3_000;
/** The last part of a run, in which clients only read, so that what is wrong for good shows. */
const QUIET_SHARE = 0.1;
/** The chance of a mortal client to be killed at a system call. */
const KILL_SHARE = 0.002;
/** A time to live that ends in the middle of what others do. */
const FLEETING_SECONDS = 0.001;

type Pick<T> = () => T;

/** Picks by weight. */
function picker<T extends string>(weights: Partial<Record<T, number>>, random: Pick<number>): Pick<T | undefined> {
  const names = Object.keys(weights).filter((name): name is T => name in weights);
  const total = names.reduce((sum, name) => sum + (weights[name] ?? 0), 0);
  return () => {
    let left = random() * total;
    return names.find((name) => {
      left -= weights[name] ?? 0;
      return left < 0;
    });
  };
}

class Client {
  readonly #args: ClientArguments;
  readonly #journal: Journal;
  readonly #random: () => number;
  readonly #action: Pick<Action | undefined>;
  #cache: DiskCacheManager;
  readonly #begun = now();
  #version = 0;
  #operations = 0;

  constructor(args: ClientArguments) {
    this.#args = args;
    this.#journal = new Journal(args.journal);
    this.#random = seededRandom(args.seed);
    this.#action = picker(args.workload.actions, this.#random);
    const { dawdling } = args.workload;
    if (dawdling !== undefined) dawdle(dawdling, seededRandom(args.seed + 1));
    this.#cache = this.#open();
  }

  #open(): DiskCacheManager {
    const { cacheRoot, workload } = this.#args;
    const { maxSizeBytes, memoryMaxBytes } = workload;
    // Whoever was killed may have held the lock; what waits for it is no part of this.
    return new DiskCacheManager({ cacheRoot, maxSizeBytes, memoryMaxBytes, timeout: 0.25 });
  }

  async run(): Promise<void> {
    const { workload } = this.#args;
    for (let key = 0; key < workload.keys; key++) this.#get(this.#cache, key);
    await Promise.all(Array.from({ length: workload.lanes ?? 1 }, () => this.#runLane()));
    this.#cache.closeSync();
    this.#journal.close();
  }

  async #runLane(): Promise<void> {
    const { until = Number.POSITIVE_INFINITY, operations = Number.POSITIVE_INFINITY } = this.#args;
    const quietFrom = until - (until - this.#begun) * QUIET_SHARE;
    const quietAfter = operations * (1 - QUIET_SHARE);
    for (let time = now(); time < until && this.#operations < operations; time = now()) {
      if (++this.#operations % TURN_EVERY === 0) await nextTurn();
      const isQuiet = time > quietFrom || this.#operations > quietAfter;
      const action = isQuiet ? 'get' : this.#action();
      try {
        if (action !== undefined) await this.#act(action);
      } catch (error) {
        // A clear or clean-up that found the lock taken.
        if (!(error instanceof CacheTimeoutError)) this.#fault(error);
      }
    }
  }

  #fault(error: unknown): void {
    appendFileSync(`${this.#args.journal}.faults`, `${error instanceof Error ? error.stack : String(error)}\n`);
  }

  #act(action: Action): Promise<void> | void {
    const { workload } = this.#args;
    const key = Math.floor(this.#random() * workload.keys);
    const async = this.#random() < (workload.asyncShare ?? 0);
    switch (action) {
      case 'get':
        return async ? this.#getAsync(key) : this.#get(this.#cache, key);
      case 'cold get':
        return this.#getCold(key);
      case 'exists':
        return this.#record({ verb: 'exists', key }, () => told(this.#cache.existsSync(['n', key])));
      case 'delete':
        return async
          ? this.#recordAsync({ verb: 'delete', key }, async () => told(await this.#cache.delete(['n', key])))
          : this.#record({ verb: 'delete', key }, () => told(this.#cache.deleteSync(['n', key])));
      case 'set':
        return this.#set(key, async);
      case 'clear':
        return async
          ? this.#recordAsync({ verb: 'clear', key: 0 }, async () => done(await this.#cache.clear()))
          : this.#record({ verb: 'clear', key: 0 }, () => done(this.#cache.clearSync()));
      case 'fill':
        this.#cache.setSync(['filler', Math.floor(this.#random() * FILLER_KEYS)], 'f'.repeat(FILLER_BYTES));
        return;
      case 'clean up':
        if (async) return ignore(this.#cache.cleanup());
        this.#cache.cleanupSync();
        return;
      case 'compact':
        return this.#compact();
      case 'repair':
        return ignore(this.#cache.check({ repair: true }));
      case 'lose index':
        return this.#loseIndex();
      case 'reopen':
        this.#cache.closeSync();
        this.#cache = this.#open();
        return;
    }
  }

  #set(key: number, async: boolean): Promise<void> | void {
    const { workload, client } = this.#args;
    const version = ++this.#version;
    const fleeting = this.#random() < (workload.fleetingShare ?? 0);
    const length = this.#random() < (workload.longShare ?? 0) ? LONG_BYTES : Math.floor(this.#random() * SHORT_BYTES);
    const value = makeProven({ key, version, writer: client }, length);
    const options = fleeting ? { ttl: FLEETING_SECONDS } : {};
    const call = { verb: 'set', key, value: valueNumber(client, version), fleeting } as const;
    if (async) return this.#recordAsync(call, async () => done(await this.#cache.set(['n', key], value, options)));
    this.#record(call, () => done(this.#cache.setSync(['n', key], value, options)));
  }

  #get(cache: DiskCacheManager, key: number): void {
    this.#record({ verb: 'get', key }, () => this.#seen(cache.getSync(['n', key]), key));
  }

  #getAsync(key: number): Promise<void> {
    return this.#recordAsync({ verb: 'get', key }, async () => this.#seen(await this.#cache.get(['n', key]), key));
  }

  /** Reads as a process that has just begun. */
  #getCold(key: number): void {
    const cold = this.#open();
    try {
      this.#get(cold, key);
    } finally {
      cold.closeSync();
    }
  }

  #seen(value: unknown, key: number): Ending {
    if (value === undefined) return { outcome: 'miss' };
    const proven = readProven(value);
    if (proven.key !== key) throw new Error(`key ${key} had a value of key ${proven.key}`);
    return { outcome: 'hit', value: valueNumber(proven.writer, proven.version) };
  }

  /** A line that is no record makes the next clean-up write the index anew. */
  #compact(): void {
    appendFileSync(join(this.#cache.cacheRoot, this.#cache.tag, 'index.jsonl'), '\ngarbage\n');
    this.#cache.cleanupSync();
  }

  #loseIndex(): void {
    try {
      unlinkSync(join(this.#cache.cacheRoot, this.#cache.tag, 'index.jsonl'));
    } catch {
      // Somebody else has lost it just now.
    }
  }

  #record(call: Partial<Call> & { verb: Call['verb']; key: number }, action: () => Ending): void {
    const slot = this.#journal.begin({ value: 0, fleeting: false, ...call });
    try {
      this.#journal.end(slot, action());
    } catch (error) {
      this.#journal.end(slot, { outcome: 'unknown' });
      throw error;
    }
  }

  async #recordAsync(
    call: Partial<Call> & { verb: Call['verb']; key: number },
    action: () => Promise<Ending>,
  ): Promise<void> {
    const slot = this.#journal.begin({ value: 0, fleeting: false, ...call });
    try {
      this.#journal.end(slot, await action());
    } catch (error) {
      this.#journal.end(slot, { outcome: 'unknown' });
      throw error;
    }
  }
}

function told(answer: boolean): Ending {
  return { outcome: answer ? 'hit' : 'miss' };
}

function done(_: unknown): Ending {
  return { outcome: 'done' };
}

async function ignore(result: Promise<unknown>): Promise<void> {
  await result;
}

/** Runs a client whose system calls all go through the gate. */
async function runScheduled({ scheduled, gate: shared, place, places, turns }: ScheduledClient): Promise<void> {
  const gate = new Gate(shared, place, places, turns);
  gate.enter();
  beforeEachCall(() => {
    if (scheduled.mortal && gate.hasOthers && gate.random() < KILL_SHARE) {
      noteDeath(scheduled.journal);
      gate.die();
    }
    gate.pass();
  });
  // Who waits for a lock must let its holder go on.
  Reflect.set(Atomics, 'wait', () => {
    gate.sleep();
    return 'timed-out';
  });
  await new Client(scheduled).run();
  gate.leave();
}

function runCast({ cast, turns }: CastArguments): void {
  const file = process.argv[1] ?? '';
  if (turns === undefined) {
    const [first, ...others] = cast;
    for (const scheduled of others) new Worker(file, { workerData: { cast: [scheduled] } satisfies CastArguments });
    if (first !== undefined) new Client(first).run();
    return;
  }
  const gate = makeGate(turns, cast.length);
  let left = cast.filter(({ mortal }) => !mortal).length;
  for (const [place, scheduled] of cast.entries()) {
    const workerData = { scheduled, gate, place, places: cast.length, turns } satisfies ScheduledClient;
    new Worker(file, { workerData }).once('exit', () => {
      // Those that were killed will not end by themselves.
      if (!scheduled.mortal && --left === 0) process.exit();
    });
  }
}

function isScheduledClient(args: unknown): args is ScheduledClient {
  return typeof args === 'object' && args !== null && 'scheduled' in args && 'gate' in args;
}

function isCastArguments(args: unknown): args is CastArguments {
  return typeof args === 'object' && args !== null && 'cast' in args;
}

const args = programArguments();
if (isScheduledClient(args)) runScheduled(args);
else if (isCastArguments(args)) runCast(args);
else throw new Error('the arguments of the client are missing');
