import { setOf } from '../harness/actions.ts';
import { LARGE, race, turnLength, unused } from '../harness/rounds.ts';
import type { Scenario } from '../harness/scenario.ts';

/** A minute is longer than any run of one scenario, so nothing expires while it is measured. */
const TTL_SECONDS = 3600;

export const setNew: Scenario = {
  name: 'set new',
  about: 'storing under keys that were never used',
  varies: 'value bytes',
  run: (bench) => runSets(bench, 'set new', undefined),
};

export const setWithTtl: Scenario = {
  name: 'set with ttl',
  about: 'the same with a time to live, by those that have one',
  varies: 'value bytes',
  run: (bench) => runSets(bench, 'set with ttl', TTL_SECONDS),
};

async function runSets(
  bench: Parameters<Scenario['run']>[0],
  scenario: string,
  ttl: number | undefined,
): Promise<void> {
  for (const valueBytes of bench.effort.sizes) {
    if (ttl !== undefined && valueBytes > LARGE) continue;
    await race(bench, {
      scenario,
      valueBytes,
      options: { memory: true },
      // The floor needs nothing for it: it is what a set costs anyway.
      excludes: ({ kind, lacks }) => ttl !== undefined && kind !== 'floor' && lacks.includes('ttl'),
      fill: 0,
      rounds: bench.effort.rounds,
      turns: (runner) => {
        const numbers = unused(runner, turnLength(valueBytes));
        return [
          {
            operation: scenario,
            actions: numbers.map((number) => setOf(number, valueBytes, ttl)),
            done: (count) => {
              runner.next += count;
            },
          },
        ];
      },
    });
  }
}
