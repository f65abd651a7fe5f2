/** A set. Stands for `access/writer.ts` and `placeSidecar` of `entry/store.ts`. */

import {
  changeSidecar,
  createEntry,
  isEntryLinked,
  isSidecarLinked,
  placeSidecar,
  unlinkEntry,
  wasTaken,
} from '../files.ts';
import { callBegins, setReturns } from '../history.ts';
import {
  ASK,
  announce,
  append,
  generationsSince,
  isQuietSince,
  lookUnannounced,
  readSidecar,
  type Self,
  type Steps,
} from '../knowledge.ts';
import { call, look, note, preface } from '../search.ts';
import { type Line, type Reaped, type World, withName, without } from '../world.ts';
import { emptyReapFolder } from './reap.ts';

/** Sets the key, as often as it takes; the first generation bears the value's name. */
export function* set(self: Self, value: string): Steps {
  yield* preface((world: World) => callBegins(world, self.name));
  for (let generation = value; ; generation = `${generation}'`) {
    if (!(yield* attempt(self, generation))) continue;
    yield* note((world: World) => setReturns(world, self.name, generation));
    return;
  }
}

/** The end of a set that has announced itself, for scenarios in which only its last record matters. */
export function* concludeSet(self: Self, generation: string, replaced: string): Steps {
  yield* preface((world: World) => callBegins(world, self.name));
  yield* call(`renames the sidecar: ${generation}`, (world: World) => {
    createEntry(world, generation);
    placeSidecar(world, { generation, empty: false });
  });
  yield* append(self, [['set', generation, replaced]]);
  yield* call(`unlinks the entry file of ${replaced}`, (world: World) => unlinkEntry(world, replaced, 'set'));
  yield* note((world: World) => setReturns(world, self.name, generation));
}

function* attempt(self: Self, generation: string): Steps<boolean> {
  const { rules } = self;
  yield* call(`creates the entry file of ${generation}`, (world: World) => createEntry(world, generation));
  const { began, known } = rules.has('set-announces')
    ? yield* announce(self, generation)
    : yield* lookUnannounced(self);
  if (rules.has('set-looks-before-sidecar')) {
    const there = yield* look('reap folder', 'looks at its entry file', (world: World) =>
      isEntryLinked(world, generation),
    );
    if (!there) return yield* abandon(self, generation);
  }
  const replaced = yield* place(generation, known);
  if (replaced === undefined) return yield* abandon(self, generation);
  if (rules.has('set-fences-reaper')) yield* emptyReapFolder(self);
  const record: Line = ['set', generation, replaced];
  // A set that was killed before it could start over would leave a record of what no sidecar names.
  const sidecar = yield* lookAt('sidecar', generation, 'reap folder');
  const entry = yield* lookAt('entry', generation);
  const isDoubtful = sidecar === 'taken' && rules.has('taken-sidecar-asks');
  const appended = yield* append(self, isDoubtful ? [record, ['ask', '']] : [record]);
  const isAlone = (yield* isQuietSince(self, began, appended)) || !rules.has('set-looks-again');
  if (isAlone && sidecar === 'there' && entry === 'there') {
    if (replaced !== '') {
      yield* call(`unlinks the entry file of ${replaced}`, (world: World) => unlinkEntry(world, replaced, 'set'));
    }
    return true;
  }
  const tail = rules.has('set-looks-at-tail') ? yield* generationsSince(self, began) : [];
  return yield* clearUp(self, generation, [replaced, generation, ...tail]);
}

/** Makes the sidecar appear. Returns the generation replaced; `undefined` if the temporary file was taken away. */
function* place(generation: string, known: string): Steps<string | undefined> {
  let replaced = known === ASK ? undefined : known;
  let mayCreate = known === '';
  for (;;) {
    if (mayCreate) {
      const created = yield* call('creates the sidecar', (world: World) => {
        if (world.sidecar !== undefined) return false;
        placeSidecar(world, { generation, empty: true });
        return true;
      });
      if (created) {
        yield* call(`writes the sidecar: ${generation}`, (world: World) =>
          changeSidecar(world, { generation, empty: false }),
        );
        return '';
      }
      replaced = undefined;
    }
    if (replaced !== undefined) break;
    const standing = yield* readSidecar();
    replaced = standing === 'none' || standing === 'dead' ? '' : standing;
    if (standing !== 'none' || mayCreate) break;
    mayCreate = true;
  }
  yield* call('creates a temporary sidecar', (world: World) => {
    world.temporaries = withName(world.temporaries, generation);
  });
  const renamed = yield* call(`renames the sidecar: ${generation}`, (world: World) => {
    if (!world.temporaries.includes(generation)) return false;
    world.temporaries = without(world.temporaries, generation);
    placeSidecar(world, { generation, empty: false });
    return true;
  });
  return renamed ? replaced : undefined;
}

function* abandon(self: Self, generation: string): Steps<false> {
  yield* call(`unlinks the entry file of ${generation}`, (world: World) => {
    unlinkEntry(world, generation, 'set');
  });
  yield* append(self, [['del', generation, '']]);
  return false;
}

/**
 * Removes every generation that was seen but the one that stands. Returns whether the set has happened: not so if its
 * files were taken in passing, and no other set came after it.
 */
function* clearUp({ rules }: Self, own: string, seen: readonly string[]): Steps<boolean> {
  // In this order: what was killed and then reaped shows by its entry file that it was killed.
  const sidecarFirst = rules.has('set-looks-at-sidecar-first');
  const early = sidecarFirst ? undefined : yield* lookAt('entry', own);
  const sidecar = yield* lookAt('sidecar', own);
  const entry = early ?? (yield* lookAt('entry', own));
  let standing: string | undefined = own;
  if (sidecar !== 'there' && rules.has('set-looks-at-own-sidecar')) {
    const found = yield* readSidecar();
    standing = found === 'none' || found === 'dead' ? undefined : found;
  }
  for (const generation of new Set(seen)) {
    if (generation === '' || generation === standing) continue;
    yield* call(`unlinks the entry file of ${generation}`, (world: World) => unlinkEntry(world, generation, 'set'));
  }
  if (standing === own) return entry !== 'taken' || !rules.has('set-looks-at-own-entry');
  if (sidecar !== 'taken' || entry === 'killed' || !rules.has('set-starts-over')) return true;
  return standing !== undefined || wasFollowed(own, seen);
}

function wasFollowed(own: string, seen: readonly string[]): boolean {
  return seen.some((generation) => generation !== own && generation !== seen[0]);
}

type FileState = 'there' | 'killed' | 'taken';

function* lookAt(
  kind: Reaped['kind'],
  generation: string,
  looksAt = kind === 'entry' ? 'reap folder' : '',
): Steps<FileState> {
  const name = `looks at its ${kind === 'entry' ? 'entry file' : kind}`;
  return yield* look(looksAt, name, (world: World) => stateOf(world, kind, generation));
}

/** What a set sees of a file that it has made and holds open. */
function stateOf(world: World, kind: Reaped['kind'], generation: string): FileState {
  const linked = kind === 'entry' ? isEntryLinked(world, generation) : isSidecarLinked(world, generation);
  if (linked) return 'there';
  return wasTaken(world, kind, generation) ? 'taken' : 'killed';
}
