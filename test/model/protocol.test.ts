/**
 * With all rules in force nothing is ever wrong, whatever the order and whoever is killed.
 *
 * `MODEL=long npm run test:proofs -- test/model` searches the larger scenarios, too, which takes minutes.
 */

import { expect, it } from 'vitest';
import { LONG_SCENARIOS, SCENARIOS } from './scenarios.ts';
import { describe, explore, type Scenario } from './tag.ts';

const LIMIT = 20_000_000;

const scenarios: Readonly<Record<string, Scenario>> =
  process.env['MODEL'] === 'long' ? { ...SCENARIOS, ...LONG_SCENARIOS } : SCENARIOS;

it.each(Object.keys(scenarios))('%s', { timeout: 1_800_000 }, (name) => {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(name);
  const finding = explore({ ...scenario, limit: LIMIT });
  expect(finding.fault, describe(finding)).toBeUndefined();
});
