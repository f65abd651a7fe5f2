/**
 * `npm run bench [-- FOLDER]`: what the basic operations cost on this machine, beside the bare system calls that no file
 * cache can do without. Medians in microseconds; compare the columns of one run, not runs of different machines.
 */

import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskCacheManager } from '../src/disk/disk-cache-manager.ts';

const ROUNDS = 2000;
/** Rounds before the first that counts, for the just-in-time compiler. */
const WARM_UP = 300;

/** The operations, in the order in which each round does them. */
const OPERATIONS = ['set', 'get', 'get again', 'miss', 'overwrite', 'delete'] as const;
type Operation = (typeof OPERATIONS)[number];
type Contestant = Readonly<Record<Operation, (key: string, value: Buffer) => unknown>>;

/** A fresh folder in the one named, to compare file systems, or in the temporary one. */
const folder = fs.mkdtempSync(join(process.argv[2] ?? tmpdir(), 'glovebox-cache-bench-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

for (const size of [1024, 32 * 1024]) {
  using cold = new DiskCacheManager({ cacheRoot: join(folder, `cold-${size}`), memoryMaxBytes: 0 });
  using warm = new DiskCacheManager({ cacheRoot: join(folder, `warm-${size}`) });
  const results = race(size, {
    'without memory': contestant(cold),
    'as it comes': contestant(warm),
    'bare calls': bareCalls(join(folder, `bare-${size}`)),
  });
  console.log(`\n${size / 1024} KiB values, ${ROUNDS} rounds, median µs`);
  console.table(results);
}

function contestant(cache: DiskCacheManager): Contestant {
  return {
    set: (key, value) => cache.setSync(key, value),
    get: (key) => cache.getSync(key),
    'get again': (key) => cache.getSync(key),
    miss: (key) => cache.getSync(`no ${key}`),
    overwrite: (key, value) => cache.setSync(key, value),
    delete: (key) => cache.deleteSync(key),
  };
}

/** The least that can be done: one file per value, written in place, with no checksum, expiry, limit or index. */
function bareCalls(place: string): Contestant {
  fs.mkdirSync(place);
  const write = (key: string, value: Buffer): void => fs.writeFileSync(join(place, key), value);
  const read = (key: string): Buffer => fs.readFileSync(join(place, key));
  return {
    set: write,
    get: read,
    'get again': read,
    miss: (key) => fs.existsSync(join(place, `no ${key}`)),
    overwrite: write,
    delete: (key) => fs.unlinkSync(join(place, key)),
  };
}

/**
 * Times the contestants in turn, round by round, so that none has the machine at a better time than the others. What
 * was set is deleted many rounds later, since a file system answers differently just after a deletion.
 */
function race(size: number, contestants: Readonly<Record<string, Contestant>>): Record<string, Record<string, number>> {
  const times = new Map<string, number[]>();
  const measure = (operation: Operation, round: number): void => {
    const value = randomBytes(size);
    for (const [name, run] of turns(Object.entries(contestants), round)) {
      const started = process.hrtime.bigint();
      run[operation](`key-${round}`, value);
      const taken = Number(process.hrtime.bigint() - started) / 1000;
      const label = `${operation}|${name}`;
      if (round < WARM_UP) continue;
      const known = times.get(label);
      if (known === undefined) times.set(label, [taken]);
      else known.push(taken);
    }
  };
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    for (const operation of OPERATIONS) if (operation !== 'delete') measure(operation, round);
  }
  for (let round = 0; round < ROUNDS + WARM_UP; round++) measure('delete', round);

  return Object.fromEntries(
    OPERATIONS.map((operation) => [
      operation,
      Object.fromEntries(
        Object.keys(contestants).map((name) => [name, median(times.get(`${operation}|${name}`) ?? [])]),
      ),
    ]),
  );
}

/** The contestants, each beginning as often as the others: who is first finds the caches of the processor cold. */
function turns<T>(contestants: readonly T[], round: number): T[] {
  const first = round % contestants.length;
  return [...contestants.slice(first), ...contestants.slice(0, first)];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? Number.NaN) * 10) / 10;
}
