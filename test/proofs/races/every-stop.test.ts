/**
 * Operations stopped before each of their system calls while another one is done on the same key.
 *
 * Some pairs, those in which two can get into each other's way; all of them with the environment variable `EVERY_PAIR`,
 * which takes a quarter of an hour.
 */

import { describe, expect, it } from 'vitest';
import type { RuleName } from '../rules/rules.ts';
import { type Case, type Findings, OPERATIONS, type OperationName, Pair } from './every-stop.ts';

const names = Object.keys(OPERATIONS).filter((name): name is OperationName => name in OPERATIONS);

const CHOSEN: readonly Case[] = [
  ['set', 'set', 'live'],
  ['set', 'set', 'unknown'],
  ['set', 'delete', 'live'],
  ['set', 'evict', 'live'],
  ['set', 'clear', 'live'],
  ['set', 'cleanup', 'dead'],
  ['set', 'cleanup', 'unknown'],
  ['set', 'compact', 'live'],
  ['set', 'rebuild', 'live'],
  ['set', 'sweep later', 'unknown'],
  ['set of a large value', 'sweep later', 'live'],
  ['delete', 'set', 'live'],
  ['delete', 'delete', 'live'],
  ['delete', 'compact', 'live'],
  ['get', 'set', 'live'],
  ['get', 'delete', 'live'],
  ['evict', 'set', 'live'],
  ['evict', 'delete', 'live'],
  ['evict', 'sweep later', 'live'],
  ['clear', 'set', 'live'],
  ['clear', 'clear', 'live'],
  ['clear', 'compact', 'live'],
  ['cleanup', 'set', 'dead'],
  ['cleanup', 'cleanup', 'dead'],
  ['compact', 'set', 'live'],
  ['compact', 'delete', 'live'],
  ['compact', 'compact', 'live'],
  ['compact', 'clear', 'live'],
  ['rebuild', 'set', 'live'],
  ['rebuild', 'compact', 'live'],
  ['rebuild', 'rebuild', 'live'],
  ['sweep later', 'set', 'dead'],
  ['sweep later', 'clear', 'live'],
];

const EVERY: readonly Case[] = names.flatMap((first) =>
  names.flatMap((second) =>
    (['live', 'dead', 'unknown'] as const).map((beginning): Case => [first, second, beginning]),
  ),
);

/** Pairs of which both are stopped: in CI a few, since there are hundreds of ways for each. */
const CHOSEN_BOTH: readonly Case[] = [
  ['set', 'set', 'live'],
  ['set', 'cleanup', 'unknown'],
];

const MORE_BOTH: readonly Case[] = [
  ['set', 'set', 'unknown'],
  ['set', 'delete', 'live'],
  ['set', 'evict', 'live'],
  ['set', 'clear', 'live'],
  ['set', 'cleanup', 'dead'],
  ['set', 'sweep later', 'unknown'],
  ['delete', 'set', 'live'],
  ['delete', 'evict', 'live'],
  ['evict', 'set', 'live'],
  ['cleanup', 'set', 'dead'],
  ['compact', 'set', 'live'],
  ['sweep later', 'set', 'unknown'],
];

async function findings(cases: readonly Case[], how: 'go' | 'goBoth', rule?: RuleName): Promise<Findings> {
  const pair = await Pair.start(rule);
  try {
    const all: Findings = { stops: 0, wrong: [] };
    for (const each of cases) {
      const { stops, wrong } = await pair[how](...each);
      all.stops += stops;
      all.wrong.push(...wrong);
    }
    return all;
  } finally {
    await pair.end();
  }
}

const isLong = process.env['EVERY_PAIR'] !== undefined;
const LIMIT = isLong ? 1_800_000 : 240_000;

describe('wherever it is stopped, what another does meanwhile comes out right, after', () => {
  const cases = isLong ? EVERY : CHOSEN;
  it.each(names)(
    '%s',
    async (name) => {
      const own = cases.filter(([first]) => first === name);
      const { stops, wrong } = await findings(own, 'go');
      expect(wrong).toEqual([]);
      expect(stops).toBeGreaterThan(5);
    },
    LIMIT,
  );
});

it.each(isLong ? [...CHOSEN_BOTH, ...MORE_BOTH] : CHOSEN_BOTH)(
  '%s and %s come out right wherever both are stopped (%s)',
  async (...pair) => {
    const { stops, wrong } = await findings([pair], 'goBoth');
    expect(wrong).toEqual([]);
    expect(stops).toBeGreaterThan(100);
  },
  LIMIT,
);

describe('what is stopped everywhere goes wrong somewhere', () => {
  it.each([
    ['set-looks-at-tail', 'go', ['set', 'set', 'live'], /left over/],
    ['set-fences-reaper', 'go', ['cleanup', 'set', 'dead'], /read undefined/],
    ['set-looks-at-own-sidecar', 'go', ['set', 'cleanup', 'unknown'], /read undefined/],
    ['out-of-order-asks', 'go', ['set', 'set', 'live'], /read .*first/],
    ['set-looks-at-own-entry', 'goBoth', ['set', 'sweep later', 'unknown'], /read undefined/],
  ] as const satisfies readonly (readonly [RuleName, 'go' | 'goBoth', Case, RegExp])[])(
    'without %s',
    async (rule, how, pair, what) => {
      const { wrong } = await findings([pair], how, rule);
      expect(wrong).toContainEqual(expect.stringMatching(what));
    },
    LIMIT,
  );
});
