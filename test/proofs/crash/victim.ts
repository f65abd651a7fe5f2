/**
 * The process that is struck: it carries out one operation and tells where it is.
 *
 * It tells and listens by `writev` and `readv`, which nothing else here calls: so neither is ever made to fail, and what
 * lies between two tidings is the operation and nothing else.
 */

import { readdirSync, readvSync, writevSync } from 'node:fs';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { lockLibrary } from '../../../src/disk/lock/lock-library.ts';
import { CacheError } from '../../../src/errors.ts';
import { programArguments } from '../../support/program-side.ts';
import { getToKnow, OVERTAKEN, type Scenario, sameValue, workplace } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import type { Outcome, VictimArguments } from './tidings.ts';

function tell(name: string, content: object = {}): void {
  // Two pieces, as one alone would be written by another call.
  writevSync(1, [Buffer.from(`${name} `), Buffer.from(`${JSON.stringify(content)}\n`)]);
}

/** Waits, without giving control back, until the harness says that it may go on. */
function listen(): void {
  readvSync(0, [Buffer.alloc(1), Buffer.alloc(1)]);
}

function readArguments(): VictimArguments {
  const given = programArguments();
  if (typeof given !== 'object' || given === null) throw new Error('no arguments');
  const { cacheRoot, scenario, goesOn }: Record<string, unknown> = { ...given };
  if (typeof cacheRoot !== 'string' || typeof scenario !== 'string') throw new Error('wrong arguments');
  return { cacheRoot, scenario, goesOn: goesOn === true };
}

function outcomeOf(scenario: Scenario, returned: unknown): Outcome {
  // Only reads are asked what they return.
  if (scenario.returns === undefined && !scenario.neverThrows) return { result: 'right' };
  if (returned === OVERTAKEN) return { result: 'overtaken' };
  if (returned === undefined) return { result: scenario.returns === undefined ? 'right' : 'miss' };
  return { result: sameValue(returned, scenario.returns) ? 'right' : 'wrong' };
}

function outcomeOfError(error: unknown): Outcome {
  if (!(error instanceof Error)) return { result: 'thrown', name: 'no Error', cause: '' };
  const { cause } = error;
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
  const named = error instanceof CacheError;
  return {
    result: 'thrown',
    name: named ? error.name : `unnamed ${error.message}`,
    cause: typeof code === 'string' ? code : '',
  };
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Uses the instance that met the fault, or one like it where none came to be. */
function goOn(cache: DiskCacheManager, scenario: Scenario): string[] {
  const wrong: string[] = [];
  for (const key of [...Object.keys(scenario.before), ...Object.keys(scenario.changes)]) {
    const found = cache.getSync(key);
    const allowed = [scenario.before[key], scenario.changes[key], undefined];
    if (!allowed.some((value) => sameValue(found, value))) wrong.push(`the same process reads a wrong value of ${key}`);
  }
  cache.setSync('afterwards', 'set');
  if (cache.getSync('afterwards') !== 'set') wrong.push('the same process does not read what it set');
  cache.deleteSync('afterwards');
  if (cache.existsSync('afterwards')) wrong.push('the same process still has what it deleted');
  return wrong;
}

async function main(): Promise<void> {
  const { cacheRoot, scenario: name, goesOn } = readArguments();
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`no scenario is called ${name}`);
  // What ships has it in one piece with the rest.
  lockLibrary();
  const { open } = workplace(scenario, cacheRoot, (options) => new DiskCacheManager(options));
  let cache: DiskCacheManager | undefined;
  if (!scenario.unopened) {
    cache = open();
    if (!scenario.cold) getToKnow(scenario, cache);
    await scenario.prepare?.(cache);
  }
  const descriptors = openDescriptors();
  let outcome: Outcome;
  tell('begin');
  try {
    cache ??= open();
    outcome = outcomeOf(scenario, await scenario.run(cache));
  } catch (error) {
    outcome = outcomeOfError(error);
  }
  tell('end', outcome);
  if (goesOn) {
    listen();
    let wrong: string[];
    try {
      wrong = goOn(cache === undefined || cache.closed ? open() : cache, scenario);
      // The index may have been opened meanwhile, and a closed instance have got a successor.
      const leaked = openDescriptors() - descriptors - 2;
      if (leaked > 0) wrong.push(`the same process has ${leaked} descriptors more than before`);
    } catch (error) {
      wrong = [`the same process can't go on: ${String(error)}`];
    }
    tell('gone-on', { wrong });
  }
  cache?.closeSync();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
