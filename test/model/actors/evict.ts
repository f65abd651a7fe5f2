/** An eviction or expiry, without a lock. Stands for `upkeep/evictor.ts`. */

import { append, isTrusted, load, type Self, type Steps, settleAll } from '../knowledge.ts';
import { note } from '../search.ts';
import { knows, type World } from '../world.ts';
import { kill } from './kill.ts';

/** Evicts the generation that is listed. */
export function* evict(self: Self): Steps {
  yield* load(self);
  if (!(yield* note((world: World) => isTrusted(knows(world, self.name))))) return;
  yield* settleAll(self);
  const generation = yield* note((world: World) => knows(world, self.name).row);
  if (generation === '') return;
  yield* kill(self, generation, 'evict');
  if (self.rules.has('evict-tells')) yield* append(self, [['evict', generation]]);
}
