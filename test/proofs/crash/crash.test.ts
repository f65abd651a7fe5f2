/**
 * The short form of `npm run test:crash`: some of the system calls of every operation.
 */

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canTrace } from '../../support/strace.ts';
import { bundleWithout } from '../rules/bundle-without.ts';
import type { RuleName } from '../rules/rules.ts';
import { FATE_KINDS, type FateKind, nameOfFate } from './fates.ts';
import { SCENARIOS } from './scenarios.ts';
import { type Result, Seeds } from './strike.ts';
import { pointsToTry, runPoints, type Sweep } from './sweep.ts';

const VICTIM = new URL('./victim.ts', import.meta.url);
const KILLS = 4;
const REFUSALS = 3;
const operations = Object.keys(SCENARIOS);

let folder = '';
let seeds: Seeds;
beforeAll(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'glovebox-cache-crash-'));
  seeds = new Seeds(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Tries points of one operation, up to the first that comes out wrong unless all are wanted. */
async function sweep(operation: string, options: Partial<Sweep>, all = true): Promise<Result[]> {
  const plan = {
    program: await bundleWithout(undefined, VICTIM),
    seeds,
    kinds: FATE_KINDS,
    every: 1,
    seed: 0,
    ...options,
  };
  const results: Result[] = [];
  await runPoints(plan, pointsToTry(plan, operation), (result) => {
    results.push(result);
    return all || result.wrong.length === 0;
  });
  return results;
}

/** What was wrong, and where. */
function faults(results: readonly Result[]): string[] {
  return results.flatMap(({ point, wrong }) =>
    wrong.map((fault) => `${nameOfFate(point.fate)} at ${point.call}:${point.occurrence}: ${fault}`),
  );
}

describe.skipIf(!canTrace())('struck at its system calls (needs strace)', () => {
  it.each(operations)(
    '%s leaves old or new values and nobody stuck when it is killed or overtaken',
    async (operation) => {
      const kinds: FateKind[] = ['killed', 'overtaken-and-killed', 'overtaken'];
      const results = await sweep(operation, { kinds, atMost: KILLS });
      expect(faults(results)).toEqual([]);
      expect(results.some(({ struck }) => struck)).toBe(true);
    },
  );

  it.each(operations)('%s meets an I/O error as an error of ours, or a miss, and goes on', async (operation) => {
    expect(faults(await sweep(operation, { kinds: ['refused'], atMost: REFUSALS }))).toEqual([]);
  });
});

/** Rules of the protocol, and an operation that comes out wrong without. */
const SEEDED: readonly (readonly [RuleName, string, FateKind])[] = [
  ['set-announces', 'overwrite', 'killed'],
  ['delete-announces', 'delete', 'killed'],
  ['entry-first', 'evict', 'killed'],
  ['limit-is-kept', 'evict', 'killed'],
  ['kill-through-descriptor', 'get-expired', 'overtaken'],
  ['delete-through-descriptor', 'delete', 'overtaken'],
  ['set-clears-up', 'overwrite', 'overtaken'],
  ['set-looks-at-tail', 'overwrite', 'overtaken'],
  ['set-looks-at-own-sidecar', 'overwrite', 'overtaken'],
  ['compaction-carries-over', 'compaction', 'overtaken'],
  ['reaper-moves', 'reap', 'overtaken'],
  ['checksum-matches', 'get-damaged', 'refused'],
  ['expiry-after-read', 'get-expired', 'refused'],
];

describe.skipIf(!canTrace())('without a rule of the protocol (needs strace)', () => {
  it.each(SEEDED)('%s, %s comes out wrong when it is %s', async (rule, operation, kind) => {
    const program = await bundleWithout(rule, VICTIM);
    expect(faults(await sweep(operation, { program, kinds: [kind] }, false))).not.toEqual([]);
  });
});
