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
  ['entry-first', 'turns and eviction'],
  ['gone-twice', 'turns'],
  ['pending-asks', 'turns'],
  ['memory-looks', 'turns'],
  ['memory-doubts', 'turns'],
  ['out-of-order-asks', 'turns'],
  ['reopen-when-replaced', 'turns and compaction'],
];

it.each(SEEDED)(
  'without %s the scene "%s" has a history that is not linearizable',
  { timeout: TIMEOUT_MS },
  async (rule, scene) => {
    const bundle = await bundleWithout(rule, new URL('./client.ts', import.meta.url));
    const found: string[] = [];
    for (let run = 1; run <= MAX_RUNS && found.length === 0; run++) {
      await withTempRoot(async (root) => {
        found.push(...(await runScene(SCENES[scene], bundle, join(root, 'run'), run)).wrong);
      });
    }
    expect(found.join('\n')).toContain('not linearizable');
  },
);
