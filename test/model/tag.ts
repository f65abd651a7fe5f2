/** A tag with one key, the processes that use it, and what is to be true of it at every moment. */

import { compact } from './actors/compaction.ts';
import { get, keep } from './actors/read.ts';
import { anHourPasses, sweep } from './actors/sweep.ts';
import { callEnds, current, historyOf } from './history.ts';
import { apply, newKnowledge, type Self, type Steps, toldByIndex } from './knowledge.ts';
import { RULES, type RuleName, Rules } from './rules.ts';
import { type Finding, type Moment, runAlone, search } from './search.ts';
import {
  copyWorld,
  dropUnheld,
  indexFile,
  type Knowledge,
  type Line,
  lengthOf,
  liveOnDisk,
  type World,
  worldText,
} from './world.ts';

/** How much a process knows when it begins. */
export type Beginning = 'cold' | 'warm' | 'hot';

/** A process of the tag. */
export interface Actor {
  readonly name: string;
  readonly course: (self: Self) => Steps;
  /** `cold`: nothing; `warm`: the index; `hot`: the index, and the value is in its memory. */
  readonly begins?: Beginning;
  readonly mayDie?: boolean;
}

/** What is to be searched. */
export interface Scenario {
  readonly actors: readonly Actor[];
  /** Whether the key has a value, `G`, at the beginning. */
  readonly value?: boolean;
  /** What the index holds at the beginning; a list that is right when missing. */
  readonly index?: readonly Line[];
  readonly deaths?: number;
  readonly torn?: boolean;
  /** What nobody changes here: see {@link Model.still}. */
  readonly still?: readonly Still[];
  readonly limit?: number;
}

/** Something that may stay as it is. */
export type Still = 'index name' | 'reap folder' | 'compactors';

/** The generation at the beginning. */
export const FIRST = 'G';

function startOf({ actors, value = true, index }: Scenario, rules: Rules): World {
  const listed: Line[] = value ? [['set', FIRST, '']] : [];
  const lines = index ?? [...listed, ['done']];
  const knowledge: Record<string, Knowledge> = {};
  const world: World = {
    entries: value ? [FIRST] : [],
    sidecar: value ? { generation: FIRST, empty: false } : undefined,
    temporaries: [],
    reap: undefined,
    index: 'I',
    files: { I: { header: true, lines, torn: false } },
    temporaryIndexes: [],
    created: 0,
    knowledge,
    taken: [],
    old: [],
    history: historyOf(value ? FIRST : ''),
  };
  for (const { name, begins = 'warm' } of actors) {
    const known = newKnowledge('I');
    knowledge[name] = known;
    if (begins === 'cold') continue;
    for (const line of lines) apply(rules, known, line);
    known.size = known.readTo = known.position = lengthOf(indexFile(world, 'I'));
    known.following = known.verified = true;
    if (begins === 'hot') keep(world, { name, rules }, FIRST);
  }
  return world;
}

/** Searches a scenario with some rules taken out. */
export function explore(scenario: Scenario, ...missing: readonly RuleName[]): Finding {
  const rules = new Rules(...missing);
  return search<World>({
    processes: scenario.actors.map(({ name, course, mayDie = false }) => {
      const self = { name, rules, ...(scenario.torn ? { torn: true } : {}) };
      return { name, mayDie, course: () => course(self) };
    }),
    start: startOf(scenario, rules),
    copy: copyWorld,
    text: worldText,
    still: new Set(scenario.still),
    deaths: scenario.deaths ?? 0,
    onDeath: (world, name) => {
      callEnds(world, name);
      const { [name]: _, ...knowledge } = world.knowledge;
      world.knowledge = knowledge;
      dropUnheld(world);
    },
    fault: (world, moment) => faultAlways(world) ?? (moment.atRest ? faultAtRest(world, moment, rules) : undefined),
    ...(scenario.limit === undefined ? {} : { limit: scenario.limit }),
  });
}

/** What must be true between any two system calls. */
function faultAlways(world: World): string | undefined {
  const { history } = world;
  if (history.fault !== undefined) return history.fault;
  const { generation } = current(history);
  const live = liveOnDisk(world) ?? '';
  if (live === generation) return undefined;
  if (live !== '') return `${live} is the key's value again, after it had been ${generation || 'removed'}`;
  return history.returned.includes(generation)
    ? `${generation} was set and its set has returned, and it is gone`
    : undefined;
}

/** What must be true when all have ended or are dead. */
function faultAtRest(world: World, { dead }: Moment, rules: Rules): string | undefined {
  const live = liveOnDisk(world) ?? '';
  return (
    disagreement(world, live, rules) ??
    (dead.length === 0 ? (leftOver(world) ?? wrongList(world, live, rules)) : undefined) ??
    afterSweep(world, rules)
  );
}

/** All survivors, and those who come later, find the same. */
function disagreement(world: World, live: string, rules: Rules): string | undefined {
  const last = world.history.elements.findLast(({ generation }) => generation !== '')?.generation;
  for (const name of Object.keys(world.knowledge)) {
    const found = runAlone(get({ name, rules }, {}), copyWorld(world));
    // What an eviction has removed and could not tell of any more may be read from memory.
    const isMercy = live === '' && found === last && current(world.history).cause === 'evict';
    if (found !== live && !isMercy)
      return `${name} finds ${found || 'nothing'}, and the files tell ${live || 'nothing'}`;
  }
  const found = newcomerFinds(world, rules);
  return found === live ? undefined : `a newcomer finds ${found || 'nothing'}, and the files tell ${live || 'nothing'}`;
}

function newcomerFinds(world: World, rules: Rules): string {
  const copy = copyWorld(world);
  copy.knowledge = { ...copy.knowledge, newcomer: newKnowledge(copy.index) };
  return runAlone(get({ name: 'newcomer', rules }, {}), copy);
}

/** Where nobody was killed, the list is right without a look at the files, and nothing is under way for ever. */
function wrongList(world: World, live: string, rules: Rules): string | undefined {
  const { complete, pending, ask, row } = toldByIndex(world, rules);
  if (!complete) return undefined;
  // A compaction may write down as under way what ends at that moment; it costs a look at the sidecar, for an hour.
  if (pending.length > 0 && world.index === 'I') return `the index says that ${pending.join()} is under way`;
  return ask || pending.length > 0 || row === live
    ? undefined
    : `the index lists ${row || 'nothing'}, the files tell ${live || 'nothing'}`;
}

function leftOver(world: World): string | undefined {
  const live = liveOnDisk(world);
  const orphans = world.entries.filter((generation) => generation !== live);
  if (orphans.length > 0) return `the entry file of ${orphans.join()} is left over`;
  if (world.temporaries.length > 0) return 'a temporary sidecar is left over';
  if (world.temporaryIndexes.length > 0) return 'a temporary index is left over';
  return world.reap === undefined ? undefined : 'a reap folder is left over';
}

/** A sweep an hour later, and a compaction, end all that killed processes have left; and no index is as good as one. */
function afterSweep(world: World, rules: Rules): string | undefined {
  const copy = copyWorld(world);
  const before = liveOnDisk(world);
  const self = { name: 'sweeper', rules };
  copy.knowledge = { ...copy.knowledge, sweeper: newKnowledge(copy.index) };
  runAlone(anHourPasses(), copy);
  runAlone(compact(self, 'S1'), copy);
  runAlone(sweep(self), copy);
  runAlone(compact(self, 'S2'), copy);
  if (liveOnDisk(copy) !== before) return 'a sweep changes the value';
  const left = leftOver(copy);
  if (left !== undefined) return `after a sweep, ${left}`;
  if (copy.sidecar?.empty === true) return 'after a sweep, a dead sidecar is left over';
  const { lines } = indexFile(copy, copy.index);
  const expected = before === undefined ? 'done' : `set ${before} , done`;
  const listed = lines.map((line) => line.join(' ')).join(', ');
  return listed === expected ? undefined : `after a sweep, the index has: ${listed}`;
}

/** A finding, for people. */
export function describe({ fault, trace, states }: Finding): string {
  if (fault === undefined) return `${states} states, and nothing is ever wrong`;
  return [...trace.map((line, index) => `${String(index + 1).padStart(3)} ${line}`), `  → ${fault}`].join('\n');
}

/** What a rule demands. */
export function demandOf(rule: RuleName): string {
  return RULES[rule];
}
