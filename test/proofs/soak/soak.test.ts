/**
 * Load of all kinds by processes that die in all ways leaves nothing wrong and nothing behind; and a soak would have
 * noticed.
 */

import { expect, it } from 'vitest';
import { runSoak, type SoakOptions } from './soak.ts';

const MEGABYTE = 2 ** 20;

const SHORT: SoakOptions = {
  seconds: 60,
  ends: 25,
  processes: 3,
  keys: 600,
  maxSizeBytes: 8 * MEGABYTE,
  longest: MEGABYTE,
  seed: 7,
  deaths: true,
};

it('processes that use a cache in every way and die in every way leave it whole, within its limit and tidy', async () => {
  const { faults, ends, operations } = await runSoak(SHORT);
  expect(faults).toEqual([]);
  expect(ends['SIGKILL'] ?? 0).toBeGreaterThan(0);
  expect(operations).toBeGreaterThan(0);
});

it('where everything fits, nothing is lost, whoever dies', async () => {
  const { faults, audit } = await runSoak({
    ...SHORT,
    ends: 10,
    keys: 200,
    longest: 2000,
    maxSizeBytes: 64 * MEGABYTE,
    seed: 8,
  });
  expect(faults).toEqual([]);
  expect(audit?.after.live).toBeGreaterThan(0);
});

/** One process that nobody strikes down: what is left over then is the engine's own doing. */
const PEACEFUL: SoakOptions = { ...SHORT, operations: 2500, seconds: 60, processes: 1, longest: 4000, deaths: false };

/** Enough to fill the memory of a process many times over, with what was read. */
const MANY_VALUES: SoakOptions = {
  ...PEACEFUL,
  operations: 40_000,
  keys: 9000,
  longest: 250_000,
  maxSizeBytes: 2048 * MEGABYTE,
};

it('where nobody dies, nothing is left over', async () => {
  const { faults, audit } = await runSoak({ ...PEACEFUL, operations: 6000 });
  expect(faults).toEqual([]);
  expect(audit?.before.unexplained).toEqual([]);
});

it.each([
  ['set-clears-up', 'nobody died, and there is', PEACEFUL],
  ['limit-is-kept', 'over the limit', { ...PEACEFUL, maxSizeBytes: MEGABYTE / 8, upkeep: false }],
  ['listed-allocation-is-real', 'the disk says', PEACEFUL],
  ['set-closes-entry', 'a survivor had open', { ...PEACEFUL, operations: 1000 }],
  ['forgotten-is-released', 'a survivor had open', { ...PEACEFUL, operations: 1_000_000, seconds: 3 }],
  ['memory-is-bounded', "a surviving process' heap", MANY_VALUES],
  ['index-is-compacted', 'bytes lists', { ...PEACEFUL, operations: 15_000, keys: 60, longest: 100, upkeep: false }],
  ['expiry-after-read', 'which had expired', { ...PEACEFUL, operations: 8000, keys: 60, longest: 200 }],
  ['orphans-are-swept', 'an hour later', { ...SHORT, seconds: 90, ends: 20 }],
] as const)('a soak notices when %s is missing', async (without, fault, options) => {
  const { faults } = await runSoak({ ...options, without });
  expect(faults.join('\n')).toContain(fault);
});
