/**
 * What counts as doing badly.
 */

import { inspect } from 'node:util';
import { CacheArgumentError } from '../errors.ts';
import { shown } from '../guards.ts';
import type { CacheStats } from '../models.ts';

/** The defaults of monitoring: rates are 0 to 1, durations are seconds. */
export const MONITORING_DEFAULTS = {
  minHitRate: 0.5,
  minKeys: 10,
  interval: 60,
} as const;

/** When a hit rate is poor. */
export interface HitRateThresholds {
  /**
   * A hit rate *below* this one is poor, 0 to 1.
   * @default 0.5
   */
  readonly minHitRate?: number | undefined;
  /**
   * Only a cache with *more* keys than this is judged: a new one is bound to miss.
   * @default 10
   */
  readonly minKeys?: number | undefined;
}

/**
 * Fills in the defaults.
 * @throws a {@link CacheArgumentError} if a threshold is out of range.
 */
export function resolveThresholds(options: HitRateThresholds): Required<{ [Name in keyof HitRateThresholds]: number }> {
  if (typeof options !== 'object' || options === null) {
    throw new CacheArgumentError(`options must be an object, got ${shown(options)}`);
  }
  const { minHitRate = MONITORING_DEFAULTS.minHitRate, minKeys = MONITORING_DEFAULTS.minKeys } = options;
  if (typeof minHitRate !== 'number' || !(minHitRate >= 0 && minHitRate <= 1)) {
    throw new CacheArgumentError(`minHitRate must be a number from 0 to 1, got ${inspect(minHitRate, { depth: 0 })}`);
  }
  if (!Number.isSafeInteger(minKeys) || minKeys < 0) {
    throw new CacheArgumentError(`minKeys must be a whole number of at least 0, got ${inspect(minKeys, { depth: 0 })}`);
  }
  return { minHitRate, minKeys };
}

/** Whether a cache has enough keys, was read at all, and missed too often. */
export function hasPoorHitRate(stats: CacheStats, thresholds: HitRateThresholds): boolean {
  const { minHitRate, minKeys } = resolveThresholds(thresholds);
  return stats.totalKeys > minKeys && stats.hits + stats.misses > 0 && stats.hitRate < minHitRate;
}
