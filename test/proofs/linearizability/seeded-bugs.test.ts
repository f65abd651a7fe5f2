/**
 * What the recorder and the checker are worth: without a rule of the protocol, they find that something is wrong.
 */

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withTempRoot } from '../../support/temp-root.ts';
import { bundleWithout } from '../rules/bundle-without.ts';
import type { RuleName } from '../rules/rules.ts';
import { runScene } from './run.ts';
import { SCENES, type SceneName } from './scenes.ts';

/** Each run has another order of system calls; most find what is wrong in the first or second. */
const MAX_RUNS = 40;
const TIMEOUT_MS = 110_000;

/** Each rule, the scene in which its absence shows soonest, and what is seen then. */
const SEEDED: readonly (readonly [RuleName, SceneName])[] = [
  ['set-announces', 'turns and deaths'],
  ['delete-announces', 'turns and memory'],
  ['kill-through-descriptor', 'turns and expiry'],
  ['gone-twice', 'turns'],
  ['pending-asks', 'turns'],
  ['memory-looks', 'turns'],
  ['memory-doubts', 'turns'],
  ['out-of-order-asks', 'turns'],
  ['memory-looks', 'turns and eviction'],
  ['reopen-when-replaced', 'turns and compaction'],
];

it.each(SEEDED)(
  'without %s the scene "%s" has a history that is not linearizable',
  { timeout: TIMEOUT_MS },
  async (rule, scene) => {
    const bundle = await bundleWithout(rule, new URL('./client.ts', import.meta.url));
    let found: string | undefined;
    for (let run = 1; run <= MAX_RUNS && found === undefined; run++) {
      await withTempRoot(async (root) => {
        const { wrong } = await runScene(SCENES[scene], bundle, join(root, 'run'), run);
        found = wrong.find((text) => text.startsWith('not linearizable'));
      });
    }
    expect(found).toBeDefined();
  },
);
