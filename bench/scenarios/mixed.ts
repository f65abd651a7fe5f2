import type { Action } from '../harness/contestant.ts';
import { fillCount, LARGE, race } from '../harness/rounds.ts';
import type { Scenario } from '../harness/scenario.ts';
import { createRandom, createZipf, keyFor, valueFor } from '../harness/values.ts';

const WRITES = 0.1;
/** Roughly how web requests and file reads are spread. */
const EXPONENT = 0.99;
const TURN = 50;
const SEED = 20_26;

export const mixed: Scenario = {
  name: 'mixed',
  about: '90 % gets and 10 % overwrites of keys chosen by a Zipf distribution; the mean of all counts',
  varies: 'value bytes',
  run: async (bench) => {
    for (const valueBytes of bench.effort.sizes) {
      if (valueBytes > LARGE) continue;
      /** What each contestant's keys hold, by the number that the value was made of. */
      const held = new Map<string, Map<number, number>>();
      await race(bench, {
        scenario: 'mixed',
        valueBytes,
        options: { memory: true },
        fill: fillCount(valueBytes),
        rounds: bench.effort.rounds,
        centre: 'mean',
        turns: (runner, round) => {
          const random = createRandom(SEED + round);
          const choose = createZipf(runner.filled, EXPONENT, random);
          const known = held.get(runner.entrant.name) ?? new Map<number, number>();
          held.set(runner.entrant.name, known);
          const changes: (readonly [key: number, value: number])[] = [];
          const later = new Map(known);
          const actions = Array.from({ length: TURN }, (_, at): Action => {
            const number = choose();
            if (random.fraction() >= WRITES) {
              changes.push([-1, 0]);
              return {
                operation: 'get',
                key: keyFor(number),
                expected: valueFor(later.get(number) ?? number, valueBytes),
              };
            }
            const written = number + 1_000_000 * (round + 1) + at;
            changes.push([number, written]);
            later.set(number, written);
            return { operation: 'set', key: keyFor(number), value: valueFor(written, valueBytes) };
          });
          return [
            {
              operation: 'mixed',
              actions,
              // Who is slow does only the first of them.
              done: (count) => {
                for (const [number, written] of changes.slice(0, count)) if (number >= 0) known.set(number, written);
              },
            },
          ];
        },
      });
    }
  },
};
