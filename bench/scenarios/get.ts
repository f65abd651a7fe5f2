import { setTimeout } from 'node:timers/promises';
import { getOf } from '../harness/actions.ts';
import { fillCount, nextFilled, race, roundsFor, turnLength } from '../harness/rounds.ts';
import type { Bench, Scenario } from '../harness/scenario.ts';

export const getFromDisk: Scenario = {
  name: 'get from disk',
  about: 'reading files, no memory tier; the entries were read within the last second, so no access time is written',
  varies: 'value bytes',
  run: (bench) => runGets(bench, 'get from disk', { memory: false }),
};

export const getAgain: Scenario = {
  name: 'get again',
  about: 'reading what this process has read before, from memory where there is one; coherent with other processes',
  varies: 'value bytes',
  run: (bench) => runGets(bench, 'get again', { memory: true }),
};

async function runGets(bench: Bench, scenario: string, options: { readonly memory: boolean }): Promise<void> {
  for (const valueBytes of bench.effort.sizes) {
    await race(bench, {
      scenario,
      valueBytes,
      options,
      fill: fillCount(valueBytes),
      rounds: bench.effort.rounds,
      turns: (runner) => {
        const actions = nextFilled(runner, turnLength(valueBytes)).map((number) => getOf(number, valueBytes));
        return [{ operation: scenario, before: actions, actions }];
      },
    });
  }
}

/** A bit more than the second within which an entry's access time is written once. */
const RESOLUTION_MS = 1100;

export const getFirstInASecond: Scenario = {
  name: 'get from disk, first in a second',
  about: 'reading files, no memory tier; no entry was touched within the last second, so each access time is written',
  varies: 'value bytes',
  run: async (bench) => {
    for (const valueBytes of bench.effort.sizes) {
      const rounds = roundsFor(bench.effort.rounds, valueBytes);
      const wanted = turnLength(valueBytes);
      await race(bench, {
        scenario: 'get from disk, first in a second',
        valueBytes,
        options: { memory: false },
        fill: wanted * rounds,
        rounds: bench.effort.rounds,
        settle: () => setTimeout(RESOLUTION_MS),
        turns: (runner, round) => {
          // Each entry is read once, so who is slow has fewer to read in each round.
          const share = Math.max(1, Math.floor(runner.filled / rounds));
          const first = round * share;
          if (first + share > runner.filled) return [];
          const numbers = Array.from({ length: share }, (_, at) => first + at);
          return [
            {
              operation: 'get from disk, first in a second',
              actions: numbers.map((number) => getOf(number, valueBytes)),
            },
          ];
        },
      });
    }
  },
};
