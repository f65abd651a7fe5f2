/** Reaping. Stands for `entry/reap-folder.ts` and `upkeep/reaper.ts`. */

import { moveToReap, removeFromReap, takeSidecar } from '../files.ts';
import { findLive, type Self, type Steps } from '../knowledge.ts';
import { call, look } from '../search.ts';
import { hasEntry, liveOnDisk, type World, without } from '../world.ts';

/** Removes the reap folder and all in it, one thing after the other, if it is there. */
export function* emptyReapFolder({ rules }: Self): Steps {
  if (!(yield* look('reap folder', 'looks for a reap folder', (world: World) => world.reap !== undefined))) return;
  const removeOne = (world: World) => removeFromReap(world, rules.has('taken-is-marked'));
  while (yield* call('removes the reap folder or something in it', removeOne));
}

/** Something that is to be removed if it still belongs to nothing once the reap folder stands. */
export interface Condemned {
  readonly isDead: () => Steps<boolean>;
  /** Moves it into the reaper's own folder; `false` if that or itself is gone. */
  readonly move: (world: World, owner: string) => boolean;
}

/** Removes the key's sidecar if it is dead. */
export function* reap(self: Self, owner = self.name): Steps {
  const sidecar: Condemned = {
    isDead: isSidecarDead,
    move: (world, folder) => {
      if (!self.rules.has('reaper-moves')) return takeSidecar(world, 'sweep') !== undefined;
      if (world.sidecar === undefined || world.reap?.[folder] === undefined) return false;
      const file = takeSidecar(world, 'sweep');
      return file !== undefined && moveToReap(world, folder, { kind: 'sidecar', file });
    },
  };
  yield* reapShard(self, owner, [sidecar]);
}

/** Removes an orphan, unless it belongs to a set by then. */
export function orphan(generation: string, isDead: () => Steps<boolean>): Condemned {
  return {
    isDead,
    move: (world, folder) => {
      if (!hasEntry(world, generation) || world.reap?.[folder] === undefined) return false;
      moveToReap(world, folder, { kind: 'entry', generation });
      const wasLive = liveOnDisk(world) === generation;
      world.entries = without(world.entries, generation);
      if (wasLive) moved(world, generation);
      return true;
    },
  };
}

function moved(world: World, generation: string): void {
  const { history } = world;
  if (history.returned.includes(generation)) {
    history.fault ??= `${generation} was set, its set has returned, and a sweep removed it`;
  }
  history.elements = [...history.elements, { generation: '', cause: 'sweep' }];
}

/** Removes files of the shard. */
export function* reapShard(self: Self, owner: string, condemned: readonly Condemned[]): Steps {
  const folder = self.rules.has('reaper-own-folder') ? owner : 'own';
  const makeFolder = () =>
    call('makes the reap folder', (world: World) => {
      if (world.reap !== undefined) return false;
      world.reap = {};
      return true;
    });
  if (!(yield* makeFolder())) {
    yield* emptyReapFolder(self);
    if (!(yield* makeFolder())) {
      yield* emptyReapFolder(self);
      return;
    }
  }
  const made = yield* call('makes its own folder in it', (world: World) => {
    if (world.reap === undefined) return false;
    world.reap = { [folder]: [], ...world.reap };
    return true;
  });
  if (made) {
    for (const { isDead, move } of condemned) {
      if (!(yield* isDead())) continue;
      if (!(yield* call('moves it into the reap folder', (world: World) => move(world, folder)))) break;
    }
  }
  yield* emptyReapFolder(self);
}

function* isSidecarDead(): Steps<boolean> {
  const state = yield* call('looks at the length of the sidecar', (world: World) => {
    if (world.sidecar === undefined) return 'none';
    return world.sidecar.empty ? 'empty' : 'whole';
  });
  if (state === 'none') return false;
  return state === 'empty' || (yield* findLive()) === undefined;
}
