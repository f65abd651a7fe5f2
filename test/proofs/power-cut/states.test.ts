/**
 * Thousands of states that a tag's folder can be in after a power cut, a bad disk, a restored backup or a malicious
 * hand: never a value that was not set under exactly that key, never a hang, never a crash, and healed.
 *
 * For a longer run: STATES=20000 STATES_SEED=$RANDOM npx vitest run --config test/proofs/vitest.config.ts states
 */

import { describe, expect, it } from 'vitest';
import type { RuleName } from '../rules/rules.ts';
import { runStates } from './run-states.ts';

const SEED = Number(process.env['STATES_SEED'] ?? 1);
/** Of each kind; an even number. */
const STATES = Number(process.env['STATES'] ?? 1000);
/** A state takes about 30 ms, or a few times that on a busy machine. */
const TIMEOUT_MS = 60_000 + STATES * 300;

/** What generated states must find out, and in which kind. */
const MISSING: readonly (readonly [RuleName, 'damage' | 'power cut'])[] = [
  ['links-not-followed', 'damage'],
  ['folders-not-followed', 'damage'],
  ['checksum-matches', 'damage'],
  ['key-matches', 'damage'],
  ['absent-is-verified', 'damage'],
  ['expiry-after-read', 'damage'],
  ['gone-twice', 'damage'],
  ['reopen-when-replaced', 'damage'],
  ['checksum-matches', 'power cut'],
  ['reboot-asks', 'power cut'],
];

// Side by side, since most of a state's time goes by in waiting: a repair gives young orphans a moment.
describe.concurrent('whatever happened to the files of a tag', () => {
  it.each([
    ['damage', SEED],
    ['damage', SEED + 1],
    ['power cut', SEED],
    ['power cut', SEED + 1],
  ] as const)(
    'after %s nothing wrong is read, nothing hangs, and all is healed (seed %i)',
    async (after, seed) => {
      const { states, failure } = await runStates({ after, seed, states: STATES / 2, simplify: true });
      console.log(`${states} states after ${after}, seed ${seed}`);
      expect(failure).toBeUndefined();
      expect(states).toBe(STATES / 2);
    },
    TIMEOUT_MS,
  );
});

describe.concurrent('the generated states find an engine', () => {
  it.each(MISSING)(
    'without %s, by states after %s',
    async (rule, after) => {
      const { failure } = await runStates({ after, seed: 1, states: STATES, simplify: false }, rule, 12_000);
      expect(failure).toBeDefined();
    },
    TIMEOUT_MS,
  );
});
