/**
 * The figures a cache reports about itself and its entries.
 */

/** A cache's counters (since the instance was created) and totals (of the tag, as all processes see it). */
export interface CacheStats {
  /** Reads that found a live entry. */
  readonly hits: number;
  /** Reads that found none. */
  readonly misses: number;
  /** Live entries of the tag. */
  readonly totalKeys: number;
  /** Disk space that the tag's entries take (allocated blocks of entry files and sidecars), in bytes. */
  readonly sizeBytes: number;
  /** `sizeBytes` in MiB. */
  readonly sizeMb: number;
  /** `hits / (hits + misses)`, 0 to 1; 0 before the first read. */
  readonly hitRate: number;
  /** `misses / (hits + misses)`, 0 to 1; 0 before the first read. */
  readonly missRate: number;
  /** Entries this instance removed to make room. */
  readonly evictions: number;
  /** Expired entries this instance removed. */
  readonly expirations: number;
  /** Faults of the store that this instance met and survived: damaged entries, failed system calls. */
  readonly errors: number;
}

/** The counters behind {@link CacheStats}; the rest of it follows from them. */
export type CacheCounts = Omit<CacheStats, 'sizeMb' | 'hitRate' | 'missRate'>;

/** Completes counted figures with the derived ones. */
export function createCacheStats(counts: CacheCounts): CacheStats {
  const reads = counts.hits + counts.misses;
  return {
    ...counts,
    sizeMb: counts.sizeBytes / 2 ** 20,
    hitRate: reads === 0 ? 0 : counts.hits / reads,
    missRate: reads === 0 ? 0 : counts.misses / reads,
  };
}

/** The figures of several caches, added up. */
export function addCacheStats(all: readonly CacheStats[]): CacheStats {
  const sum = (name: keyof CacheCounts) => all.reduce((total, stats) => total + stats[name], 0);
  return createCacheStats({
    hits: sum('hits'),
    misses: sum('misses'),
    totalKeys: sum('totalKeys'),
    sizeBytes: sum('sizeBytes'),
    evictions: sum('evictions'),
    expirations: sum('expirations'),
    errors: sum('errors'),
  });
}

/** What is known about one entry. */
export interface CacheMetadata {
  /** The key in canonical form. */
  readonly key: string;
  /** Length of the stored value, in bytes. */
  readonly size: number;
  /** When the entry was set. */
  readonly created: Date;
  /** When the entry was last read, exact to the instance's `atimeResolution`. */
  readonly accessed: Date;
  /** Time to live in seconds, if the entry has one. */
  readonly ttl?: number;
  /** The tag the entry belongs to. */
  readonly tag?: string;
  /** Whether the time to live had run out when this was read. */
  readonly isExpired: boolean;
  /** Seconds since the entry was set. */
  readonly ageSeconds: number;
}
