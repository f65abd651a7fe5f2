import { getOf } from '../harness/actions.ts';
import type { Action } from '../harness/contestant.ts';
import { fillCount, nextFilled, race, roundsFor, turnLength } from '../harness/rounds.ts';
import type { Scenario } from '../harness/scenario.ts';
import { keyFor, valueFor } from '../harness/values.ts';

export const overwrite: Scenario = {
  name: 'overwrite',
  about: 'storing another value under a key that has one',
  varies: 'value bytes',
  run: async (bench) => {
    for (const valueBytes of bench.effort.sizes) {
      await race(bench, {
        scenario: 'overwrite',
        valueBytes,
        options: { memory: true },
        fill: fillCount(valueBytes),
        rounds: bench.effort.rounds,
        turns: (runner, round) => {
          const actions = nextFilled(runner, turnLength(valueBytes)).map((number): Action => {
            return {
              operation: 'set',
              key: keyFor(number),
              value: valueFor(number + 1_000_000 * (round + 1), valueBytes),
            };
          });
          return [{ operation: 'overwrite', actions }];
        },
      });
    }
  },
};

/** Deletes what was set just before, so that nothing else is at hand than for the other scenarios. */
export const deletion: Scenario = {
  name: 'delete',
  about: 'removing entries that are there',
  varies: 'value bytes',
  run: async (bench) => {
    for (const valueBytes of bench.effort.sizes) {
      const rounds = roundsFor(bench.effort.rounds, valueBytes);
      await race(bench, {
        scenario: 'delete',
        valueBytes,
        options: { memory: true },
        fill: turnLength(valueBytes) * rounds,
        rounds: bench.effort.rounds,
        turns: (runner, round) => {
          const share = Math.max(1, Math.floor(runner.filled / rounds));
          const first = round * share;
          if (first + share > runner.filled) return [];
          const numbers = Array.from({ length: share }, (_, at) => first + at);
          return [
            {
              operation: 'delete',
              // Reading before the first delete shows that it was there.
              before: round === 0 ? [getOf(first, valueBytes)] : [],
              actions: numbers.map((number): Action => ({ operation: 'delete', key: keyFor(number) })),
            },
          ];
        },
      });
    }
  },
};
