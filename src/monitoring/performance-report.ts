/**
 * How the shared caches of this process do.
 */

import { inspect } from 'node:util';
import { getSharedCacheInstances, optionsOfSharedInstance, type SharedCacheInstance } from '../coordinator.ts';
import { CacheArgumentError, CacheError, type CacheErrorCode } from '../errors.ts';
import { SessionMetrics } from '../metrics/session-metrics.ts';
import { addCacheStats, type CacheStats } from '../models.ts';
import { type HitRateThresholds, hasPoorHitRate, resolveThresholds } from './thresholds.ts';

/** What could be better, by a word that stays. */
export type RecommendationCode = 'LOW_HIT_RATE' | 'NEAR_LIMIT' | 'EVICTIONS' | 'FAULTS';

/** Something that could be better, and what to do. */
export interface Recommendation {
  /**
   * - `LOW_HIT_RATE`: fewer reads than wanted found an entry;
   * - `NEAR_LIMIT`: nine tenths of the limit, or more, are used;
   * - `EVICTIONS`: this process removed entries to make room;
   * - `FAULTS`: this process met damaged entries or failed system calls.
   */
  readonly code: RecommendationCode;
  readonly root: string;
  readonly tag: string;
  /** The figure that it is about: a rate from 0 to 1, or a number of evictions or faults. */
  readonly value: number;
  /** The same in a sentence for people; may change. */
  readonly message: string;
}

/** One shared cache. */
export interface CachePerformance {
  /** The real path of its root. */
  readonly root: string;
  readonly tag: string;
  readonly stats: CacheStats;
  /** The most that its entries may take, in bytes. */
  readonly limitBytes: number;
  /** How much of the limit they take; 1 is all of it. */
  readonly usedOfLimit: number;
  /**
   * The seconds that a call took on average, by operation, where a session observes the caches of this tag: all of them
   * together, whatever their roots. Otherwise empty.
   */
  readonly averageSeconds: Readonly<Record<string, number>>;
}

/** A shared cache that could not tell how it does. */
export interface SilentCache {
  readonly root: string;
  readonly tag: string;
  readonly code: CacheErrorCode;
  readonly message: string;
}

/** How the shared caches of a process do; plain JSON. */
export interface CachePerformanceReport {
  /** When it was made, as ISO 8601 in UTC. */
  readonly time: string;
  /** The open shared caches, by root and tag; one that is switched off is not among them. */
  readonly caches: readonly CachePerformance[];
  /** Their figures, added up. */
  readonly total: CacheStats;
  readonly recommendations: readonly Recommendation[];
  readonly silent: readonly SilentCache[];
}

/** Options of {@link getCachePerformanceReport}. */
export interface PerformanceReportOptions extends HitRateThresholds {
  /** A session that observes the caches, for how long their calls took. */
  readonly session?: SessionMetrics | undefined;
}

const NEARLY_FULL = 0.9;

/**
 * How the shared caches of this process do ({@link getSharedCacheInstances}). Hits, misses, evictions and faults are those
 * of this process's instance since it was opened, keys and sizes those of the tag, whoever filled it.
 *
 * It asks each for its `getStats`: quick, but for the first time, when an instance reads the whole index.
 * @throws a {@link CacheArgumentError} if an option is wrong.
 */
export async function getCachePerformanceReport(
  options: PerformanceReportOptions = {},
): Promise<CachePerformanceReport> {
  const thresholds = resolveThresholds(options);
  const { session } = options;
  if (session !== undefined && !(session instanceof SessionMetrics)) {
    throw new CacheArgumentError(`session must be a SessionMetrics, got ${inspect(session, { depth: 0 })}`);
  }
  const figures = (await session?.cacheFigures()) ?? {};
  const caches: CachePerformance[] = [];
  const silent: SilentCache[] = [];
  for (const shared of getSharedCacheInstances().sort(byRootAndTag)) {
    const { root, tag } = shared;
    try {
      caches.push(await performanceOf(shared, figures[tag]?.averageSeconds ?? {}));
    } catch (error) {
      // One may have been closed since, or its folder be gone: the others are of interest all the same.
      if (!(error instanceof CacheError)) throw error;
      silent.push({ root, tag, code: error.code, message: error.message });
    }
  }
  return {
    time: new Date().toISOString(),
    caches,
    total: addCacheStats(caches.map(({ stats }) => stats)),
    recommendations: caches.flatMap((cache) => recommendationsFor(cache, thresholds)),
    silent,
  };
}

async function performanceOf(
  { root, tag, instance }: SharedCacheInstance,
  averageSeconds: Readonly<Record<string, number>>,
): Promise<CachePerformance> {
  const limitBytes = optionsOfSharedInstance(instance)?.maxSizeBytes ?? Number.POSITIVE_INFINITY;
  const stats = await instance.getStats();
  return { root, tag, stats, limitBytes, usedOfLimit: stats.sizeBytes / limitBytes, averageSeconds };
}

function byRootAndTag(one: SharedCacheInstance, other: SharedCacheInstance): number {
  return one.root === other.root ? compare(one.tag, other.tag) : compare(one.root, other.root);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function recommendationsFor(cache: CachePerformance, thresholds: Required<HitRateThresholds>): Recommendation[] {
  const { root, tag, stats, usedOfLimit } = cache;
  const found: Recommendation[] = [];
  const recommend = (code: RecommendationCode, value: number, message: string) =>
    found.push({ code, root, tag, value, message: `cache '${tag}' ${message}` });
  if (hasPoorHitRate(stats, thresholds)) recommend('LOW_HIT_RATE', stats.hitRate, describePoorHitRate(stats));
  if (usedOfLimit >= NEARLY_FULL) {
    recommend('NEAR_LIMIT', usedOfLimit, `takes ${percent(usedOfLimit)} of its limit; raise maxSizeGb, or give a ttl`);
  }
  if (stats.evictions > 0) {
    recommend('EVICTIONS', stats.evictions, `removed ${stats.evictions} entries to make room; raise maxSizeGb`);
  }
  if (stats.errors > 0) {
    const advice = `see glovebox-cache check --tag ${tag}`;
    recommend('FAULTS', stats.errors, `met ${stats.errors} damaged entries or failed system calls; ${advice}`);
  }
  return found;
}

/** A poor hit rate in words, with the figures behind it; what it is about comes first. */
export function describePoorHitRate({ hitRate, hits, misses, totalKeys }: CacheStats): string {
  const figures = `${hits} of ${hits + misses} reads, ${totalKeys} keys`;
  return `has a hit rate of ${percent(hitRate)} (${figures}); see whether keys change too often, or times to live are short`;
}

/** `49.7 %`. */
export function percent(rate: number): string {
  return `${(rate * 100).toFixed(1)} %`;
}
