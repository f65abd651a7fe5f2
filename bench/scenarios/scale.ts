import { getOf, setOf } from '../harness/actions.ts';
import { check } from '../harness/check.ts';
import { runChild } from '../harness/children.ts';
import type { Action, Store } from '../harness/contestant.ts';
import { filledFolder } from '../harness/filled.ts';
import { rotated, turnLength } from '../harness/rounds.ts';
import type { Bench, Entrant, Scenario } from '../harness/scenario.ts';
import { Recorder } from '../harness/series.ts';
import { perform } from '../harness/timing.ts';
import { createRandom } from '../harness/values.ts';
import { canReopen } from './cold-start.ts';

const VALUE_BYTES = 1024;
const SEED = 42;
/** The longest warm-up of one store: enough for whoever takes milliseconds per set at first. */
const WARM_UP_MS = 5000;
/** Sets of new keys begin here. */
const NEW_KEYS = 100_000_000;

/** A contestant with a number of entries. */
interface Runner {
  readonly entrant: Entrant;
  readonly entries: number;
  store: Store;
  next: number;
  readonly recorders: Map<string, Recorder>;
}

export const scale: Scenario = {
  name: 'scale',
  about:
    'get from disk, set and churn with few and with many entries, in the same rounds; learning all entries (load), and the memory that takes for each',
  varies: 'entries',
  run: async (bench) => {
    const { entries: counts, rounds } = bench.effort;
    const entrants = bench.entrants.filter(canReopen);
    const runners: Runner[] = [];
    for (const entrant of entrants) {
      for (const entries of counts) {
        await attempt(bench, entrant, async () => {
          const folder = await filledFolder(bench, entrant, entries, VALUE_BYTES);
          const recorders = new Map<string, Recorder>();
          if (entrant.kind === 'ours') await measureMemory(bench, entrant, entries, folder);
          const store = await entrant.open(folder, { memory: false, valueBytes: VALUE_BYTES });
          const runner = { entrant, entries, store, next: NEW_KEYS, recorders };
          runners.push(runner);
          bench.progress(`scale · warming up ${entrant.name}`);
          // What a process does once, when it first writes, is the subject of another scenario.
          await perform(store, newKeys(runner, bench.effort.warmUp), WARM_UP_MS);
        });
      }
    }
    for (let round = -1; round < rounds; round++) {
      bench.progress(`scale · get and set, round ${round + 1} of ${rounds}`);
      for (const runner of rotated(runners, Math.max(0, round))) {
        await attempt(bench, runner.entrant, () => getAndSet(bench, runner, round));
      }
    }
    await reopenFull(bench, runners);
    for (let round = -1; round < rounds; round++) {
      bench.progress(`scale · churn, round ${round + 1} of ${rounds}`);
      for (const runner of rotated(runners, Math.max(0, round))) {
        if (runner.entrant.lacks.includes('limit')) continue;
        await attempt(bench, runner.entrant, () => takeTurn(bench, runner, round, 'churn', newKeys(runner)));
      }
    }
    for (const operation of ['get', 'set', 'churn']) {
      for (const entries of counts) {
        for (const runner of runners) {
          if (runner.entries === entries) bench.record(runner.recorders.get(operation)?.finish());
        }
      }
    }
    for (const { store } of runners) await store.close();
  },
};

async function attempt(bench: Bench, { name }: Entrant, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    bench.fail(name, 'scale', error);
  }
}

async function getAndSet(bench: Bench, runner: Runner, round: number): Promise<void> {
  const random = createRandom(SEED + round);
  const gets = Array.from({ length: turnLength(VALUE_BYTES) }, () =>
    getOf(random.integer(runner.entries), VALUE_BYTES),
  );
  // Read before, so that no access time is due.
  await perform(runner.store, gets, Number.POSITIVE_INFINITY);
  await takeTurn(bench, runner, round, 'get', gets);
  await takeTurn(bench, runner, round, 'set', newKeys(runner));
}

function newKeys(runner: Runner, length = turnLength(VALUE_BYTES)): Action[] {
  const actions = Array.from({ length }, (_, at) => setOf(runner.next + at, VALUE_BYTES));
  runner.next += length;
  return actions;
}

/** The round before the first warms up. */
async function takeTurn(
  bench: Bench,
  { store, entrant, entries, recorders }: Runner,
  round: number,
  operation: string,
  actions: readonly Action[],
): Promise<void> {
  const outcome = await perform(store, actions, bench.effort.turnMs);
  check(entrant.name, actions, outcome);
  if (round < 0) return;
  const subject = { scenario: 'scale', operation, size: entries, contestant: entrant.name };
  const recorder = recorders.get(operation) ?? new Recorder(subject);
  recorders.set(operation, recorder);
  recorder.add(outcome.times);
}

/** Opens each store again with a limit that it has reached. */
async function reopenFull(bench: Bench, runners: readonly Runner[]): Promise<void> {
  for (const runner of runners) {
    const { entrant, entries } = runner;
    if (entrant.lacks.includes('limit')) continue;
    bench.progress(`scale · filling ${entrant.name} up to ${entries} entries`);
    await attempt(bench, entrant, async () => {
      await runner.store.close();
      const folder = await filledFolder(bench, entrant, entries, VALUE_BYTES);
      runner.store = await entrant.open(folder, { memory: false, valueBytes: VALUE_BYTES, maxEntries: entries });
      // The first set evicts all that is too much, and warms up.
      await perform(runner.store, newKeys(runner, bench.effort.warmUp), WARM_UP_MS);
    });
  }
}

async function measureMemory(bench: Bench, entrant: Entrant, entries: number, folder: string): Promise<void> {
  const rounds = Math.min(3, bench.effort.freshProcesses);
  const subject = { scenario: 'scale', size: entries, contestant: entrant.name };
  const memory = new Recorder({ ...subject, operation: 'memory per entry' }, 'B');
  const load = new Recorder({ ...subject, operation: 'load' }, 'ms');
  for (let round = 0; round < rounds; round++) {
    bench.progress(`scale · memory of ${entries} entries`);
    const answer = await runChild('memory', [entrant.name, folder], ['--expose-gc']);
    if (
      typeof answer !== 'object' ||
      answer === null ||
      !('bytes' in answer && 'entries' in answer && 'time' in answer)
    ) {
      throw new Error('no answer');
    }
    memory.add([Number(answer.bytes) / Number(answer.entries)]);
    load.add([Number(answer.time) / 1000]);
  }
  bench.record(load.finish());
  bench.record(memory.finish());
}
