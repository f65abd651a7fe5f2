/**
 * Timing: each action alone, with as little as possible between the two looks at the clock.
 */

import { setImmediate } from 'node:timers/promises';
import type { Action, AsyncStore, Outcome, Pair, Store, SyncStore } from './contestant.ts';

/**
 * Does actions in order and times each. Stops early once `budgetMs` are used up, so that one slow contestant doesn't take
 * the time of all; at least one action is done.
 */
export async function perform(store: Store, actions: readonly Action[], budgetMs: number): Promise<Outcome> {
  // Whatever the last contestant left to the event loop is not this one's to pay for.
  await setImmediate();
  switch (store.face) {
    case 'sync':
      return performSync(store, actions, budgetMs);
    case 'async':
      return performAsync(store, actions, budgetMs);
    case 'remote':
      return store.perform(actions, budgetMs);
  }
}

function performSync(store: SyncStore, actions: readonly Action[], budgetMs: number): Outcome {
  const times: number[] = [];
  const results: unknown[] = [];
  const end = performance.now() + budgetMs;
  for (const action of actions) {
    let result: unknown;
    let started = 0;
    let stopped = 0;
    switch (action.operation) {
      case 'set':
        started = performance.now();
        store.set(action.key, action.value, action.ttl);
        stopped = performance.now();
        break;
      case 'get':
        started = performance.now();
        result = store.get(action.key);
        stopped = performance.now();
        break;
      case 'has':
        started = performance.now();
        result = store.has(action.key);
        stopped = performance.now();
        break;
      case 'delete':
        started = performance.now();
        store.delete(action.key);
        stopped = performance.now();
        break;
    }
    times.push((stopped - started) * 1000);
    results.push(result);
    if (stopped > end) break;
  }
  return { times, results };
}

async function performAsync(store: AsyncStore, actions: readonly Action[], budgetMs: number): Promise<Outcome> {
  const times: number[] = [];
  const results: unknown[] = [];
  const end = performance.now() + budgetMs;
  for (const action of actions) {
    let result: unknown;
    let started = 0;
    let stopped = 0;
    switch (action.operation) {
      case 'set':
        started = performance.now();
        await store.set(action.key, action.value, action.ttl);
        stopped = performance.now();
        break;
      case 'get':
        started = performance.now();
        result = await store.get(action.key);
        stopped = performance.now();
        break;
      case 'has':
        started = performance.now();
        result = await store.has(action.key);
        stopped = performance.now();
        break;
      case 'delete':
        started = performance.now();
        await store.delete(action.key);
        stopped = performance.now();
        break;
    }
    times.push((stopped - started) * 1000);
    results.push(result);
    if (stopped > end) break;
  }
  return { times, results };
}

/** Stores all pairs the best way that the store has; the time of all together, in microseconds. */
export async function setTogether(store: Store, pairs: readonly Pair[]): Promise<number> {
  await setImmediate();
  if (store.face === 'remote') return store.setMany(pairs);
  const started = performance.now();
  if (store.setMany !== undefined) await store.setMany(pairs);
  else if (store.face === 'sync') for (const { key, value } of pairs) store.set(key, value);
  else await Promise.all(pairs.map(({ key, value }) => store.set(key, value)));
  return (performance.now() - started) * 1000;
}

/** What reading many at once gave, and the time of all together in microseconds. */
export interface TogetherOutcome {
  readonly time: number;
  readonly results: readonly unknown[];
}

/** Reads all keys the best way that the store has. */
export async function getTogether(
  store: Store,
  actions: readonly (Action & { operation: 'get' })[],
): Promise<TogetherOutcome> {
  await setImmediate();
  if (store.face === 'remote') {
    const { times, results } = await store.perform(actions, Number.POSITIVE_INFINITY);
    return { time: times.reduce((sum, time) => sum + time, 0), results };
  }
  const started = performance.now();
  const results: unknown[] =
    store.face === 'sync'
      ? actions.map(({ key }) => store.get(key))
      : await Promise.all(actions.map(({ key }) => store.get(key)));
  return { time: (performance.now() - started) * 1000, results };
}
