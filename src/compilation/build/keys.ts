/**
 * The keys under which builds are kept.
 */

import { CacheKey } from '../../cache-key.ts';

const NAMESPACE = 'build';

/** A recorded run, by its fingerprint. Also what two runs of one fingerprint lock each other out by. */
export const runKey = (fingerprint: string): CacheKey => CacheKey.fromParts(NAMESPACE, 'run', fingerprint);
/** What a fingerprint was made of. */
export const fingerprintKey = (fingerprint: string): CacheKey =>
  CacheKey.fromParts(NAMESPACE, 'fingerprint', fingerprint);
/** The last run of a subject, such as a command in a folder. */
export const lastRunKey = (subject: string): CacheKey => CacheKey.fromParts(NAMESPACE, 'last-run', subject);
