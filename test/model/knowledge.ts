/**
 * What a process does with the index: it looks, reads on, appends, and knows what to believe of a key. Stands for
 * `index/catalog.ts`, `index-contents.ts` and `index-file.ts`.
 */

import type { Rules } from './rules.ts';
import { type Course, call, look, note, rest } from './search.ts';
import {
  appendTo,
  dropUnheld,
  hasEntry,
  indexFile,
  isUnlinked,
  type Knowledge,
  knows,
  type Line,
  lengthOf,
  named,
  type World,
  withName,
  without,
} from './world.ts';

/** Which process acts, and by which rules. */
export interface Self {
  readonly name: string;
  readonly rules: Rules;
  /** Whether others see half of a line while it is being written. */
  readonly torn?: boolean;
}

/** The course of a process of this model. */
export type Steps<Result = void> = Course<World, Result>;

/** The answer of {@link consult} when only the sidecar knows. */
export const ASK = '?';

/** Knowledge of a process that has opened an index and read nothing of it. */
export function newKnowledge(file: string, epoch = 0): Knowledge {
  return {
    file,
    epoch,
    size: 0,
    readTo: 0,
    position: 0,
    complete: false,
    following: false,
    verified: false,
    row: '',
    pending: [],
    ask: false,
    memory: undefined,
  };
}

export function isTrusted({ complete, readTo, size }: Knowledge): boolean {
  return complete && readTo === size;
}

export function isDoubtful({ ask, pending }: Knowledge): boolean {
  return ask || pending.length > 0;
}

/** Lists a generation, or none. Either way the row is another one than before. */
export function list(known: Knowledge, generation: string): void {
  known.row = generation;
  if (known.memory?.sameEpoch) known.memory = { ...known.memory, sameStamp: false };
}

/** Takes one line in. */
export function apply(rules: Rules, known: Knowledge, line: Line): void {
  switch (line[0]) {
    case 'open':
      known.pending = withName(without(known.pending, line[1]), line[1]);
      return;
    case 'set': {
      const [, generation, replaced] = line;
      known.pending = without(known.pending, generation);
      const inOrder = known.row === '' ? replaced === '' : known.row === generation || known.row === replaced;
      if (!inOrder && rules.has('out-of-order-asks')) known.ask = true;
      list(known, generation);
      return;
    }
    case 'del':
      known.pending = without(known.pending, line[1]);
      if (line[2] !== '') applyKill(rules, known, line[2]);
      else if (known.row !== '' && rules.has('kill-of-nothing-asks')) known.ask = true;
      return;
    case 'evict':
      applyKill(rules, known, line[1]);
      return;
    case 'ask':
      known.ask = true;
      return;
    case 'done':
      known.complete = true;
  }
}

function applyKill(rules: Rules, known: Knowledge, generation: string): void {
  if (known.row === '') {
    if (known.pending.length > 0 && rules.has('kill-of-pending-asks')) known.ask = true;
    return;
  }
  if (known.row === generation) list(known, '');
  else if (rules.has('kill-of-unlisted-asks')) known.ask = true;
}

function readOn({ rules }: Self, world: World, known: Knowledge, to: number): void {
  const file = indexFile(world, known.file);
  known.following ||= to === known.size;
  if (file.header && !rules.has('complete-with-done')) known.complete = true;
  if (to <= known.readTo) return;
  const end = Math.floor(to / 2);
  for (const line of file.lines.slice(known.position / 2, end)) {
    // Without a header it is nobody's index.
    if (line[0] !== 'done' || file.header) apply(rules, known, line);
  }
  known.position = end * 2;
  known.readTo = to;
}

/** Drops all that is known and turns to the index that has the name now, creating it when nothing has. */
export function* restart(self: Self): Steps {
  yield* call('opens the index', (world: World) => {
    if (world.index === '') {
      world.index = `N${++world.created}`;
      world.files = { ...world.files, [world.index]: { header: false, lines: [], torn: false } };
    }
    const before = knows(world, self.name);
    const known = newKnowledge(world.index, before.epoch + 1);
    if (before.memory !== undefined) known.memory = { ...before.memory, sameEpoch: false, sameStamp: true };
    world.knowledge = { ...world.knowledge, [self.name]: known };
    dropUnheld(world);
  });
}

/** Looks whether the index has changed, and reads what was appended. */
export function* poll(self: Self): Steps {
  const replaced = yield* call('looks at the index', (world: World) => {
    const known = knows(world, self.name);
    const gone = isUnlinked(world, known.file);
    if (!gone || !self.rules.has('reopen-when-replaced')) lookAt(self, world);
    return gone;
  });
  if (!replaced || !self.rules.has('reopen-when-replaced')) return;
  yield* restart(self);
  yield* call('looks at the new index', (world: World) => lookAt(self, world));
}

function lookAt(self: Self, world: World): void {
  const known = knows(world, self.name);
  known.size = lengthOf(indexFile(world, known.file));
  if (known.following) readOn(self, world, known, known.size);
}

/** Looks, and reads all there is. */
export function* load(self: Self): Steps {
  yield* poll(self);
  yield* note((world: World) => {
    const known = knows(world, self.name);
    readOn(self, world, known, known.size);
  });
}

/** Appends lines, to the next index too when the one held was replaced. Returns their length. */
export function* append(self: Self, lines: readonly Line[]): Steps<number> {
  let all = lines;
  let own = lines;
  for (;;) {
    yield* write(self, all);
    const replaced = yield* look('index name', 'looks whether its index was replaced', (world: World) => {
      const known = knows(world, self.name);
      const gone = isUnlinked(world, known.file);
      if (!gone || !self.rules.has('append-again')) noteOwn(self, world, all.length * 2, own);
      return gone;
    });
    if (!replaced || !self.rules.has('append-again')) return all.length * 2;
    if (self.rules.has('append-again-doubts')) all = [...all, ['ask', '']];
    own = [];
    yield* restart(self);
  }
}

function* write(self: Self, lines: readonly Line[]): Steps {
  const text = lines.map((line) => line.join(' ')).join(', ');
  const isFree = (world: World) => !indexFile(world, knows(world, self.name).file).torn;
  yield* call(
    self.torn ? `appends the first half of ${text}` : `appends ${text}`,
    (world: World) => {
      const { file } = knows(world, self.name);
      appendTo(world, file, lines);
      if (self.torn) setTorn(world, file, true);
    },
    // The system lets one append at a time.
    isFree,
  );
  if (self.torn) yield* rest('appends the rest', (world: World) => setTorn(world, knows(world, self.name).file, false));
}

function setTorn(world: World, name: string, torn: boolean): void {
  const file = world.files[name];
  if (file !== undefined) world.files = { ...world.files, [name]: { ...file, torn } };
}

/** What a process appended it need not read again, if nothing else came in between. */
function noteOwn({ name, rules }: Self, world: World, length: number, own: readonly Line[]): void {
  const known = knows(world, name);
  const size = lengthOf(indexFile(world, known.file));
  const alone =
    isTrusted(known) && own.length > 0 && known.position === known.readTo && size === known.position + length;
  known.size = size;
  if (!alone) return;
  for (const line of own) apply(rules, known, line);
  known.position = known.readTo = size;
}

/** A place in the index, to look at what was appended since. */
export interface Mark {
  readonly epoch: number;
  readonly position: number;
}

export function* mark(self: Self): Steps<Mark> {
  return yield* note((world: World) => {
    const { epoch, size } = knows(world, self.name);
    return { epoch, position: size };
  });
}

/** Whether nothing was appended since a mark but `own` by the caller, who has just looked. */
export function* isQuietSince(self: Self, since: Mark, own: number): Steps<boolean> {
  return yield* note((world: World) => {
    const { epoch, size } = knows(world, self.name);
    return epoch === since.epoch && size === since.position + own;
  });
}

/** The generations that were set since a mark. */
export function* generationsSince(self: Self, since: Mark): Steps<readonly string[]> {
  return yield* call('reads what was appended since it began', (world: World) => {
    const { epoch, file } = knows(world, self.name);
    const { lines, torn } = indexFile(world, file);
    const from = epoch === since.epoch ? Math.ceil(since.position / 2) : 0;
    const tail = lines.slice(from, torn ? -1 : lines.length);
    return [...new Set(tail.flatMap((line) => (line[0] === 'set' || line[0] === 'ask' ? [line[1]] : [])))]
      .filter((generation) => generation !== '')
      .sort();
  });
}

/** What was known when a change was announced. */
export interface Announcement {
  /** The end of the index behind the announcement. */
  readonly began: Mark;
  readonly known: string;
}

/** Appends the `open` of a change, and then looks what is known of the key. */
export function* announce(self: Self, own: string): Steps<Announcement> {
  if (!(yield* note((world: World) => isTrusted(knows(world, self.name))))) yield* poll(self);
  yield* append(self, [['open', own]]);
  yield* note((world: World) => {
    const known = knows(world, self.name);
    if (known.following) readOn(self, world, known, known.size);
  });
  return { began: yield* mark(self), known: yield* consult(self, own) };
}

/** What a change knows that doesn't announce itself. */
export function* lookUnannounced(self: Self): Steps<Announcement> {
  yield* poll(self);
  return { began: yield* mark(self), known: yield* consult(self) };
}

/** Whether the index lists something, as far as it was read. */
export function* lists(self: Self): Steps<boolean> {
  return yield* note((world: World) => {
    const known = knows(world, self.name);
    return isTrusted(known) && known.row !== '';
  });
}

/**
 * What is known of the key, after a look: its generation, none, or that the sidecar must be asked. `own` is the caller's
 * own change that is under way.
 */
export function* consult(self: Self, own = ''): Steps<string> {
  const first = yield* note((world: World) => {
    const known = knows(world, self.name);
    const isPending = known.pending.some((operation) => operation !== own);
    if (!isTrusted(known) || (isPending && self.rules.has('pending-asks'))) return ASK;
    return known.ask ? 'settle' : 'believe';
  });
  if (first === ASK) return ASK;
  if (first === 'settle') yield* settle(self);
  const { row, doubted } = yield* note((world: World) => {
    const known = knows(world, self.name);
    return { row: known.row, doubted: !known.verified && self.rules.has('absent-is-verified') };
  });
  if (row !== '' || !doubted) return row;
  if (!(yield* call('looks for a sidecar', (world: World) => world.sidecar !== undefined))) return '';
  yield* settle(self);
  return yield* note((world: World) => knows(world, self.name).row);
}

/** Compares the shard with its folder. */
export function* verify(self: Self): Steps {
  yield* call('compares its list with the folder', (world: World) => {
    const known = knows(world, self.name);
    known.verified = true;
    if (world.sidecar !== undefined && (known.row === '' || !hasEntry(world, known.row))) known.ask = true;
  });
}

/** Lists what the sidecar says. */
export function* settle(self: Self): Steps {
  const live = yield* findLive();
  yield* note((world: World) => {
    const known = knows(world, self.name);
    list(known, live ?? '');
    known.ask = false;
  });
}

/** Asks the sidecar if the key is in doubt; if somebody is changing it, it stays so. */
export function* settleAll(self: Self): Steps {
  if (!(yield* note((world: World) => isDoubtful(knows(world, self.name))))) return;
  yield* settle(self);
  yield* note((world: World) => {
    const known = knows(world, self.name);
    if (known.pending.length > 0) known.ask = true;
  });
}

/** What the sidecar says: a generation, that it is dead, or that there is none. */
export function* readSidecar(): Steps<string> {
  return yield* call('reads the sidecar', (world: World) =>
    world.sidecar === undefined ? 'none' : (named(world) ?? 'dead'),
  );
}

/** The generation that is live by sidecar and entry file, once the same one has failed twice. */
export function* findLive(): Steps<string | undefined> {
  for (let failed = ''; ; ) {
    const generation = yield* readSidecar();
    if (generation === 'none' || generation === 'dead') return undefined;
    if (yield* call(`looks for the entry file of ${generation}`, (world: World) => hasEntry(world, generation)))
      return generation;
    if (generation === failed) return undefined;
    failed = generation;
  }
}

/** What the index tells a process that starts now and believes it without a look at the files. */
export function toldByIndex(world: World, rules: Rules): Knowledge {
  const { header, lines } = indexFile(world, world.index);
  const known = newKnowledge(world.index);
  for (const line of lines) if (line[0] !== 'done' || header) apply(rules, known, line);
  return known;
}
