/** The scenarios that are searched, each named after what meets in it. */

import { compact, replaceIndex } from './actors/compaction.ts';
import { del, discard } from './actors/delete.ts';
import { evict } from './actors/evict.ts';
import { read } from './actors/read.ts';
import { reap } from './actors/reap.ts';
import { concludeSet, set } from './actors/set.ts';
import { anHourPasses, clear, removeAll, sweep } from './actors/sweep.ts';
import { load } from './knowledge.ts';
import { type Actor, FIRST, type Scenario, type Still } from './tag.ts';

type Extras = Pick<Actor, 'begins' | 'mayDie'>;

const MORTAL: Extras = { mayDie: true };
const COLD: Extras = { begins: 'cold' };

const setter = (value: string, extras: Extras = {}): Actor => ({
  name: `W${value}`,
  course: (self) => set(self, value),
  ...extras,
});
const deleter = (extras: Extras = {}): Actor => ({ name: 'D', course: (self) => del(self), ...extras });
const evictor = (extras: Extras = {}): Actor => ({ name: 'E', course: evict, ...extras });
const reaper = (extras: Extras = {}): Actor => ({ name: 'X', course: (self) => reap(self), ...extras });
const compactor = (name: string, extras: Extras = {}): Actor => ({ name, course: (self) => compact(self), ...extras });
/** Reads something else, which makes it read the index, then the key. */
const busyReader: Actor = {
  name: 'R',
  begins: 'hot',
  course: function* (self) {
    yield* load(self);
    yield* read(self);
  },
};
const reader = (times = 1): Actor => ({
  name: 'R',
  begins: 'hot',
  course: function* (self) {
    for (let time = 0; time < times; time++) yield* read(self);
  },
});
/** Finds the key dead soon, as whoever evicts and then reaps. */
const evictorAndReaper = (extras: Extras = {}): Actor => ({
  name: 'E',
  course: function* (self) {
    yield* evict(self);
    yield* reap(self);
  },
  ...extras,
});
/** Compactors of which all but the last are killed between rename and `done`. */
const dyingCompactors = (killed: number): Actor => ({
  name: 'C',
  course: function* (self) {
    for (let number = 1; number <= killed; number++) yield* replaceIndex(self, `C${number}`);
    yield* compact(self, `C${killed + 1}`);
  },
});
const sweeper = (extras: Extras = {}): Actor => ({ name: 'S', course: sweep, ...extras });
const hour: Actor = { name: '-', course: anHourPasses };

const NO_COMPACTION: readonly Still[] = ['index name', 'compactors'];
const ONE_KEY: readonly Still[] = [...NO_COMPACTION, 'reap folder'];
const NO_REAPING: readonly Still[] = ['compactors', 'reap folder'];

/** Small enough for every run of the tests. */
export const SCENARIOS = {
  'two sets': { actors: [setter('A'), setter('B')], still: ONE_KEY },
  'two sets of a new key': { value: false, actors: [setter('A'), setter('B')], still: ONE_KEY },
  'two sets, one by a process that has not read the index': {
    actors: [setter('A', COLD), setter('B')],
    still: ONE_KEY,
  },
  'two sets, torn lines': { torn: true, actors: [setter('A'), setter('B')], still: ONE_KEY },
  'a set that may be killed, two reads': { actors: [setter('A', MORTAL), reader(2)], deaths: 1, still: ONE_KEY },
  'a set of a new key that may be killed, two reads': {
    value: false,
    actors: [setter('A', MORTAL), reader(2)],
    deaths: 1,
    still: ONE_KEY,
  },
  'a set and a delete, one may be killed': {
    actors: [setter('A', MORTAL), deleter(MORTAL)],
    deaths: 1,
    still: ONE_KEY,
  },
  'a set and a delete of a new key, one may be killed': {
    value: false,
    actors: [setter('A', MORTAL), deleter({ ...MORTAL, ...COLD })],
    deaths: 1,
    still: ONE_KEY,
  },
  'a set, a delete and a read': { actors: [setter('A'), deleter(), reader()], still: ONE_KEY },
  'a set, an eviction and a read, one may be killed': {
    actors: [setter('A', MORTAL), evictor(MORTAL), reader()],
    deaths: 1,
    still: ONE_KEY,
  },
  'a set, and an eviction that reaps; both may be killed': {
    actors: [setter('A', MORTAL), evictorAndReaper(MORTAL)],
    deaths: 2,
    still: NO_COMPACTION,
  },
  'a set, a delete and a reaper': { actors: [setter('A'), deleter(), reaper()], still: NO_COMPACTION },
  'a set and a sweep an hour later, one may be killed': {
    actors: [setter('A', MORTAL), hour, sweeper(MORTAL)],
    deaths: 1,
    still: NO_COMPACTION,
  },
  'a set and a clear': {
    actors: [setter('A'), { name: 'L', course: removeAll }],
    still: NO_COMPACTION,
  },
  'a set and a compaction, both may be killed': {
    actors: [setter('A', MORTAL), compactor('C', MORTAL)],
    deaths: 2,
    still: NO_REAPING,
  },
  'a set that may be killed and a compaction, torn lines': {
    torn: true,
    actors: [setter('A', MORTAL), compactor('C')],
    deaths: 1,
    still: NO_REAPING,
  },
  'a set, then a compaction, and a process that reads other keys, too': {
    actors: [
      {
        name: 'WA',
        course: function* (self) {
          yield* set(self, 'A');
          yield* compact(self, 'C');
        },
      },
      busyReader,
    ],
    still: NO_REAPING,
  },
  'a set and two deletes': {
    actors: [
      setter('A'),
      {
        name: 'D',
        course: function* (self) {
          yield* del(self);
          yield* del(self);
        },
      },
    ],
    still: ONE_KEY,
  },
  'an index that has lost its end, a set and a read': {
    index: [['done']],
    actors: [setter('A', COLD), { name: 'R', course: (self) => read(self), ...COLD }],
    still: ONE_KEY,
  },
  'an index that lists what is gone, and a delete': {
    value: false,
    index: [['set', FIRST, ''], ['done']],
    actors: [deleter(COLD)],
    still: ONE_KEY,
  },
  'a delete and a compaction, one may be killed': {
    actors: [deleter(MORTAL), compactor('C', MORTAL)],
    deaths: 1,
    still: NO_REAPING,
  },
  'an eviction, a compaction and a read, one may be killed': {
    actors: [evictor(MORTAL), compactor('C', MORTAL), reader()],
    deaths: 1,
    still: NO_REAPING,
  },
  'a set and a rebuild, both may be killed': {
    index: [['set', FIRST, '']],
    actors: [setter('A', { ...MORTAL, ...COLD }), compactor('C', { ...MORTAL, ...COLD })],
    deaths: 2,
    still: NO_REAPING,
  },
  'a set that may be killed, a compactor that is killed before `done`, a rebuild': {
    actors: [setter('A', MORTAL), dyingCompactors(1)],
    deaths: 1,
    still: NO_REAPING,
  },
  'a set that may be killed, two compactors that are killed before `done`, a rebuild': {
    actors: [setter('A', MORTAL), dyingCompactors(2)],
    deaths: 1,
    still: NO_REAPING,
  },
  'a set that may be killed, an index that is discarded, a compaction': {
    actors: [setter('A', MORTAL), compactor('C'), { name: 'D', course: discard }],
    deaths: 1,
    still: NO_REAPING,
  },
  'a set by a process that has not read the index and may be killed, an index that is discarded, a compaction': {
    actors: [setter('A', { ...MORTAL, ...COLD }), compactor('C'), { name: 'D', course: discard }],
    deaths: 1,
    still: NO_REAPING,
  },
  'a delete that may be killed, and a read': { actors: [deleter(MORTAL), reader()], deaths: 1, still: ONE_KEY },
} as const satisfies Record<string, Scenario>;

/** What takes minutes. */
export const LONG_SCENARIOS = {
  'three sets': { actors: [setter('A'), setter('B'), setter('C')], still: ONE_KEY },
  'two sets and a delete': { actors: [setter('A'), setter('B'), deleter()], still: ONE_KEY },
  'a set, a delete and a read, one may be killed': {
    actors: [setter('A', MORTAL), deleter(MORTAL), reader()],
    deaths: 1,
    still: ONE_KEY,
  },
  'a set, a delete and a reaper, one may be killed': {
    actors: [setter('A', MORTAL), deleter(MORTAL), reaper(MORTAL)],
    deaths: 1,
    still: NO_COMPACTION,
  },
  'a set, an eviction that reaps, another reaper': {
    actors: [setter('A'), evictorAndReaper(), reaper()],
    still: NO_COMPACTION,
  },
  'a set, a compaction and a read, one may be killed': {
    actors: [setter('A', MORTAL), compactor('C', MORTAL), reader()],
    deaths: 1,
    still: NO_REAPING,
  },
  'a delete, a compaction and a read, one may be killed': {
    actors: [deleter(MORTAL), compactor('C', MORTAL), reader()],
    deaths: 1,
    still: NO_REAPING,
  },
  'a delete that may be killed, a compactor that is killed before `done`, a rebuild, a read': {
    actors: [deleter(MORTAL), dyingCompactors(1), reader()],
    deaths: 1,
    still: NO_REAPING,
  },
  'a set and a compaction an hour later, one may be killed': {
    actors: [setter('A', MORTAL), hour, compactor('C', MORTAL)],
    deaths: 1,
    still: ['compactors'],
  },
  'a set, and a clear with its compaction': {
    actors: [setter('A'), { name: 'L', course: clear }],
    still: ['compactors'],
  },
  'a set, a compaction, and a delete on a full disk': {
    actors: [setter('A', MORTAL), compactor('C'), { name: 'D', course: (self) => del(self, { fullDisk: true }) }],
    deaths: 1,
    still: NO_REAPING,
  },
  'two sets and a compaction': { actors: [setter('A'), setter('B'), compactor('C')], still: NO_REAPING },
  'two compactions and the last record of a set, one compactor may be killed': {
    index: [['set', FIRST, ''], ['done'], ['open', 'A']],
    actors: [
      { name: 'WA', course: (self) => concludeSet(self, 'A', FIRST) },
      compactor('C1', MORTAL),
      compactor('C2', MORTAL),
    ],
    deaths: 1,
    still: ['reap folder'],
  },
  'two compactions and a set, one may be killed': {
    actors: [setter('A', MORTAL), compactor('C1', MORTAL), compactor('C2', MORTAL)],
    deaths: 1,
    still: ['reap folder'],
  },
} as const satisfies Record<string, Scenario>;

/** The name of a scenario. */
export type ScenarioName = keyof typeof SCENARIOS;
