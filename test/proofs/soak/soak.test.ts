/**
 * Load of all kinds by processes that die in all ways leaves nothing wrong and nothing behind; and a soak would have
 * noticed.
 */

import { expect, it } from 'vitest';
import { runSoak, type SoakOptions } from './soak.ts';

const MEGABYTE = 2 ** 20;

const SHORT: SoakOptions = {
  seconds: 15,
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
  expect(operations).toBeGreaterThan(500);
});

it('where everything fits, nothing is lost, whoever dies', async () => {
  const { faults, audit } = await runSoak({
    ...SHORT,
    seconds: 5,
    keys: 200,
    longest: 2000,
    maxSizeBytes: 64 * MEGABYTE,
    seed: 8,
  });
  expect(faults).toEqual([]);
  expect(audit?.after.live).toBeGreaterThan(0);
});

/** One process that nobody strikes down: what is left over then is the engine's own doing. */
const PEACEFUL: SoakOptions = { ...SHORT, seconds: 60, operations: 6000, processes: 1, longest: 20_000, deaths: false };

it('where nobody dies, nothing is left over', async () => {
  const { faults, audit } = await runSoak(PEACEFUL);
  expect(faults).toEqual([]);
  expect(audit?.before.unexplained).toEqual([]);
});

it.each([
  ['set-clears-up', 'nobody died, and there is', PEACEFUL],
  ['limit-is-kept', 'are over the limit', { ...PEACEFUL, maxSizeBytes: MEGABYTE }],
  ['listed-allocation-is-real', 'the disk says', PEACEFUL],
  ['set-closes-entry', 'a survivor had open', { ...PEACEFUL, operations: 1000 }],
  ['forgotten-is-released', 'a survivor had open', { ...PEACEFUL, operations: 3000 }],
  [
    'memory-is-bounded',
    "a surviving process' heap grew",
    { ...PEACEFUL, operations: 60_000, keys: 60_000, maxSizeBytes: 512 * MEGABYTE },
  ],
  ['index-is-compacted', 'bytes lists', { ...PEACEFUL, operations: 30_000, keys: 60, longest: 100 }],
  ['expiry-after-read', 'which had expired', { ...PEACEFUL, longest: 200 }],
  ['memory-looks', 'allowed were', { ...PEACEFUL, longest: 200 }],
  ['orphans-are-swept', 'an hour later', { ...SHORT, seconds: 5 }],
] as const)('a soak notices when %s is missing', async (without, fault, options) => {
  const { faults } = await runSoak({ ...options, without });
  expect(faults.join('\n')).toContain(fault);
});
