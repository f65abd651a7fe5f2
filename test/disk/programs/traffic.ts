/**
 * One of several writers and readers of a tag. It writes and deletes the keys that are its own, reads everybody's, and
 * holds every answer against the ledger of what was promised.
 */

import { readdirSync } from 'node:fs';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { hangUp, programArguments, report } from '../../support/program-side.ts';
import { Ledger } from './ledger.ts';
import { makeProven, readProven } from './proven-value.ts';
import { seededRandom } from './random.ts';

/** What the program is told. */
export interface TrafficArguments {
  readonly cacheRoot: string;
  readonly ledger: string;
  /** Which of the writers this one is, from 0. */
  readonly writer: number;
  /** How many there are; a key belongs to the writer whose number is its remainder. */
  readonly writers: number;
  readonly keys: number;
  /** How many operations; `Infinity` can't be said in JSON, so -1 is for ever. */
  readonly operations: number;
  readonly seed: number;
  readonly maxSizeBytes?: number;
  readonly memoryMaxBytes?: number;
  /** Length of the longest value. */
  readonly longest: number;
}

/** What the program found. */
export interface TrafficReport {
  readonly hits: number;
  /** Reads of a key that had a promised value, was not being written, and yet had none. */
  readonly lost: number;
  readonly wrong: readonly string[];
  readonly errors: number;
  /** Descriptors that closing the cache did not give back. */
  readonly leaked: number;
}

async function run(args: TrafficArguments): Promise<TrafficReport> {
  const random = seededRandom(args.seed);
  const pick = (count: number) => Math.floor(random() * count);
  const ledger = new Ledger(args.ledger);
  const openDescriptors = () => readdirSync('/proc/self/fd').length;
  const before = openDescriptors();
  const { cacheRoot, maxSizeBytes, memoryMaxBytes } = args;
  const cache = new DiskCacheManager({ cacheRoot, maxSizeBytes, memoryMaxBytes });
  const wrong: string[] = [];
  let hits = 0;
  let lost = 0;

  async function write(key: number): Promise<void> {
    const { begun, done } = ledger.read(key);
    const version = Math.max(Math.abs(begun), Math.abs(done)) + 1;
    const async = random() < 0.3;
    if (random() < 0.25) {
      ledger.begin(key, -version);
      if (async) await cache.delete(['n', key]);
      else cache.deleteSync(['n', key]);
      ledger.finish(key, -version);
    } else {
      ledger.begin(key, version);
      const length = random() < 0.05 ? args.longest : pick(Math.min(args.longest, 2000));
      const value = makeProven({ key, version, writer: args.writer }, length);
      if (async) await cache.set(['n', key], value);
      else cache.setSync(['n', key], value);
      ledger.finish(key, version);
    }
  }

  async function read(key: number): Promise<void> {
    const before = ledger.read(key);
    const value = random() < 0.3 ? await cache.get(['n', key]) : cache.getSync(['n', key]);
    const after = ledger.read(key);
    const quiet = before.begun === before.done && after.begun === before.begun;
    if (value === undefined) {
      if (quiet && before.done > 0) lost++;
      return;
    }
    hits++;
    const proven = readProven(value);
    if (proven.key !== key) wrong.push(`key ${key} had a value of key ${proven.key}`);
    // What returned before the read began is the oldest that may be read, what began before it ended the newest.
    const oldest = before.done;
    const newest = Math.abs(after.begun);
    if (proven.version < Math.abs(oldest) || proven.version > newest || (quiet && oldest < 0)) {
      wrong.push(
        `key ${key} had version ${proven.version}, allowed were ${oldest} to ${newest}${quiet ? ' (quiet)' : ''}`,
      );
    }
  }

  for (let count = 0; count !== args.operations; count++) {
    const key = pick(args.keys);
    try {
      if (key % args.writers === args.writer && random() < 0.5) await write(key);
      else await read(key);
    } catch (error) {
      wrong.push(String(error));
      if (wrong.length > 20) break;
    }
  }
  const { errors } = cache.getStatsSync();
  cache.closeSync();
  const leaked = openDescriptors() - before;
  ledger.close();
  return { hits, lost, wrong, errors, leaked };
}

function isTrafficArguments(args: unknown): args is TrafficArguments {
  return typeof args === 'object' && args !== null && 'cacheRoot' in args && 'ledger' in args;
}

const args = programArguments();
if (!isTrafficArguments(args)) throw new Error('the arguments of traffic are missing');
run(args).then((found) => {
  report(found);
  hangUp();
});
