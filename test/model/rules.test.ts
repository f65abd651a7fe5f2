/**
 * Rules that the model needs: with the rule taken out, the search finds what goes wrong.
 *
 * `MODEL=trace npm run test:proofs -- test/model/rules` prints each of the ways to it, step by step.
 */

import { expect, it } from 'vitest';
import { RULES, type RuleName } from './rules.ts';
import { SCENARIOS, type ScenarioName } from './scenarios.ts';
import { describe, explore, type Scenario } from './tag.ts';

/** For each rule a scenario in which it is missed, and what goes wrong there. */
const MISSED: Partial<Record<RuleName, readonly [ScenarioName, RegExp]>> = {
  'set-announces': ['a set that may be killed, two reads', /^R finds G, and the files tell A$/],
  'set-fences-reaper': ['a set, and an eviction that reaps; both may be killed', /its set has returned/],
  'set-looks-at-tail': ['two sets', /^the entry file of [AB] is left over$/],
  'set-looks-at-own-sidecar': ['two sets', /its set has returned, and a set removed it$/],
  'set-looks-at-own-entry': [
    'a set and a sweep an hour later, one may be killed',
    /taken away in passing|files tell nothing/,
  ],
  'set-looks-at-sidecar-first': [
    'a set, a delete and a reaper',
    /was seen, then something else, then that value again$/,
  ],
  'set-looks-again': ['two sets', /^the entry file of [AB] is left over$/],
  'set-starts-over': ['a set, and an eviction that reaps; both may be killed', /taken away in passing$/],
  'taken-sidecar-asks': [
    'a set, and an eviction that reaps; both may be killed',
    /finds A, and the files tell nothing$/,
  ],
  'taken-is-marked': [
    'a set, and an eviction that reaps; both may be killed',
    /taken away in passing|files tell nothing/,
  ],
  'delete-announces': ['a delete that may be killed, and a read', /^R finds G, and the files tell nothing$/],
  'delete-tells': ['a set and a delete, one may be killed', /^the index says that D is under way$/],
  'delete-tries-again': ['a set and a delete, one may be killed', /says that there was nothing/],
  'delete-believes-sidecar': ['a set and two deletes', /^a delete says that it has removed G/],
  'discard-spoils': [
    'a set by a process that has not read the index and may be killed, an index that is discarded, a compaction',
    /finds G, and the files tell A$/,
  ],
  'kill-through-descriptor': ['a set, an eviction and a read, one may be killed', /its set has returned/],
  'evict-tells': ['a set, an eviction and a read, one may be killed', /^the index lists A, the files tell nothing$/],
  'gone-twice': ['a set that may be killed, two reads', /^R misses a value/],
  'reaper-moves': ['a set, and an eviction that reaps; both may be killed', /its set has returned/],
  'sweep-moves-orphans': [
    'a set and a sweep an hour later, one may be killed',
    /its set has returned, and a sweep removed it$/,
  ],
  'pending-asks': ['a set that may be killed, two reads', /^R finds G, and the files tell A$/],
  'memory-looks': ['a set that may be killed, two reads', /^R finds G, and the files tell A$/],
  'memory-doubts': ['a set that may be killed, two reads', /^R finds G, and the files tell A$/],
  'memory-epoch': ['a set, then a compaction, and a process that reads other keys, too', /^R reads G, which is old$/],
  'memory-stamp': ['a set that may be killed, two reads', /^R reads G, which is old$/],
  'out-of-order-asks': ['two sets', /^the index lists A, the files tell B$/],
  'kill-of-unlisted-asks': ['a set and a delete, one may be killed', /^the index lists A, the files tell nothing$/],
  'kill-of-pending-asks': [
    'a set and a delete of a new key, one may be killed',
    /^the index lists A, the files tell nothing$/,
  ],
  'kill-of-nothing-asks': [
    'an index that lists what is gone, and a delete',
    /^the index lists G, the files tell nothing$/,
  ],
  'reopen-when-replaced': ['a set and a compaction, both may be killed', /^after a sweep, the index has/],
  'append-again': ['a set and a compaction, both may be killed', /finds G, and the files tell A$/],
  'absent-is-verified': ['an index that has lost its end, a set and a read', /^R misses a value/],
  'compaction-whole-lines': ['a set that may be killed and a compaction, torn lines', /finds G, and the files tell A$/],
  'compaction-settles': ['a set and a compaction, both may be killed', /^after a sweep, the index has/],
  'compaction-carries-over': ['a set and a compaction, both may be killed', /finds G, and the files tell A$/],
  'compaction-keeps-opens': ['a set and a compaction, both may be killed', /finds G, and the files tell A$/],
  'complete-with-done': ['a set and a compaction, both may be killed', /finds G, and the files tell A$/],
  'rebuild-opens-unnamed': [
    'a set that may be killed, a compactor that is killed before `done`, a rebuild',
    /finds G, and the files tell A$/,
  ],
};

const rules = Object.keys(RULES).filter((rule): rule is RuleName => rule in MISSED);

it.each(rules)('%s', { timeout: 300_000 }, (rule) => {
  const missed = MISSED[rule];
  if (missed === undefined) throw new Error(rule);
  const [name, fault] = missed;
  const scenario: Scenario = SCENARIOS[name];
  const finding = explore(scenario, rule);
  if (process.env['MODEL'] === 'trace') console.log(`${RULES[rule]}; without it, ${name}:\n${describe(finding)}\n`);
  expect(finding.fault).toMatch(fault);
});
