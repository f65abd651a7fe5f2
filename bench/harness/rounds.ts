/**
 * The race that most scenarios are: all contestants in each round, in rotating order, each doing a short list of actions.
 */

import { setOf } from './actions.ts';
import { check } from './check.ts';
import type { Action, Lack, Store, StoreOptions } from './contestant.ts';
import { type Bench, type Entrant, openFresh } from './scenario.ts';
import { type Centre, Recorder } from './series.ts';
import { perform } from './timing.ts';
import { keyFor, valueFor } from './values.ts';

/** One contestant's store in a race, and the keys that it holds. */
export interface Runner {
  readonly entrant: Entrant;
  readonly store: Store;
  /** How many of {@link keyFor}'s keys were set, from 0 on. */
  filled: number;
  /** The next key that was never used. */
  next: number;
  /** Whatever a scenario keeps. */
  cursor: number;
}

/** What a scenario does in one turn of one contestant. */
export interface Turn {
  readonly operation: string;
  /** Done before, untimed; for instance so that entries were read just now. */
  readonly before?: readonly Action[];
  readonly actions: readonly Action[];
  /** Told how many of the actions were done within the turn's time. */
  readonly done?: (count: number) => void;
}

export interface Race {
  readonly scenario: string;
  readonly valueBytes: number;
  /** What the store needs besides `valueBytes`. */
  readonly options: Omit<StoreOptions, 'valueBytes'>;
  /** Contestants that lack one of these sit it out. */
  readonly needs?: readonly Lack[];
  /** Sits out for another reason. */
  readonly excludes?: (entrant: Entrant) => boolean;
  /** Entries to set before the first round; fewer for who is slow. */
  readonly fill: number;
  readonly rounds: number;
  /** How a round's figure comes from its single ones. */
  readonly centre?: Centre;
  /** Done once to each store after it was filled. */
  readonly prepare?: (runner: Runner) => void | Promise<void>;
  /** Waits for something common to all, after all were prepared. */
  readonly settle?: () => Promise<void>;
  turns(runner: Runner, round: number): readonly Turn[];
}

/**
 * The contestants in the order of a round: each begins as often as the others, since who is first finds the processor's
 * caches cold, and the one before it changes from round to round, since some leave work to the file system.
 */
export function rotated<T>(all: readonly T[], round: number): T[] {
  const { length } = all;
  // Steps of a stride that shares no divisor with the length reach everybody.
  const strides = all.map((_, index) => index + 1).filter((stride) => stride === 1 || isCoprime(stride, length));
  const stride = strides[round % strides.length] ?? 1;
  return all.flatMap((_, step) => all.slice((round + step * stride) % length).slice(0, 1));
}

function isCoprime(one: number, other: number): boolean {
  return other === 0 ? one === 1 : isCoprime(other, one % other);
}

/** Actions of a turn at a size: fewer for large values. */
export function turnLength(valueBytes: number): number {
  if (valueBytes > LARGE) return 2;
  return valueBytes > 2 ** 14 ? 16 : 40;
}

/** Rounds at a size: half as many for large values, which take their time. */
export function roundsFor(rounds: number, valueBytes: number): number {
  return valueBytes > LARGE ? Math.ceil(rounds / 2) : rounds;
}

/** Larger values than this take time and room, and are the subject of few scenarios. */
export const LARGE = 2 ** 18;

/** Entries to hold ready to be read at a size. */
export function fillCount(valueBytes: number): number {
  if (valueBytes > LARGE) return 6;
  return valueBytes > 2 ** 14 ? 100 : 400;
}

const WARM_UP_BYTES = 100;

/** Runs a race and records a series per contestant and operation. A contestant that fails leaves the race. */
export async function race(bench: Bench, plan: Race): Promise<void> {
  const size = plan.valueBytes;
  const runners: Runner[] = [];
  const recorders = new Map<string, Recorder>();
  for (const entrant of bench.entrants) {
    if (plan.needs?.some((lack) => entrant.lacks.includes(lack)) || plan.excludes?.(entrant)) continue;
    bench.progress(`${plan.scenario} · preparing ${entrant.name}`);
    try {
      const store = await openFresh(bench, entrant, { ...plan.options, valueBytes: size });
      const runner: Runner = { entrant, store, filled: 0, next: 0, cursor: 0 };
      runners.push(runner);
      await warmUp(bench, runner, size, plan.options.maxEntries);
      runner.filled = await fill(bench, store, plan.fill, size);
      runner.next = runner.filled;
      await plan.prepare?.(runner);
    } catch (error) {
      await drop(entrant, error);
    }
  }
  await plan.settle?.();

  const rounds = roundsFor(plan.rounds, size);
  for (let round = 0; round < rounds; round++) {
    bench.progress(`${plan.scenario}, ${size} bytes · round ${round + 1} of ${rounds}`);
    for (const runner of rotated([...runners], round)) {
      try {
        await takeTurns(runner, round);
      } catch (error) {
        await drop(runner.entrant, error);
      }
    }
  }
  for (const recorder of recorders.values()) bench.record(recorder.finish());
  for (const { store, entrant } of runners) await closing(entrant, store);

  async function takeTurns(runner: Runner, round: number): Promise<void> {
    const { entrant, store } = runner;
    for (const { operation, before, actions, done } of plan.turns(runner, round)) {
      if (actions.length === 0) continue;
      if (before !== undefined) await perform(store, before, Number.POSITIVE_INFINITY);
      const outcome = await perform(store, actions, bench.effort.turnMs);
      check(entrant.name, actions, outcome);
      await checkEffect(runner, actions[outcome.times.length - 1]);
      done?.(outcome.times.length);
      const label = `${entrant.name}|${operation}`;
      let recorder = recorders.get(label);
      if (recorder === undefined) {
        const subject = { scenario: plan.scenario, operation, size, contestant: entrant.name };
        recorder = new Recorder(subject, 'µs', plan.centre);
        recorders.set(label, recorder);
      }
      recorder.add(outcome.times);
    }
  }

  async function drop(entrant: Entrant, error: unknown): Promise<void> {
    bench.fail(entrant.name, plan.scenario, error);
    const at = runners.findIndex((runner) => runner.entrant === entrant);
    for (const { store } of at < 0 ? [] : runners.splice(at, 1)) await closing(entrant, store);
    for (const label of recorders.keys()) if (label.startsWith(`${entrant.name}|`)) recorders.delete(label);
  }

  async function closing(entrant: Entrant, store: Store): Promise<void> {
    try {
      await store.close();
    } catch (error) {
      bench.fail(entrant.name, plan.scenario, error);
    }
  }
}

/** Whether the last thing that a turn changed has changed: a store that only says so would be fast. */
async function checkEffect({ entrant, store }: Runner, last: Action | undefined): Promise<void> {
  if (last?.operation !== 'set' && last?.operation !== 'delete') return;
  const expected = last.operation === 'set' ? last.value : undefined;
  const actions = [{ operation: 'get', key: last.key, expected }] as const;
  check(entrant.name, actions, await perform(store, actions, Number.POSITIVE_INFINITY));
}

/**
 * Every operation some times, on keys of another family: the compiler has seen the code by then, and folders that are
 * made once are there.
 */
async function warmUp(bench: Bench, runner: Runner, size: number, maxEntries: number | undefined): Promise<void> {
  const { warmUp: wanted, prepareMs: budget } = bench.effort;
  // What is asked for below must not have been evicted.
  const count = maxEntries === undefined ? wanted : Math.min(wanted, Math.ceil(maxEntries / 2));
  const value = valueFor(0, Math.min(size, WARM_UP_BYTES));
  const keys = Array.from({ length: count }, (_, index) => keyFor(index, 'warm-up'));
  const sets: Action[] = keys.map((key) => ({ operation: 'set', key, value }));
  const { times } = await perform(runner.store, sets, budget);
  const known = keys.slice(0, Math.min(times.length, 300));
  const gets = known.map((key): Action => ({ operation: 'get', key, expected: value }));
  check(runner.entrant.name, gets, await perform(runner.store, gets, budget / 2));
  const has = known.map((key): Action => ({ operation: 'has', key, expected: true }));
  check(runner.entrant.name, has, await perform(runner.store, has, budget / 4));
  const absent = known.map((key): Action => ({ operation: 'get', key: `no-${key}`, expected: undefined }));
  check(runner.entrant.name, absent, await perform(runner.store, absent, budget / 4));
}

/** Sets up to `count` values, as many as the time allows; at least one. */
async function fill(bench: Bench, store: Store, count: number, size: number): Promise<number> {
  if (count === 0) return 0;
  const sets = Array.from({ length: count }, (_, index) => setOf(index, size));
  const { times } = await perform(store, sets, bench.effort.prepareMs);
  return times.length;
}

/** The next `count` numbers of those that were filled, round and round. */
export function nextFilled(runner: Runner, count: number): number[] {
  const numbers = Array.from(
    { length: Math.min(count, runner.filled) },
    (_, at) => (runner.cursor + at) % runner.filled,
  );
  runner.cursor = (runner.cursor + numbers.length) % Math.max(1, runner.filled);
  return numbers;
}

/** Numbers of keys that were never set. */
export function unused(runner: Runner, count: number): number[] {
  return Array.from({ length: count }, (_, at) => runner.next + at);
}
