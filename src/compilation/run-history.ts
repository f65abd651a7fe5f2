/**
 * What is remembered of each command's last run, to tell why the next one is not a hit.
 */

import type { CacheManager } from '../cache-manager.ts';
import type { CheckedBuildRequest } from './build-request.ts';
import { digestOf } from './digest.ts';
import {
  compareFingerprints,
  type Fingerprint,
  type FingerprintChange,
  type FingerprintRecord,
} from './fingerprint.ts';
import { fingerprintKey, lastRunKey } from './keys.ts';

/** How a run relates to the last one of the same command, with the same arguments, in the same folder. */
export interface Explanation {
  /** When the last run began; `undefined` if none is on record (any more). */
  readonly lastRun: Date | undefined;
  /** What differs; none if nothing the key is made of does, or if there is no last run. */
  readonly changes: readonly FingerprintChange[];
}

interface LastRun {
  readonly fingerprint: string;
  readonly at: number;
}

/** The last runs of commands, in a cache. */
export class RunHistory {
  readonly #cache: CacheManager;

  constructor(cache: CacheManager) {
    this.#cache = cache;
  }

  /** What changed since the last run. */
  async explain(build: CheckedBuildRequest, fingerprint: Fingerprint): Promise<Explanation> {
    const last = asLastRun(await this.#cache.get(lastRunKey(commandId(build))));
    if (last === undefined) return { lastRun: undefined, changes: [] };
    const lastRun = new Date(last.at);
    if (last.fingerprint === fingerprint.key) return { lastRun, changes: [] };
    const record = await this.#cache.get<FingerprintRecord>(fingerprintKey(last.fingerprint));
    if (record === undefined) return { lastRun: undefined, changes: [] };
    return { lastRun, changes: compareFingerprints(record, fingerprint.record) };
  }

  /** Makes this run the last one. */
  async remember(build: CheckedBuildRequest, fingerprint: Fingerprint): Promise<void> {
    // The details are many and the same for every run of a fingerprint; the pointer to them is small.
    const details = fingerprintKey(fingerprint.key);
    if (!(await this.#cache.exists(details))) await this.#cache.set(details, fingerprint.record);
    const last: LastRun = { fingerprint: fingerprint.key, at: Date.now() };
    await this.#cache.set(lastRunKey(commandId(build)), last);
  }
}

function commandId(build: CheckedBuildRequest): string {
  return digestOf(JSON.stringify([build.command, build.args, build.cwd]));
}

function asLastRun(value: unknown): LastRun | undefined {
  if (typeof value !== 'object' || value === null || !('fingerprint' in value) || !('at' in value)) return undefined;
  const { fingerprint, at } = value;
  return typeof fingerprint === 'string' && typeof at === 'number' ? { fingerprint, at } : undefined;
}
