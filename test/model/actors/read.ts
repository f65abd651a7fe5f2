/** A read, from memory, through the index or through the sidecar. Stands for `access/reader.ts`. */

import { callBegins, readReturns } from '../history.ts';
import {
  ASK,
  append,
  consult,
  isDoubtful,
  isTrusted,
  load,
  poll,
  readSidecar,
  type Self,
  type Steps,
} from '../knowledge.ts';
import { call, note, preface } from '../search.ts';
import { hasEntry, knows, type World } from '../world.ts';
import { kill } from './kill.ts';

/** How much of the machinery a reader has. */
export interface ReaderOptions {
  /** Whether it reads the index, as a process does after some calls. */
  readonly warm?: boolean;
  /** Whether it keeps values in memory. */
  readonly memory?: boolean;
}

/** Reads the key. */
export function* read(self: Self, options: ReaderOptions = {}): Steps {
  yield* preface((world: World) => callBegins(world, self.name));
  const found = yield* get(self, options);
  yield* note((world: World) => readReturns(world, self.name, found));
}

/** The generation whose value a get returns; empty for a miss. */
export function* get(self: Self, { warm = true, memory = true }: ReaderOptions): Steps<string> {
  const kept = memory ? yield* fromMemory(self) : '';
  if (kept !== '') return kept;
  yield* warm ? load(self) : poll(self);
  const answer = yield* consult(self);
  if (answer === '') return '';
  const listed = answer !== ASK;
  const generation = listed ? answer : yield* bySidecar();
  if (generation === '') return '';
  const found = yield* conclude(self, generation, listed);
  if (memory && found.listed) yield* note((world: World) => keep(world, self, found.generation));
  return found.generation;
}

interface Found {
  readonly generation: string;
  /** Whether the index says so. */
  readonly listed: boolean;
}

const MISS: Found = { generation: '', listed: false };

function* fromMemory(self: Self): Steps<string> {
  const { rules } = self;
  if (yield* note((world: World) => knows(world, self.name).memory === undefined)) return '';
  if (rules.has('memory-looks')) yield* poll(self);
  return yield* note((world: World) => {
    const known = knows(world, self.name);
    const { memory } = known;
    if (memory === undefined) return '';
    const holds =
      (memory.sameEpoch || !rules.has('memory-epoch')) &&
      (memory.sameStamp || !rules.has('memory-stamp')) &&
      known.row !== '' &&
      isTrusted(known) &&
      (!isDoubtful(known) || !rules.has('memory-doubts'));
    if (!holds) known.memory = undefined;
    return holds ? memory.generation : '';
  });
}

/** Keeps what was read under the row that still lists it. */
export function keep(world: World, { name }: Self, generation: string): void {
  const known = knows(world, name);
  if (known.row === generation) known.memory = { generation, sameEpoch: true, sameStamp: true };
}

/** Reads the entry file; one that is gone is looked for again until the same generation has failed twice. */
function* conclude(self: Self, first: string, listed: boolean): Steps<Found> {
  let generation = first;
  let byIndex = listed;
  while (!(yield* readEntry(generation))) {
    const again = self.rules.has('gone-twice') ? yield* bySidecar() : '';
    if (again === '') {
      if (byIndex) yield* heal(self, generation);
      return MISS;
    }
    if (again === generation) {
      if (yield* readEntry(generation)) return { generation, listed: false };
      yield* heal(self, generation);
      return MISS;
    }
    if (byIndex) yield* append(self, [['ask', '']]);
    generation = again;
    byIndex = false;
  }
  return { generation, listed: byIndex };
}

function* bySidecar(): Steps<string> {
  const generation = yield* readSidecar();
  return generation === 'none' || generation === 'dead' ? '' : generation;
}

function* readEntry(generation: string): Steps<boolean> {
  return yield* call(`opens the entry file of ${generation}`, (world: World) => hasEntry(world, generation));
}

function* heal(self: Self, generation: string): Steps {
  yield* kill(self, generation, 'evict');
  yield* append(self, [['evict', generation]]);
}
