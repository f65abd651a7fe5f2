import { setOf } from '../harness/actions.ts';
import type { Action } from '../harness/contestant.ts';
import { LARGE, race, turnLength, unused } from '../harness/rounds.ts';
import type { Scenario } from '../harness/scenario.ts';

/** Entries that fit. */
function capacity(valueBytes: number): number {
  if (valueBytes > LARGE) return 12;
  return valueBytes > 2 ** 14 ? 100 : 1000;
}

export const churn: Scenario = {
  name: 'churn',
  about: 'storing new keys in a full cache: each set evicts the least recently used, by those that have a limit',
  varies: 'value bytes',
  run: async (bench) => {
    for (const valueBytes of bench.effort.sizes) {
      const entries = capacity(valueBytes);
      await race(bench, {
        scenario: 'churn',
        valueBytes,
        options: { memory: true, maxEntries: entries },
        needs: ['limit'],
        // Well over the limit, so that whatever the contestant counts, it is full by the first round.
        fill: entries * 2,
        rounds: bench.effort.rounds,
        prepare: ({ store, entrant }) => {
          const count = store.face === 'remote' ? undefined : store.count?.();
          if (count !== undefined && count > entries * 1.5) throw new Error(`${entrant.name} holds ${count}: no limit`);
        },
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
