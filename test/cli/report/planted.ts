/**
 * Roots for reports: entries of known ages and sizes, and sessions as programs store them.
 */

import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';

/** One entry to be set. Durations are seconds. */
export interface Planted {
  readonly tag: string;
  readonly key: string;
  readonly size?: number;
  /** How long ago it was set. */
  readonly age?: number;
  readonly ttl?: number;
}

/** Sets entries, each at its own time. */
export function plant(root: string, entries: readonly Planted[]): void {
  const now = Date.now();
  for (const { tag, key, size = 10, age = 0, ttl } of entries) {
    using cache = new DiskCacheManager({ cacheRoot: root, tag, clock: () => now - age * 1000 });
    cache.setSync(key, 'x'.repeat(size), ttl === undefined ? {} : { ttl });
  }
}

/** What a session says about one cache. */
export interface Counted {
  readonly hits: number;
  readonly misses: number;
  readonly operations: number;
  readonly errors: number;
  readonly averageSeconds: Readonly<Record<string, number>>;
}

/** A session as programs store it. */
export function session(id: string, started: string, caches: Readonly<Record<string, Counted>>): object {
  return { version: 1, id, started, ended: started, metadata: {}, caches, metrics: [] };
}

/** Stores values under the keys of sessions, `age` seconds ago. */
export function storeSessions(root: string, sessions: Readonly<Record<string, unknown>>, age = 0): void {
  const time = Date.now() - age * 1000;
  using cache = new DiskCacheManager({ cacheRoot: root, tag: 'metrics', clock: () => time });
  for (const [id, value] of Object.entries(sessions)) cache.setSync(`metrics:session:${id}`, value);
}

/** Figures of one cache, of which only reads matter. */
export function reads(hits: number, misses: number): Counted {
  return { hits, misses, operations: hits + misses, errors: 0, averageSeconds: {} };
}
