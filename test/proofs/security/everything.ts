/**
 * Everything that can be done with a cache, as it would be done by somebody who does not know that the folder is a trap.
 */

import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { CacheError } from '../../../src/errors.ts';
import { hangUp, programArguments, report } from '../../support/program-side.ts';

export interface EverythingArguments {
  /** One after the other, each for itself. */
  readonly cacheRoots: readonly string[];
  readonly keys: readonly string[];
  /** How far ahead the clock is, in seconds: what lies about for long is swept. */
  readonly later: number;
}

export interface EverythingReport {
  /** Calls that failed in another way than by an error of the package's own. */
  readonly crashed: readonly string[];
  /** The errors of the package's own, by name, for each root. */
  readonly refused: readonly (readonly string[])[];
  /** The most memory that the process has had, in bytes. */
  readonly memory: number;
  /** The longest call, and how long it took, in milliseconds. */
  readonly longest: { readonly call: string; readonly took: number };
  /** What the language's own objects have got that they did not have before. */
  readonly polluted: readonly string[];
}

/** The objects that all others inherit from. */
const PROTOTYPES = {
  Object: Object.prototype,
  Array: Array.prototype,
  Function: Function.prototype,
  Map: Map.prototype,
};

function propertiesOfPrototypes(): string[] {
  return Object.entries(PROTOTYPES).flatMap(([name, prototype]) =>
    Reflect.ownKeys(prototype).map((property) => `${name}.prototype.${String(property)}`),
  );
}

const LARGE_BYTES = 300_000;

/** What all roots came to, as it grows. */
interface Findings {
  readonly crashed: string[];
  longest: { readonly call: string; readonly took: number };
}

async function doEverything({ cacheRoots, keys }: EverythingArguments): Promise<EverythingReport> {
  const before = new Set(propertiesOfPrototypes());
  const findings: Findings = { crashed: [], longest: { call: '', took: 0 } };
  const refused: string[][] = [];
  for (const cacheRoot of cacheRoots) refused.push(await doEverythingIn(cacheRoot, keys, findings));
  return {
    ...findings,
    refused,
    memory: process.resourceUsage().maxRSS * 1024,
    polluted: propertiesOfPrototypes().filter((property) => !before.has(property)),
  };
}

/** Returns the names of the errors of the package's own. */
async function doEverythingIn(cacheRoot: string, keys: readonly string[], findings: Findings): Promise<string[]> {
  const refused = new Set<string>();
  const attempt = async (call: string, action: () => unknown) => {
    const start = performance.now();
    try {
      await action();
    } catch (error) {
      if (error instanceof CacheError) refused.add(error.name);
      else findings.crashed.push(`${call}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const took = performance.now() - start;
    if (took > findings.longest.took) findings.longest = { call, took };
  };
  for (let round = 0; round < 2; round++) {
    let cache: DiskCacheManager | undefined;
    await attempt('open', () => {
      cache = new DiskCacheManager({ cacheRoot, timeout: 10 });
    });
    const opened = cache;
    if (opened === undefined) break;
    for (const key of keys) {
      await attempt(`get ${key}`, () => opened.getSync(key));
      await attempt(`exists ${key}`, () => opened.existsSync(key));
      await attempt(`getMetadata ${key}`, () => opened.getMetadataSync(key)?.key);
    }
    await attempt('keys', () => opened.keys());
    await attempt('getStats', () => opened.getStats());
    await attempt('check', () => opened.check());
    for (const key of keys) {
      await attempt(`delete ${key}`, () => opened.delete(key));
      await attempt(`set ${key}`, () => opened.setSync(key, 'new'));
      await attempt(`set large ${key}`, () => opened.set(key, Buffer.alloc(LARGE_BYTES)));
      await attempt(`withLock ${key}`, () => opened.withLock(key, () => 1));
      await attempt(`get ${key}`, () => opened.get(key));
    }
    await attempt('cleanup', () => opened.cleanup());
    await attempt('repair', () => opened.check({ repair: true }));
    await attempt('clear', () => opened.clear());
    for (const key of keys) await attempt(`set ${key}`, () => opened.set(key, 'again'));
    await attempt('close', () => opened.close());
  }
  return [...refused];
}

function isArguments(value: unknown): value is EverythingArguments {
  return typeof value === 'object' && value !== null && 'cacheRoots' in value && 'keys' in value && 'later' in value;
}

const args = programArguments();
if (!isArguments(args)) throw new Error('no arguments');
const { now } = Date;
Date.now = () => now() + args.later * 1000;
doEverything(args).then((found) => {
  report(found);
  if (process.connected) hangUp();
});
