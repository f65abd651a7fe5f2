/** Ending a generation: what delete, eviction, expiry and healing have in common. Stands for `entry/store.ts`. */

import { changeSidecar, takeSidecar, unlinkEntry } from '../files.ts';
import type { Cause } from '../history.ts';
import { readSidecar, type Self, type Steps } from '../knowledge.ts';
import { call } from '../search.ts';
import type { World } from '../world.ts';

/** Removes the entry file of a generation, then empties its sidecar if that still has the name. */
export function* kill({ rules }: Self, generation: string, cause: Cause): Steps<boolean> {
  const killed = yield* unlink(generation, cause);
  const found = yield* readSidecar();
  if (found !== generation) return killed;
  if (rules.has('kill-through-descriptor')) yield* empty(generation);
  else yield* call('unlinks the sidecar by its name', (world: World) => void takeSidecar(world, 'sweep'));
  return killed;
}

/** What became of the generation that the sidecar names. */
export interface Killed {
  /** Empty if there is none. */
  readonly generation: string;
  readonly killed: boolean;
  readonly dead: boolean;
}

/** Kills the generation that the sidecar names now. */
export function* killStanding(cause: Cause): Steps<Killed> {
  const generation = yield* readSidecar();
  if (generation === 'none' || generation === 'dead') {
    return { generation: '', killed: false, dead: generation === 'dead' };
  }
  const killed = yield* unlink(generation, cause);
  yield* empty(generation);
  return { generation, killed, dead: false };
}

export function* unlink(generation: string, cause: Cause): Steps<boolean> {
  return yield* call(`unlinks the entry file of ${generation}`, (world: World) =>
    unlinkEntry(world, generation, cause),
  );
}

function* empty(generation: string): Steps {
  yield* call(`empties the sidecar of ${generation}`, (world: World) =>
    changeSidecar(world, { generation, empty: true }),
  );
}
