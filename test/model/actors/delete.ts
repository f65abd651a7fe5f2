/** A delete. Stands for `access/deleter.ts`. */

import { callBegins, deleteReturns } from '../history.ts';
import {
  ASK,
  announce,
  append,
  consult,
  isTrusted,
  lists,
  lookUnannounced,
  poll,
  restart,
  type Self,
  type Steps,
} from '../knowledge.ts';
import { call, note, preface } from '../search.ts';
import { dropUnheld, knows, type World } from '../world.ts';
import { killStanding, unlink } from './kill.ts';

/** Deletes the key. On a full disk the index is discarded, since nothing can be appended to it. */
export function* del(self: Self, { fullDisk = false } = {}): Steps {
  yield* preface((world: World) => callBegins(world, self.name));
  if (!(yield* lists(self))) {
    yield* poll(self);
    if ((yield* consult(self)) === '') {
      yield* note((world: World) => deleteReturns(world, self.name, ''));
      return;
    }
  }
  const killed = yield* announceAndKill(self, { fullDisk });
  yield* note((world: World) => deleteReturns(world, self.name, killed));
}

/** Returns the generation that was killed; empty if there was none. A clear believes what is listed. */
export function* announceAndKill(self: Self, { fullDisk = false, isClear = false } = {}): Steps<string> {
  const operation = self.name;
  let known = '';
  if (fullDisk) {
    yield* discard(self);
    known = ASK;
  } else if (!self.rules.has('delete-announces')) known = (yield* lookUnannounced(self)).known;
  else if (isClear) yield* append(self, [['open', operation]]);
  else known = (yield* announce(self, operation)).known;
  const { generation, killed } = yield* killCurrent(self, known !== ASK);
  if (!fullDisk && self.rules.has('delete-tells')) yield* append(self, [['del', operation, generation]]);
  return killed ? generation : '';
}

/** Makes everybody distrust the index. A compactor that started from it sees by its first byte that it was discarded. */
export function* discard(self: Self): Steps {
  if (self.rules.has('discard-spoils')) {
    yield* call('overwrites the first byte of the index', (world: World) => {
      const { file } = knows(world, self.name);
      const held = world.files[file];
      if (held !== undefined) world.files = { ...world.files, [file]: { ...held, spoiled: true } };
    });
  }
  yield* call('removes the index', (world: World) => {
    world.index = '';
    dropUnheld(world);
  });
  yield* restart(self);
}

interface Outcome {
  readonly generation: string;
  readonly killed: boolean;
}

/** Kills the generation that the sidecar names, until one kill succeeds or the key is dead. */
function* killCurrent(self: Self, listedIsLive: boolean): Steps<Outcome> {
  for (let failed = ''; ; ) {
    const { generation, killed } = yield* killStanding('delete');
    if (generation === '') return yield* killListed(self, failed, listedIsLive);
    if (killed || generation === failed || !self.rules.has('delete-tries-again')) return { generation, killed };
    failed = generation;
  }
}

function* killListed(self: Self, failed: string, isLive: boolean): Steps<Outcome> {
  const row = yield* note((world: World) => {
    const known = knows(world, self.name);
    return isTrusted(known) ? known.row : '';
  });
  if (row === '') return { generation: failed, killed: false };
  const unlinked = yield* unlink(row, 'delete');
  return { generation: row, killed: unlinked && (isLive || !self.rules.has('delete-believes-sidecar')) };
}
