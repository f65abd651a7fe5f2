/** A compaction, or a rebuild when the index is no complete list. Stands for `upkeep/compaction.ts`. */

import { unlinkEntry } from '../files.ts';
import {
  append,
  findLive,
  isTrusted,
  load,
  poll,
  readSidecar,
  type Self,
  type Steps,
  settleAll,
  verify,
} from '../knowledge.ts';
import { call, look, note } from '../search.ts';
import {
  appendTo,
  dropUnheld,
  hasEntry,
  indexFile,
  isUnlinked,
  knows,
  type Line,
  lengthOf,
  type World,
  withName,
  without,
} from '../world.ts';
import { orphan, reapShard } from './reap.ts';

/** Replaces the index by a new one of this name. Whoever holds the lock does not matter: here nobody takes it. */
export function* compact(self: Self, own = self.name): Steps {
  const from = yield* replaceIndex(self, own);
  if (from === undefined) return;
  yield* finish(self, own, from);
  yield* load(self);
}

/**
 * A compaction up to the moment at which its index, not complete yet, has the name: what one that is killed then leaves.
 * Returns where in the old index it has stopped reading; `undefined` if it gave up.
 */
export function* replaceIndex(self: Self, own = self.name): Steps<number | undefined> {
  const { rules } = self;
  yield* call('creates its temporary index', (world: World) => {
    world.temporaryIndexes = withName(world.temporaryIndexes, own);
    world.files = { ...world.files, [own]: { header: true, lines: [], torn: false } };
  });
  if (rules.has('compaction-own-file')) yield* removeOthers(own);
  yield* load(self);
  const { epoch, end } = yield* note((world: World) => {
    const known = knows(world, self.name);
    return { epoch: known.epoch, end: rules.has('compaction-whole-lines') ? known.position : known.size };
  });
  yield* writeBase(self, own);
  const sameBase = yield* note((world: World) => knows(world, self.name).epoch === epoch);
  if (!sameBase && rules.has('compaction-epoch')) {
    yield* removeTemporary(own);
    return undefined;
  }
  const renamed = yield* call('renames its index into place', (world: World) => {
    if (!world.temporaryIndexes.includes(own)) return false;
    world.temporaryIndexes = without(world.temporaryIndexes, own);
    world.index = own;
    dropUnheld(world);
    return true;
  });
  return renamed ? end : undefined;
}

function* removeOthers(own: string): Steps {
  const others = yield* look('compactors', 'looks for temporary indexes', (world: World) =>
    without(world.temporaryIndexes, own),
  );
  for (const name of others) yield* removeTemporary(name);
}

function* removeTemporary(name: string): Steps {
  yield* call(`removes the temporary index ${name}`, (world: World) => {
    world.temporaryIndexes = without(world.temporaryIndexes, name);
    dropUnheld(world);
  });
}

/** Writes what the new index begins with. Its file is nobody else's yet, so this takes no step of its own. */
function* writeBase(self: Self, own: string): Steps {
  const lines: Line[] = [];
  const complete = yield* note((world: World) => isTrusted(knows(world, self.name)));
  if (complete) {
    if (!(yield* note((world: World) => knows(world, self.name).verified))) yield* verify(self);
    if (self.rules.has('compaction-settles')) yield* settleAll(self);
    const row = yield* note((world: World) => knows(world, self.name).row);
    if (row !== '') lines.push(['set', row, '']);
  }
  lines.push(...(yield* doubts(self)));
  if (!complete) lines.push(...(yield* walk(self)));
  yield* note((world: World) => appendTo(world, own, lines));
}

/** What is under way, for the new index too; what was opened more than an hour ago is ended. */
function* doubts(self: Self): Steps<Line[]> {
  const { name, rules } = self;
  const { pending, ask, old } = yield* note((world: World) => {
    const known = knows(world, name);
    return { pending: known.pending, ask: known.ask, old: world.old };
  });
  const lines: Line[] = [];
  if (!rules.has('compaction-keeps-opens')) return lines;
  if (pending.length > 0) lines.push(['ask', '']);
  for (const operation of pending) {
    if (!old.includes(`open ${operation}`) || !rules.has('compaction-ends-old')) {
      lines.push(['open', operation]);
      continue;
    }
    if (!(yield* removeUnfinished(self, operation))) lines.push(['open', operation]);
  }
  if (ask) lines.push(['ask', '']);
  return lines;
}

/** Removes what a set long dead was about to name; `false` if it did so just now. */
function* removeUnfinished(self: Self, generation: string): Steps<boolean> {
  const isUnnamed = function* () {
    return (yield* readSidecar()) !== generation;
  };
  const isThere = () =>
    call(`looks for the entry file of ${generation}`, (world: World) => hasEntry(world, generation));
  if (!self.rules.has('compaction-moves-orphans')) {
    if (yield* isUnnamed())
      yield* call(`unlinks the entry file of ${generation}`, (world: World) => unlinkEntry(world, generation, 'sweep'));
    return true;
  }
  if (yield* isThere()) yield* reapShard(self, `${self.name} ${generation}`, [orphan(generation, isUnnamed)]);
  return !(yield* isThere()) || !(yield* isUnnamed());
}

/** What the files tell. */
function* walk({ rules }: Self): Steps<Line[]> {
  const { entries, sidecar } = yield* call('lists the shard', (world: World) => ({
    entries: world.entries.filter((generation) => !world.old.includes(generation)),
    sidecar: world.sidecar !== undefined,
  }));
  const live = sidecar ? yield* findLive() : undefined;
  const lines: Line[] = live === undefined ? [] : [['set', live, '']];
  if (!rules.has('rebuild-opens-unnamed')) return lines;
  for (const generation of entries) {
    if (generation === live) continue;
    const there = yield* call(`looks for the entry file of ${generation}`, (world: World) =>
      hasEntry(world, generation),
    );
    if (there) lines.push(['open', generation]);
  }
  return lines;
}

/** Carries over what was appended to the old index behind `from`, then declares the new one complete. */
function* finish(self: Self, own: string, from: number): Steps {
  const { rules } = self;
  const late = rules.has('compaction-carries-over') ? yield* carriedOver(self, from) : [];
  const spoiled = yield* look(
    'index name',
    'looks at the first byte of the old index',
    (world: World) => indexFile(world, knows(world, self.name).file).spoiled === true,
  );
  const lines: Line[] = spoiled ? late : [...late, ['done']];
  yield* call(`appends to its index ${lines.map((line) => line.join(' ')).join(', ')}`, (world: World) =>
    appendTo(world, own, lines),
  );
  if (!rules.has('compaction-passes-on')) return;
  const replaced = yield* look('compactors', 'looks whether its index was replaced', (world: World) =>
    isUnlinked(world, own),
  );
  if (!replaced || late.length === 0) return;
  yield* poll(self);
  yield* append(self, late);
}

/** What came after the fact stands in no order, so what is carried over is that the sidecar decides. */
function* carriedOver({ name, rules }: Self, from: number): Steps<Line[]> {
  return yield* call('reads what was appended to the old index meanwhile', (world: World) => {
    const file = indexFile(world, knows(world, name).file);
    const tail = file.lines.slice(Math.ceil(from / 2), Math.floor(lengthOf(file) / 2));
    return rules.has('compaction-carries-asks') ? asDoubts(rules, tail) : tail.filter(([kind]) => kind !== 'done');
  });
}

function asDoubts(rules: Self['rules'], tail: readonly Line[]): Line[] {
  const late: Line[] = [];
  const open: string[] = [];
  const end = (operation: string) => {
    const at = open.indexOf(operation);
    if (at === -1) late.push(['del', operation, '']);
    else open.splice(at, 1);
  };
  for (const line of tail) {
    if (line[0] === 'done') continue;
    if (line[0] === 'open') open.push(line[1]);
    else if (line[0] === 'set' || line[0] === 'del') end(line[1]);
    late.push(['ask', line[0] === 'set' && rules.has('carry-over-names-generations') ? line[1] : '']);
  }
  return [...late, ...open.map((operation): Line => ['open', operation])];
}
