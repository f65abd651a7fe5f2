import type { Action } from '../harness/contestant.ts';
import { fillCount, LARGE, nextFilled, race, turnLength } from '../harness/rounds.ts';
import type { Scenario } from '../harness/scenario.ts';
import { keyFor } from '../harness/values.ts';

/** One scenario, so that both are measured in the same rounds and can be compared with each other. */
export const lookup: Scenario = {
  name: 'lookup',
  about: 'miss: getting what is not there; exists: asking for what is there, without reading it',
  varies: 'value bytes',
  run: async (bench) => {
    for (const valueBytes of bench.effort.sizes) {
      if (valueBytes > LARGE) continue;
      await race(bench, {
        scenario: 'lookup',
        valueBytes,
        options: { memory: true },
        fill: fillCount(valueBytes),
        rounds: bench.effort.rounds,
        turns: (runner, round) => {
          const length = Math.max(20, turnLength(valueBytes));
          const misses = Array.from({ length }, (_, at): Action => {
            return { operation: 'get', key: keyFor(round * length + at, 'absent'), expected: undefined };
          });
          const exists = nextFilled(runner, length).map((number): Action => {
            return { operation: 'has', key: keyFor(number), expected: true };
          });
          return [
            { operation: 'miss', actions: misses },
            { operation: 'exists', actions: exists },
          ];
        },
      });
    }
  },
};
