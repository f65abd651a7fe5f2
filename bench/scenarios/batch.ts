import { getOf } from '../harness/actions.ts';
import { check } from '../harness/check.ts';
import type { Pair, Store } from '../harness/contestant.ts';
import { rotated } from '../harness/rounds.ts';
import { type Bench, type Entrant, openFresh, type Scenario } from '../harness/scenario.ts';
import { Recorder } from '../harness/series.ts';
import { getTogether, perform, setTogether } from '../harness/timing.ts';
import { keyFor, valueFor } from '../harness/values.ts';

const BATCH = 1000;
const LEAST = 10;
const ROUNDS = 5;

interface Runner {
  readonly entrant: Entrant;
  readonly store: Store;
  readonly length: number;
  next: number;
  readonly set: Recorder;
  readonly get: Recorder;
}

/** Whoever would take longer for a batch than a turn may last gets a smaller one. */
async function prepare(bench: Bench, entrant: Entrant, valueBytes: number): Promise<Runner> {
  const store = await openFresh(bench, entrant, { memory: true, valueBytes });
  const probes = Array.from({ length: BATCH }, (_, index) => {
    return { operation: 'set', key: keyFor(index, 'probe'), value: valueFor(index, valueBytes) } as const;
  });
  const { times } = await perform(store, probes, bench.effort.prepareMs);
  const length = times.length === BATCH ? BATCH : Math.max(LEAST, Math.round(times.length / 2));
  const subject = { scenario: 'batch', size: valueBytes, contestant: entrant.name };
  return {
    entrant,
    store,
    length: Math.min(BATCH, length),
    next: 0,
    set: new Recorder({ ...subject, operation: 'batch set' }),
    get: new Recorder({ ...subject, operation: 'batch get' }),
  };
}

async function take({ entrant, store, length, next, set, get }: Runner, valueBytes: number): Promise<void> {
  const numbers = Array.from({ length }, (_, at) => next + at);
  const pairs = numbers.map((number): Pair => ({ key: keyFor(number), value: valueFor(number, valueBytes) }));
  set.add([(await setTogether(store, pairs)) / length]);
  const gets = numbers.map((number) => getOf(number, valueBytes));
  const { time, results } = await getTogether(store, gets);
  check(entrant.name, gets, { results });
  get.add([time / length]);
}

export const batch: Scenario = {
  name: 'batch',
  about: '1,000 sets, then 1,000 gets, all issued at once where that helps; per operation. Fewer for who is slow',
  varies: 'value bytes',
  run: async (bench) => {
    for (const valueBytes of bench.effort.sizes) {
      if (valueBytes > 2 ** 14) continue;
      const runners: Runner[] = [];
      for (const entrant of bench.entrants) {
        bench.progress(`batch · preparing ${entrant.name}`);
        try {
          runners.push(await prepare(bench, entrant, valueBytes));
        } catch (error) {
          bench.fail(entrant.name, 'batch', error);
        }
      }
      const failed = new Set<Runner>();
      for (let round = 0; round < ROUNDS; round++) {
        bench.progress(`batch · round ${round + 1} of ${ROUNDS}`);
        for (const runner of rotated(runners, round)) {
          if (failed.has(runner)) continue;
          try {
            await take(runner, valueBytes);
            runner.next += runner.length;
          } catch (error) {
            failed.add(runner);
            bench.fail(runner.entrant.name, 'batch', error);
          }
        }
      }
      for (const runner of runners) {
        await runner.store.close();
        if (failed.has(runner)) continue;
        bench.record(runner.set.finish());
        bench.record(runner.get.finish());
      }
    }
  },
};
