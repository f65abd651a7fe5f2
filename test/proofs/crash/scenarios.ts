/**
 * The operations that are struck at each of their system calls.
 */

import { appendFileSync, closeSync, openSync, promises, rmSync, utimesSync, writeSync } from 'node:fs';
import { formatAppend, formatRecord } from '../../../src/disk/index/index-record.ts';
import { hashKey } from '../../../src/disk/value/key.ts';
import { findEntry, indexPath } from '../../support/store-files.ts';
import { type Scenario, smallValues, type Values, type Workplace } from './scenario.ts';

const CALM = smallValues('calm', 'quiet', 'still');
const LARGE_BYTES = 200_000;
const large = (fill: number) => new Uint8Array(LARGE_BYTES).fill(fill);
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** 12 KiB of entry file and 4 KiB of sidecar each. */
const filling = (count: number): Record<string, string> =>
  Object.fromEntries(names('fill', count).map((name) => [name, `${name} `.repeat(1700)]));

function seedValues({ open }: Workplace, values: Values, secondsAgo = 0): void {
  const cache = open({ maxSizeBytes: 50_000_000, clock: () => Date.now() - secondsAgo * 1000 });
  for (const [key, value] of Object.entries(values)) if (value !== undefined) cache.setSync(key, value);
  cache.closeSync();
}

/** Sets keys that have expired by now. */
function seedExpired({ open }: Workplace, keys: readonly string[]): void {
  const cache = open({ clock: () => Date.now() - 10_000 });
  for (const key of keys) cache.setSync(key, 'expired', { ttl: 5 });
  cache.closeSync();
}

/** Makes entries least recently used in the order of `keys`. */
function seedAccesses({ location }: Workplace, keys: readonly string[], secondsAgo: number): void {
  const now = Date.now() / 1000;
  keys.forEach((key, position) => {
    utimesSync(findEntry(location, key).entry, now - secondsAgo + position, now - 8000);
  });
}

/** Fills a tag with what is to be evicted first. Its accesses are so young that reading it writes no new ones. */
function seedFull(place: Workplace): void {
  // Accesses count from the time of creation on.
  seedValues(place, FULL, 2000);
  seedAccesses(place, Object.keys(FULL), 1800);
}

function seedDeleted({ open }: Workplace, keys: readonly string[]): void {
  const cache = open();
  for (const key of keys) cache.setSync(key, 'to be deleted');
  cache.deleteManySync(keys);
  cache.closeSync();
}

function damage({ location }: Workplace, key: string): void {
  const descriptor = openSync(findEntry(location, key).entry, 'r+');
  writeSync(descriptor, '!');
  closeSync(descriptor);
}

/** Records of deletes that found nothing: more than a compact index may have. */
function seedHistory({ location }: Workplace): void {
  const hash = hashKey('never was');
  const lines = Array.from({ length: 2500 }, (_, count) => {
    const operation = count.toString(16).padStart(24, '0');
    return [
      formatRecord({ kind: 'open', hash, generation: operation, time: Date.now() }),
      formatRecord({ kind: 'del', hash, operation, generation: '' }),
    ];
  });
  appendFileSync(indexPath(location), formatAppend(...lines.flat()));
}

const FULL = filling(14);
const GRAVES = names('grave', 40);

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'set-new': {
    about: 'sets a key that never was, in a process that has read the index',
    before: CALM,
    changes: { fresh: 'new' },
    contested: ['fresh', 'calm'],
    run: (cache) => cache.setSync('fresh', 'new'),
  },
  'set-new-cold': {
    about: 'sets a key that never was, in a process that knows nothing yet',
    before: CALM,
    changes: { fresh: 'new' },
    contested: ['fresh', 'calm'],
    cold: true,
    run: (cache) => cache.setSync('fresh', 'new'),
  },
  'set-first': {
    about: 'sets the first key of a tag',
    before: {},
    changes: { fresh: 'new' },
    contested: ['fresh', 'other'],
    seed: ({ open }) => open().closeSync(),
    run: (cache) => cache.setSync('fresh', 'new'),
  },
  overwrite: {
    about: 'sets a key anew, in a process that has read the index',
    before: { ...CALM, key: 'old' },
    changes: { key: 'new' },
    contested: ['key', 'calm'],
    run: (cache) => cache.setSync('key', 'new'),
  },
  'overwrite-cold': {
    about: 'sets a key anew, in a process that knows nothing yet',
    before: { ...CALM, key: 'old' },
    changes: { key: 'new' },
    contested: ['calm', 'key'],
    cold: true,
    run: (cache) => cache.setSync('key', 'new'),
  },
  'overwrite-flushed': {
    about: 'sets a key anew and flushes it to the device',
    options: { fsync: true },
    before: { ...CALM, key: 'old' },
    changes: { key: 'new' },
    contested: ['calm', 'key'],
    run: (cache) => cache.setSync('key', 'new'),
  },
  'set-ttl': {
    about: 'sets a key anew, with a time to live',
    before: { ...CALM, key: 'old' },
    changes: { key: 'new' },
    contested: ['calm', 'key'],
    run: (cache) => cache.setSync('key', 'new', { ttl: 3600 }),
  },
  'set-after-delete': {
    about: 'sets a key whose dead sidecar is still there',
    before: CALM,
    changes: { fresh: 'new' },
    contested: ['fresh', 'calm'],
    seed: (place) => {
      seedValues(place, CALM);
      seedDeleted(place, ['fresh']);
    },
    run: (cache) => cache.setSync('fresh', 'new'),
  },
  'set-large': {
    about: 'sets a large value anew, synchronously',
    before: { ...CALM, key: large(1) },
    changes: { key: large(2) },
    contested: ['key', 'calm'],
    run: (cache) => cache.setSync('key', large(2)),
  },
  'set-large-async': {
    about: 'sets a large value anew, asynchronously: the calls of the main thread',
    before: { ...CALM, key: large(1) },
    changes: { key: large(2) },
    contested: ['key', 'calm'],
    run: (cache) => cache.set('key', large(2)),
  },
  'set-large-async-pool': {
    about: 'sets a large value anew, asynchronously: the calls of the pool thread',
    before: { ...CALM, key: large(1) },
    changes: { key: large(2) },
    contested: ['calm', 'key'],
    // The pool's calls can be told from the main thread's by their number once it is ahead.
    prepare: writeInPool,
    run: (cache) => cache.set('key', large(2)),
  },
  'get-touch': {
    about: 'reads a value from disk and writes the access',
    before: { ...CALM, key: 'old' },
    changes: {},
    contested: ['key', 'calm'],
    seed: (place) => {
      seedValues(place, { ...CALM, key: 'old' });
      seedAccesses(place, ['key'], 7200);
    },
    prepare: (cache) => {
      cache.keysSync();
    },
    cold: true,
    run: (cache) => cache.getSync('key'),
    neverThrows: true,
    returns: 'old',
  },
  'get-memory': {
    about: 'reads a value from memory and writes the access',
    options: { atimeResolution: 0 },
    before: { ...CALM, key: 'old' },
    changes: {},
    contested: ['calm', 'key'],
    run: (cache) => cache.getSync('key'),
    neverThrows: true,
    returns: 'old',
  },
  'get-cold': {
    about: 'reads a value by its sidecar, in a process that knows nothing yet',
    before: { ...CALM, key: 'old' },
    changes: {},
    contested: ['key', 'calm'],
    cold: true,
    run: (cache) => cache.getSync('key'),
    neverThrows: true,
    returns: 'old',
  },
  'get-large-async': {
    about: 'reads a large value asynchronously',
    before: { ...CALM, key: large(1) },
    changes: {},
    contested: ['key', 'calm'],
    cold: true,
    run: (cache) => cache.get('key'),
    neverThrows: true,
    returns: large(1),
  },
  'get-expired': {
    about: 'reads a value that has expired, which ends it',
    before: { ...CALM, key: undefined },
    changes: {},
    contested: ['key', 'calm'],
    seed: (place) => {
      seedValues(place, CALM);
      seedExpired(place, ['key']);
    },
    cold: true,
    prepare: (cache) => {
      cache.keysSync();
    },
    run: (cache) => cache.getSync('key'),
    neverThrows: true,
  },
  'get-damaged': {
    about: 'reads an entry whose bytes are damaged, which ends it',
    before: { ...CALM, key: undefined },
    asItIs: true,
    damaged: true,
    changes: {},
    contested: ['key', 'calm'],
    seed: (place) => {
      seedValues(place, { ...CALM, key: 'old' });
      damage(place, 'key');
    },
    cold: true,
    run: (cache) => cache.getSync('key'),
    neverThrows: true,
  },
  'get-gone': {
    about: 'reads an entry whose file is gone, which takes it off the list',
    before: { ...CALM, key: undefined },
    asItIs: true,
    changes: {},
    contested: ['key', 'calm'],
    seed: (place) => {
      seedValues(place, { ...CALM, key: 'old' });
      rmSync(findEntry(place.location, 'key').entry);
    },
    cold: true,
    prepare: (cache) => {
      cache.keysSync();
    },
    run: (cache) => cache.getSync('key'),
    neverThrows: true,
  },
  exists: {
    about: 'asks whether keys exist and what is known of them',
    before: { ...CALM, key: 'old' },
    changes: {},
    contested: ['key', 'calm'],
    cold: true,
    run: (cache) => {
      cache.existsSync('key');
      cache.getMetadataSync('key');
      for (const name of names('absent', 6)) cache.existsSync(name);
    },
    neverThrows: true,
  },
  list: {
    about: 'lists the keys and counts what there is, in a process that knows nothing yet',
    before: CALM,
    changes: {},
    contested: ['calm', 'quiet'],
    cold: true,
    run: (cache) => {
      cache.keysSync();
      cache.getStatsSync();
    },
  },
  delete: {
    about: 'deletes a key, in a process that has read the index',
    before: { ...CALM, key: 'old' },
    changes: { key: undefined },
    contested: ['key', 'calm'],
    run: (cache) => cache.deleteSync('key'),
  },
  'delete-cold': {
    about: 'deletes a key, in a process that knows nothing yet',
    before: { ...CALM, key: 'old' },
    changes: { key: undefined },
    contested: ['key', 'calm'],
    cold: true,
    run: (cache) => cache.deleteSync('key'),
  },
  'delete-many': {
    about: 'deletes several keys',
    before: { ...CALM, one: '1', two: '2', three: '3' },
    changes: { one: undefined, two: undefined, three: undefined },
    contested: ['two', 'three'],
    run: (cache) => cache.deleteManySync(['one', 'two', 'three']),
  },
  clear: {
    about: 'clears the tag',
    before: { one: '1', two: '2', large: large(1) },
    changes: { one: undefined, two: undefined, large: undefined, visited: undefined },
    contested: ['one', 'two'],
    run: (cache) => cache.clearSync(),
  },
  'clear-async': {
    about: 'clears the tag asynchronously',
    before: { one: '1', two: '2' },
    changes: { one: undefined, two: undefined, visited: undefined },
    contested: ['two', 'one'],
    run: (cache) => cache.clear(),
  },
  evict: {
    about: 'sets a key for which others must be evicted',
    options: { maxSizeBytes: 260_000 },
    before: { ...CALM, ...FULL },
    changes: { fresh: 'new '.repeat(10_000) },
    keepsAtLeast: 8,
    untouched: Object.keys(FULL),
    contested: ['fill0', 'fill13'],
    seed: (place) => {
      seedFull(place);
      seedValues(place, CALM);
    },
    run: (cache) => cache.setSync('fresh', 'new '.repeat(10_000)),
  },
  cleanup: {
    about: 'expires, evicts, sweeps and reaps',
    options: { maxSizeBytes: 230_000 },
    before: { ...CALM, ...FULL, due: undefined, overdue: undefined },
    changes: {},
    keepsAtLeast: 8,
    untouched: Object.keys(FULL),
    contested: ['due', 'fill13'],
    seed: (place) => {
      seedFull(place);
      seedValues(place, CALM);
      seedExpired(place, ['due', 'overdue']);
      seedDeleted(place, ['dead', 'gone']);
    },
    run: (cache) => cache.cleanupSync(),
  },
  reap: {
    about: 'reaps the sidecars of deleted keys',
    before: CALM,
    changes: {},
    contested: ['dead', 'gone'],
    seed: (place) => {
      seedValues(place, CALM);
      seedDeleted(place, ['dead', 'gone']);
    },
    run: (cache) => cache.cleanupSync(),
  },
  compaction: {
    about: 'sets a key, upon which the index is due to be compacted and some shards to be swept',
    before: { ...CALM, key: 'old' },
    changes: { key: 'new' },
    asItIs: true,
    contested: ['key', 'calm'],
    seed: (place) => {
      seedValues(place, { ...CALM, key: 'old' });
      seedHistory(place);
    },
    run: (cache) => cache.setSync('key', 'new'),
  },
  rebuild: {
    about: 'lists the keys where the index is gone, which rebuilds it',
    before: { ...CALM, one: '1', two: '2' },
    asItIs: true,
    changes: {},
    contested: ['one', 'two'],
    seed: (place) => {
      seedValues(place, { ...CALM, one: '1', two: '2' });
      rmSync(indexPath(place.location));
    },
    cold: true,
    run: (cache) => cache.keysSync(),
  },
  repair: {
    about: 'repairs a tag in which much is wrong',
    // What the key without a sidecar holds depends on whether one asks the sidecar or the index.
    before: { ...CALM, hurt: undefined, lost: undefined },
    changes: {},
    asItIs: true,
    damaged: true,
    contested: ['hurt', 'lost'],
    seed: (place) => {
      seedValues(place, { ...CALM, hurt: 'old', lost: 'old', unnamed: 'old' });
      seedDeleted(place, ['dead', 'gone']);
      damage(place, 'hurt');
      rmSync(findEntry(place.location, 'lost').entry);
      rmSync(findEntry(place.location, 'unnamed').sidecar);
      const index = openSync(indexPath(place.location), 'a');
      writeSync(index, '\ngarbage\n');
      closeSync(index);
    },
    run: (cache) => cache.check({ repair: true }),
  },
  'with-lock': {
    about: 'reads and writes under the lock of a key',
    before: { ...CALM, key: 'old' },
    changes: { key: 'new' },
    contested: ['calm', 'key'],
    run: (cache) => cache.withLock('key', () => cache.setSync('key', 'new')),
  },
  'open-new-tag': {
    about: 'opens a tag that is not there yet',
    before: {},
    changes: {},
    contested: ['one', 'two'],
    seed: ({ open }) => open({ tag: 'another' }).closeSync(),
    unopened: true,
    run: (cache) => cache.existsSync('one'),
  },
  'open-new-root': {
    about: 'opens a tag in a root that is not there yet',
    before: {},
    changes: {},
    contested: ['one', 'two'],
    seed: () => {},
    unopened: true,
    run: (cache) => cache.existsSync('one'),
  },
  'close-reaping': {
    about: 'closes an instance that has deleted many keys, which reaps their sidecars',
    before: CALM,
    changes: {},
    oneOf: 11,
    contested: ['grave0', 'calm'],
    seed: (place) => seedValues(place, CALM),
    prepare: (cache) => {
      for (const key of GRAVES) cache.setSync(key, 'to be deleted');
      cache.deleteManySync(GRAVES);
    },
    run: (cache) => cache.closeSync(),
  },
};

/** Each write makes a few calls, so this many bring the pool's numbers above those of the main thread. */
async function writeInPool(): Promise<void> {
  const file = await promises.open('/dev/null', 'w');
  for (let count = 0; count < 60; count++) await file.write('x');
  await file.close();
}

/** The state before a scenario's operation. */
export function seedScenario(scenario: Scenario, place: Workplace): void {
  if (scenario.seed) scenario.seed(place);
  else seedValues(place, scenario.before);
}
