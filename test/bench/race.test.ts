import { afterEach, describe, expect, it } from 'vitest';
import type { Contestant, SyncStore } from '../../bench/harness/contestant.ts';
import { rotated } from '../../bench/harness/rounds.ts';
import { run } from '../../bench/harness/run.ts';
import type { Scenario } from '../../bench/harness/scenario.ts';
import { getFromDisk } from '../../bench/scenarios/get.ts';
import { lookup } from '../../bench/scenarios/lookup.ts';
import { deletion } from '../../bench/scenarios/overwrite.ts';
import { setNew } from '../../bench/scenarios/set.ts';
import { tinyRun } from './support/tiny-run.ts';

const open: SyncStore[] = [];

/** A store in memory, spoiled as a test wants it. */
function contestant(name: string, spoil: (store: SyncStore) => Partial<SyncStore> = () => ({})): Contestant {
  return {
    name,
    kind: 'javascript',
    about: 'a map',
    lacks: [],
    load: async () => () => {
      const held = new Map<string, unknown>();
      const store: SyncStore = {
        face: 'sync',
        set: (key, value) => {
          held.set(key, structuredClone(value));
        },
        get: (key) => structuredClone(held.get(key)),
        has: (key) => held.has(key),
        delete: (key) => {
          held.delete(key);
        },
        close: () => {
          open.splice(open.indexOf(store), 1);
        },
      };
      Object.assign(store, spoil({ ...store }));
      open.push(store);
      return store;
    },
  };
}

const honest = contestant('honest');

async function results(contestants: readonly Contestant[], scenario: Scenario, effort = {}) {
  return await run(tinyRun({ contestants, scenarios: [scenario], effort }));
}

afterEach(() => {
  expect(open, 'stores left open').toEqual([]);
});

describe('the order of a round', () => {
  const all = ['a', 'b', 'c', 'd', 'e', 'f'];
  const orders = Array.from({ length: 12 }, (_, round) => rotated(all, round));

  it('has everybody once, and each first as often as the others', () => {
    for (const order of orders) expect([...order].sort()).toEqual(all);
    for (const name of all) expect(orders.filter(([first]) => first === name)).toHaveLength(2);
    expect(rotated([], 3)).toEqual([]);
    expect(rotated(['a'], 3)).toEqual(['a']);
  });

  it('has not always the same one before another', () => {
    for (const name of all) {
      const before = new Set(orders.map((order) => order[order.indexOf(name) - 1]));
      expect(before.size).toBeGreaterThan(2);
    }
  });
});

describe('a race', () => {
  it('has figures of every contestant and the same rounds for all', async () => {
    const { series, failures } = await results([honest, contestant('other')], getFromDisk);
    expect(failures).toEqual([]);
    expect(series.map(({ contestant: name, perRound }) => [name, perRound.length])).toEqual([
      ['honest', 3],
      ['other', 3],
    ]);
    for (const { median, p99 } of series) expect(p99).toBeGreaterThanOrEqual(median);
  });

  it.each([
    ['gives what another key holds', ({ get }: SyncStore) => ({ get: (key: string) => get(key.replace(/\d$/, '1')) })],
    ['gives nothing', () => ({ get: () => undefined })],
    [
      'gives a value with one member changed',
      ({ get }: SyncStore) => ({ get: (key: string) => ({ ...Object(get(key)), ok: 'yes' }) }),
    ],
    ['gives the text and not the value', ({ get }: SyncStore) => ({ get: (key: string) => JSON.stringify(get(key)) })],
  ])('drops a contestant that %s', async (_, spoil) => {
    const { series, failures } = await results([honest, contestant('liar', spoil)], getFromDisk);
    expect(failures).toMatchObject([{ contestant: 'liar', scenario: 'get from disk' }]);
    expect(series.map((one) => one.contestant)).toEqual(['honest']);
  });

  it('drops a contestant that finds what is not there, or does not find what is', async () => {
    const inventive = contestant('inventive', ({ get }) => ({ get: (key) => get(key) ?? 'something' }));
    const blind = contestant('blind', () => ({ has: () => false }));
    const { series, failures } = await results([honest, inventive, blind], lookup);
    expect(failures.map((failure) => failure.contestant)).toEqual(['inventive', 'blind']);
    expect(new Set(series.map((one) => one.contestant))).toEqual(new Set(['honest']));
  });

  it('drops a contestant that stores or deletes nothing', async () => {
    const lazy = contestant('lazy', () => ({ set: () => {} }));
    const sticky = contestant('sticky', () => ({ delete: () => {} }));
    expect((await results([honest, lazy], setNew)).failures).toMatchObject([{ contestant: 'lazy' }]);
    expect((await results([honest, sticky], deletion)).failures).toMatchObject([{ contestant: 'sticky' }]);
  });

  it('drops a contestant that stops storing once the clock runs', async () => {
    const forgetful = contestant('forgetful', ({ set }) => ({
      set: (key, value) => {
        if (key.startsWith('warm-up')) set(key, value);
      },
    }));
    const { series, failures } = await results([honest, forgetful], setNew);
    expect(failures).toMatchObject([{ contestant: 'forgetful' }]);
    expect(series.map((one) => one.contestant)).toEqual(['honest']);
  });

  it('ends the turn of a slow contestant and goes on with the others', async () => {
    const slow = contestant('slow', ({ set }) => ({
      set: (key, value) => {
        const end = performance.now() + 20;
        while (performance.now() < end);
        set(key, value);
      },
    }));
    const { series } = await results([honest, slow], setNew, { turnMs: 5, prepareMs: 5 });
    const [fast, behind] = series;
    expect(behind?.count).toBe(3);
    expect(fast?.count).toBeGreaterThan(50);
  });

  it('tells why a contestant is not there, and runs without it', async () => {
    const missing: Contestant = { ...honest, name: 'missing', load: () => Promise.reject(new Error('not built')) };
    const { contestants, series } = await results([missing, honest], setNew);
    expect(contestants).toMatchObject([{ name: 'missing', absent: 'not built' }, { name: 'honest' }]);
    expect(series).toHaveLength(1);
  });
});
