/**
 * Operations stopped before each of their system calls while another one is done on the same key.
 *
 * Some pairs, those in which two can get into each other's way; all of them with the environment variable `EVERY_PAIR`.
 */

import { describe, expect, it } from 'vitest';
import type { RuleName } from '../rules/rules.ts';
import { type Beginning, type Findings, OPERATIONS, type OperationName, Pair } from './every-stop.ts';

type Case = readonly [first: OperationName, second: OperationName, beginning: Beginning];

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

async function findings(cases: readonly Case[], rule?: RuleName): Promise<Findings> {
  const pair = await Pair.start(rule);
  try {
    const all: Findings = { stops: 0, wrong: [] };
    for (const each of cases) {
      const { stops, wrong } = await pair.go(...each);
      all.stops += stops;
      all.wrong.push(...wrong);
    }
    return all;
  } finally {
    await pair.end();
  }
}

describe('wherever it is stopped, what another does meanwhile comes out right, after', () => {
  const cases = process.env['EVERY_PAIR'] === undefined ? CHOSEN : EVERY;
  it.each(names)(
    '%s',
    async (name) => {
      const { stops, wrong } = await findings(cases.filter(([first]) => first === name));
      expect(wrong).toEqual([]);
      expect(stops).toBeGreaterThan(5);
    },
    process.env['EVERY_PAIR'] === undefined ? 120_000 : 1_800_000,
  );
});

it.each([
  ['set-looks-at-tail', ['set', 'set', 'live'], /left over/],
  ['set-fences-reaper', ['cleanup', 'set', 'dead'], /read undefined/],
  ['set-looks-at-own-sidecar', ['set', 'cleanup', 'unknown'], /read undefined/],
  ['out-of-order-asks', ['set', 'set', 'live'], /read first.*allowed second|read .*first/],
] as const satisfies readonly (readonly [RuleName, Case, RegExp])[])(
  'it does not without %s',
  async (rule, pair, what) => {
    const { wrong } = await findings([pair], rule);
    expect(wrong).toContainEqual(expect.stringMatching(what));
  },
);
