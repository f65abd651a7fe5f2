/**
 * One victim and its fate: starts it on a copy of the scenario's state, strikes it, and looks at what is left.
 */

import { cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, type Stats, utimesSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { endInjection, resume, stopped } from '../../support/strace.ts';
import { bytesOnDisk, examine, shown } from './aftermath.ts';
import { Expectations } from './expectations.ts';
import type { Fate, Point } from './fates.ts';
import {
  getToKnow,
  limitOf,
  OVERTAKEN,
  type Scenario,
  sameValue,
  type Value,
  type Workplace,
  workplace,
} from './scenario.ts';
import { SCENARIOS, seedScenario } from './scenarios.ts';
import type { Tidings } from './tidings.ts';
import { Victim } from './victims.ts';

/** How a point came out. */
export interface Result {
  readonly point: Point;
  /** Whether the victim was struck within its operation; if not, the point says nothing. */
  readonly struck: boolean;
  readonly wrong: readonly string[];
}

/** Names a scenario. */
export function scenarioOf(name: string): Scenario {
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`no scenario is called ${name}`);
  return scenario;
}

/** Makes the states that scenarios start from, once each, and copies of them. */
export class Seeds {
  readonly #folder: string;
  readonly #times = new Map<string, ReadonlyMap<string, Stats>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A root of its own with a scenario's state. */
  copy(name: string): string {
    const seed = join(this.#folder, `seed-${name}`);
    const times = this.#times.get(name) ?? this.#make(name, seed);
    const folder = mkdtempSync(join(this.#folder, `${name}-`));
    cpSync(seed, folder, { recursive: true });
    for (const [path, { atime, mtime }] of times) utimesSync(join(folder, path), atime, mtime);
    return join(folder, 'root');
  }

  /** Makes a seed, and notes its files' times: copying is reading, which may count as an access. */
  #make(name: string, seed: string): ReadonlyMap<string, Stats> {
    mkdirSync(seed);
    const scenario = scenarioOf(name);
    seedScenario(
      scenario,
      workplace(scenario, join(seed, 'root'), (options) => new DiskCacheManager(options)),
    );
    const items = readdirSync(seed, { recursive: true, withFileTypes: true }).filter((item) => item.isFile());
    const paths = items.map((item) => join(item.parentPath, item.name));
    const times = new Map(paths.map((path) => [relative(seed, path), lstatSync(path)]));
    this.#times.set(name, times);
    return times;
  }

  /** Removes a copy. */
  drop(root: string): void {
    rmSync(join(root, '..'), { recursive: true, force: true });
  }
}

/** Runs one point. */
export async function strike(program: string, seeds: Seeds, point: Point): Promise<Result> {
  const scenario = scenarioOf(point.scenario);
  const root = seeds.copy(point.scenario);
  const place = workplace(scenario, root, (options) => new DiskCacheManager(options));
  let survivor = scenario.unopened ? undefined : place.open();
  if (survivor) getToKnow(scenario, survivor);
  const wrong: string[] = [];
  const overtaking = new Map<string, Value>();
  try {
    const tidings = await meetFate(program, root, point, () => {
      survivor ??= place.open();
      const visitor = place.open();
      overtake(scenario, survivor, visitor, overtaking, wrong);
      visitor.closeSync();
    });
    if (!tidings.begun) return { point, struck: false, wrong };
    wrong.push(...tidings.wrong.filter((fault) => !isHarmless(point, fault)), ...judge(scenario, point, tidings));
    if (point.isEnd) expectWithinLimit(scenario, place, wrong);
    survivor ??= place.open();
    const finished = point.isEnd || tidings.outcome?.result === 'right';
    const expectations = new Expectations(scenario, point.fate, finished, overtaking);
    wrong.push(
      ...(await examine({ scenario, place, survivor, expectations, leavesNothing: point.fate.kind === 'overtaken' })),
    );
    return { point, struck: wasStruck(point.fate, tidings), wrong };
  } finally {
    survivor?.closeSync();
    seeds.drop(root);
  }
}

/** A close that was made to fail has not closed. */
function isHarmless({ call }: Point, fault: string): boolean {
  return call === 'close' && fault.includes('descriptors');
}

/** When a set has returned, before anybody else does anything. */
function expectWithinLimit(scenario: Scenario, { location }: Workplace, wrong: string[]): void {
  const used = bytesOnDisk(location);
  if (used > limitOf(scenario)) wrong.push(`the operation has left ${used} bytes, over the limit`);
}

/** Whether what was to happen has happened: another count of calls than in the dry run leaves a victim untouched. */
function wasStruck({ kind }: Fate, { outcome }: Tidings): boolean {
  return kind === 'killed' || kind === 'overtaken-and-killed' ? outcome === undefined : true;
}

async function meetFate(program: string, root: string, point: Point, visit: () => void): Promise<Tidings> {
  const { call, occurrence, fate } = point;
  const args = { cacheRoot: root, scenario: point.scenario, goesOn: fate.kind === 'refused' };
  if (fate.kind === 'refused') {
    const when = fate.lasting ? (`${occurrence}+` as const) : occurrence;
    const victim = new Victim(program, args, { call, when, error: fate.error });
    await victim.untilDone();
    await endInjection(victim.process);
    victim.letGoOn();
    await victim.untilEnded();
    return victim.tidings;
  }
  const signal = fate.kind === 'killed' ? 'KILL' : 'STOP';
  const victim = new Victim(program, args, { call, when: occurrence, signal });
  if (signal === 'STOP' && (await isStopped(victim))) {
    const begun = await victim.hasBegun();
    if (begun) visit();
    if (begun && fate.kind === 'overtaken') resume(victim.process);
    else victim.process.kill('SIGKILL');
  }
  await victim.untilEnded();
  return victim.tidings;
}

async function isStopped(victim: Victim): Promise<boolean> {
  try {
    await stopped(victim.process);
    return true;
  } catch {
    return false;
  }
}

/** Others change the keys that the victim is at, and see each other's changes at once. */
function overtake(
  { contested: [first, second] }: Scenario,
  survivor: DiskCacheManager,
  visitor: DiskCacheManager,
  overtaking: Map<string, Value>,
  wrong: string[],
): void {
  survivor.setSync(first, OVERTAKEN);
  visitor.deleteSync(second);
  visitor.setSync('visited', 'visitor');
  overtaking.set(first, OVERTAKEN).set(second, undefined).set('visited', 'visitor');
  for (const [key, value] of overtaking) {
    for (const [who, cache] of [
      ['who knew the tag', survivor],
      ['a newcomer', visitor],
    ] as const) {
      const found = cache.getSync(key);
      if (!sameValue(found, value)) {
        wrong.push(`while the process is stopped, ${key} is set to ${shown(value)} and ${who} reads ${shown(found)}`);
      }
    }
  }
}

/** What is wrong with how the operation itself came out. */
function judge(scenario: Scenario, { fate }: Point, { outcome, wentOn }: Tidings): string[] {
  const wrong: string[] = [];
  if (fate.kind === 'refused' && !wentOn) wrong.push('the process ended, or hung');
  if (outcome === undefined) {
    if (fate.kind === 'overtaken') wrong.push('the operation did not come to its end');
    return wrong;
  }
  const { result } = outcome;
  if (result === 'wrong' || (result === 'overtaken' && fate.kind !== 'overtaken')) {
    wrong.push('the operation returned a wrong value');
  }
  if (outcome.result !== 'thrown') return wrong;
  if (fate.kind !== 'refused') wrong.push(`the operation threw: ${outcome.name} (${outcome.cause})`);
  else if (scenario.neverThrows) wrong.push(`a read threw: ${outcome.name} (${outcome.cause})`);
  else if (outcome.name.startsWith('unnamed')) wrong.push(`the error is none of ours: ${outcome.name}`);
  else if (outcome.cause !== fate.error)
    wrong.push(`${outcome.name} has the cause "${outcome.cause}" and not ${fate.error}`);
  return wrong;
}
