/** A sweep, and clearing. Stands for `upkeep/sweep.ts`, and for the orphans that a repair removes. */

import { unlinkEntry } from '../files.ts';
import { callBegins, callEnds, deleteReturns } from '../history.ts';
import { append, findLive, isTrusted, load, poll, readSidecar, type Self, type Steps } from '../knowledge.ts';
import { call, note, preface } from '../search.ts';
import { hasEntry, knows, type World, without } from '../world.ts';
import { compact } from './compaction.ts';
import { announceAndKill } from './delete.ts';
import { unlink } from './kill.ts';
import { type Condemned, emptyReapFolder, orphan, reap, reapShard } from './reap.ts';

/** From now on, all that is there is an hour old. */
export function* anHourPasses(): Steps {
  yield* call('(an hour passes)', (world: World) => {
    const opened = Object.values(world.files).flatMap(({ lines }) =>
      lines.flatMap((line) => (line[0] === 'open' ? [`open ${line[1]}`] : [])),
    );
    const temporaries = world.temporaries.map((name) => `temporary ${name}`);
    world.old = [...new Set([...world.entries, ...temporaries, ...opened])].sort();
  });
}

/** Removes orphans older than an hour, reaps a dead sidecar, and puts right what index and files tell differently. */
export function* sweep(self: Self): Steps {
  yield* load(self);
  const { entries, temporaries, hasSidecar, hasReap } = yield* call('lists the shard', (world: World) => ({
    entries: world.entries,
    temporaries: world.temporaries,
    hasSidecar: world.sidecar !== undefined,
    hasReap: world.reap !== undefined,
  }));
  const { trusted, row } = yield* note((world: World) => {
    const known = knows(world, self.name);
    return { trusted: isTrusted(known), row: isTrusted(known) ? known.row : '' };
  });
  for (const generation of temporaries) yield* removeTemporary(self, generation);
  yield* removeOrphans(self, entries);
  if (hasSidecar && !entries.includes(row)) {
    if (row === '' && trusted) yield* append(self, [['ask', '']]);
    if (hasReap) yield* emptyReapFolder(self);
    yield* reap(self, `${self.name}2`);
  } else if (hasReap) {
    yield* emptyReapFolder(self);
  }
  yield* dropGhost(self);
}

function* isOld({ rules }: Self, name: string): Steps<boolean> {
  if (!rules.has('sweep-by-age')) return true;
  return yield* call(`looks how old ${name} is`, (world: World) => world.old.includes(name));
}

function* removeTemporary(self: Self, generation: string): Steps {
  const name = `temporary ${generation}`;
  if (!(yield* isOld(self, name))) return;
  yield* call(`removes the temporary sidecar of ${generation}`, (world: World) => {
    world.temporaries = without(world.temporaries, generation);
    world.old = without(world.old, name);
  });
}

function* removeOrphans(self: Self, entries: readonly string[]): Steps {
  const condemned: Condemned[] = [];
  for (const generation of entries) {
    if (!(yield* isOld(self, generation)) || !(yield* isOrphan(generation))) continue;
    if (self.rules.has('sweep-moves-orphans')) {
      condemned.push(orphan(generation, () => isOrphan(generation)));
      continue;
    }
    yield* call(`removes the orphan ${generation}`, (world: World) => void unlinkEntry(world, generation, 'sweep'));
  }
  if (condemned.length > 0) yield* reapShard(self, self.name, condemned);
}

function* isOrphan(generation: string): Steps<boolean> {
  return (yield* readSidecar()) !== generation;
}

/** Takes a row off the list whose entry file is gone. */
function* dropGhost(self: Self): Steps {
  const row = yield* note((world: World) => {
    const known = knows(world, self.name);
    return isTrusted(known) ? known.row : '';
  });
  if (row === '') return;
  if (yield* call(`looks for the entry file of ${row}`, (world: World) => hasEntry(world, row))) return;
  const live = yield* findLive();
  yield* append(self, live === undefined ? [['evict', row]] : [['ask', '']]);
}

/** Clears the tag, and compacts its index. */
export function* clear(self: Self): Steps {
  yield* removeAll(self);
  yield* compact(self);
}

/** What a clear does before it compacts the index. */
export function* removeAll(self: Self): Steps {
  yield* preface((world: World) => callBegins(world, self.name));
  const hasSidecar = yield* call('lists the shard', (world: World) => world.sidecar !== undefined);
  let killed: string | undefined;
  if (hasSidecar) {
    killed = yield* announceAndKill(self, { isClear: true });
    yield* reap(self, `${self.name}2`);
  }
  yield* dropUnnamed(self);
  yield* note((world: World) => {
    // A clear that met a key removes it; one that met none may have come before it.
    if (killed === undefined) callEnds(world, self.name);
    else deleteReturns(world, self.name, killed);
  });
}

/** Ends what is listed though its sidecar is damaged or gone. */
function* dropUnnamed(self: Self): Steps {
  yield* poll(self);
  const row = yield* note((world: World) => {
    const known = knows(world, self.name);
    return isTrusted(known) ? known.row : '';
  });
  if (row === '') return;
  const found = yield* readSidecar();
  if (found !== 'none' && found !== 'dead') return;
  yield* unlink(row, 'delete');
  yield* append(self, [['evict', row]]);
}
