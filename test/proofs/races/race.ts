/**
 * One race: played with the engine as it is, where it must come out right, and without the rule that it is about,
 * where it must not.
 */

import { expect, it } from 'vitest';
import type { RuleName } from '../rules/rules.ts';
import { onStage, type Stage } from './stage.ts';

/** What happens in a race, and what shows that it went wrong. */
export interface Race {
  /** The rules that it needs, each with what goes wrong without it. */
  readonly without: Partial<Record<RuleName, RegExp>>;
  /** Plays it; returns what is wrong at the end, in words. */
  play(stage: Stage): Promise<readonly string[]>;
}

function isRuleName(name: string, without: Race['without']): name is RuleName {
  return name in without;
}

/** Tests one race. */
export function race(name: string, { without, play }: Race): void {
  it.concurrent(name, async () => {
    expect(await onStage(undefined, play)).toEqual([]);
  });
  for (const rule of Object.keys(without)) {
    if (!isRuleName(rule, without)) continue;
    it.concurrent(`${name}: goes wrong without ${rule}`, async () => {
      expect(await onStage(rule, play)).toContainEqual(expect.stringMatching(without[rule] ?? /^$/));
    });
  }
}
