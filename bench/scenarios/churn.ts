import { setOf } from '../harness/actions.ts';
import type { Action } from '../harness/contestant.ts';
import { LARGE, type Runner, race, turnLength, unused } from '../harness/rounds.ts';
import type { Scenario } from '../harness/scenario.ts';
import { perform } from '../harness/timing.ts';

/** Entries that fit: fewer large ones, since all of them must be written more than once. */
function fitting(capacity: number, valueBytes: number): number {
  if (valueBytes > LARGE) return Math.ceil(capacity / 80);
  return valueBytes > 2 ** 14 ? Math.ceil(capacity / 10) : capacity;
}

export const churn: Scenario = {
  name: 'churn',
  about: 'storing new keys in a full cache: each set evicts the least recently used, by those that have a limit',
  varies: 'value bytes',
  run: async (bench) => {
    for (const valueBytes of bench.effort.sizes) {
      const entries = fitting(bench.effort.capacity, valueBytes);
      await race(bench, {
        scenario: 'churn',
        valueBytes,
        options: { memory: true, maxEntries: entries },
        needs: ['limit'],
        fill: 0,
        rounds: bench.effort.rounds,
        prepare: (runner) => fillUp(runner, entries, valueBytes),
        turns: (runner) => {
          const numbers = unused(runner, Math.min(turnLength(valueBytes), entries));
          const actions: Action[] = numbers.map((number) => setOf(number, valueBytes));
          return [
            {
              operation: 'churn',
              actions,
              done: (count) => {
                runner.next += count;
              },
            },
          ];
        },
      });
    }
  },
};

/**
 * Fills a store well over its limit, however long that takes, so that it is full by the first round.
 * @throws if it goes on growing: then nothing is evicted, and what is measured would be no churn.
 */
async function fillUp(runner: Runner, entries: number, valueBytes: number): Promise<void> {
  const { store, entrant } = runner;
  const add = async (): Promise<number> => {
    const actions = unused(runner, entries).map((number) => setOf(number, valueBytes));
    await perform(store, actions, Number.POSITIVE_INFINITY);
    runner.next += entries;
    return (store.face === 'remote' ? undefined : store.count?.()) ?? 0;
  };
  await add();
  const before = await add();
  const after = await add();
  if (after - before > entries / 4)
    throw new Error(`${entrant.name} grows from ${before} to ${after} entries: no churn`);
}
