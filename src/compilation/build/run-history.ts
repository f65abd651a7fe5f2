/**
 * What is remembered of each command's last run, to tell why the next one is not a hit.
 */

import type { CacheManager } from '../../cache-manager.ts';
import { digestOf } from '../content/digest.ts';
import type { CheckedBuildRequest } from './build-request.ts';
import {
  compareFingerprints,
  type Fingerprint,
  type FingerprintChange,
  type FingerprintRecord,
} from './fingerprint.ts';
import { fingerprintKey, lastRunKey } from './keys.ts';

/** How a run relates to the last one of its subject: the same command, with the same arguments, in the same folder. */
export interface Explanation {
  /** When the last run began, to the second; `undefined` if none is on record (any more). */
  readonly lastRun: Date | undefined;
  /** What differs; none if nothing the key is made of does, or if there is no last run. */
  readonly changes: readonly FingerprintChange[];
}

/** The last runs of commands, in a cache. */
export class RunHistory {
  readonly #cache: CacheManager;

  constructor(cache: CacheManager) {
    this.#cache = cache;
  }

  /** What changed since the last run. To be asked before this run is remembered. */
  async explain(build: CheckedBuildRequest, fingerprint: Fingerprint): Promise<Explanation> {
    const key = lastRunKey(subjectOf(build));
    // Every run reads the record, so its last access is the time of the last run.
    const lastRun = (await this.#cache.getMetadata(key))?.accessed;
    const last = await this.#cache.get(key);
    if (lastRun === undefined || typeof last !== 'string') return { lastRun: undefined, changes: [] };
    if (last === fingerprint.key) return { lastRun, changes: [] };
    const record = await this.#cache.get<FingerprintRecord>(fingerprintKey(last));
    if (record === undefined) return { lastRun: undefined, changes: [] };
    return { lastRun, changes: compareFingerprints(record, fingerprint.record) };
  }

  /** Makes this run the last one. Writes nothing if it is like the one before, as a replay mostly is. */
  async remember(build: CheckedBuildRequest, fingerprint: Fingerprint): Promise<void> {
    const key = lastRunKey(subjectOf(build));
    if ((await this.#cache.get(key)) === fingerprint.key) return;
    const { ttl } = build.history;
    await this.#cache.set(fingerprintKey(fingerprint.key), fingerprint.record, { ttl });
    await this.#cache.set(key, fingerprint.key, { ttl });
  }
}

function subjectOf(build: CheckedBuildRequest): string {
  return digestOf(build.history.subject ?? JSON.stringify([build.command, build.args, build.cwd]));
}
