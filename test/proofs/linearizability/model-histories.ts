/**
 * Histories whose verdict is known: recorded from a register that is atomic, or small enough to try out every order.
 */

import { seededRandom } from '../../disk/programs/random.ts';
import type { RegisterRules } from './checker.ts';
import { type Operation, valueNumber } from './history.ts';

/** What history to make up. */
export interface AtomicHistory extends RegisterRules {
  readonly seed: number;
  readonly clients: number;
  readonly operations: number;
}

/** What clients would see of a register that is atomic; some never hear how their last set or delete ended. */
export function atomicHistory({ seed, clients, operations, lossy }: AtomicHistory): Operation[] {
  const random = seededRandom(seed);
  const history: Operation[] = [];
  const free = new Array<number>(clients).fill(0);
  let held = 0;
  let time = 0;
  for (let version = 1; version <= operations; version++) {
    // Operations happen one after the other, each somewhere between its call and its return.
    time += 1 + random() * 10;
    const client = Math.floor(random() * clients);
    const idleSince = free[client] ?? 0;
    if (idleSince >= time) continue;
    if (lossy && random() < 0.2) held = 0;
    const start = Math.max(idleSince, time - random() * 40) + (time - idleSince) * 1e-6;
    const end = time + random() * 40;
    free[client] = end;
    const common = { client, key: 0, fleeting: false, start, end };
    const choice = random();
    const silent = random() < 0.05;
    if (choice < 0.4) {
      const value = valueNumber(client, version);
      if (!silent || random() < 0.5) held = value;
      history.push({ ...common, verb: 'set', value, outcome: silent ? 'unknown' : 'done' });
    } else if (choice < 0.5) {
      const outcome = silent ? 'unknown' : held === 0 ? 'miss' : 'hit';
      held = 0;
      history.push({ ...common, verb: 'delete', value: 0, outcome });
    } else if (choice < 0.6) {
      history.push({ ...common, verb: 'exists', value: 0, outcome: held === 0 ? 'miss' : 'hit' });
    } else {
      const seen = lossy && random() < 0.1 ? 0 : held;
      history.push({ ...common, verb: 'get', value: seen, outcome: seen === 0 ? 'miss' : 'hit' });
    }
  }
  return history;
}

/** Whether any order of a small history explains it, by trying out all of them. */
export function explainable(history: readonly Operation[], rules: RegisterRules): boolean {
  const fleeting = new Set(history.filter((one) => one.fleeting).map(({ value }) => value));
  const search = (left: readonly Operation[], held: number): boolean => {
    if (left.every(({ outcome }) => outcome === 'unknown')) return true;
    if (held !== 0 && (rules.lossy || fleeting.has(held)) && search(left, 0)) return true;
    return left.some((next) => {
      // Whatever returned before another was called has happened before it.
      if (left.some((other) => other.outcome !== 'unknown' && other.end < next.start)) return false;
      const rest = left.filter((other) => other !== next);
      const tooLate = (other: Operation) => other.outcome === 'unknown' && other.end < next.start;
      const after = answer(next, held, rules);
      return (
        after !== undefined &&
        search(
          rest.filter((other) => !tooLate(other)),
          after,
        )
      );
    });
  };
  return search(history, 0);
}

/** What the register holds after an operation; `undefined` if that could not have ended as it did. */
function answer({ verb, outcome, value }: Operation, held: number, { lossy }: RegisterRules): number | undefined {
  if (lossy && outcome === 'miss' && verb !== 'delete') return held;
  switch (verb) {
    case 'set':
      return value;
    case 'clear':
      return 0;
    case 'delete':
      return outcome === 'unknown' || (outcome === 'hit') === (held !== 0) ? 0 : undefined;
    case 'get':
      return outcome === 'unknown' || held === value ? held : undefined;
    case 'exists':
      return outcome === 'unknown' || (outcome === 'hit') === (held !== 0) ? held : undefined;
  }
}
