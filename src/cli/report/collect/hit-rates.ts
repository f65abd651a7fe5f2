/**
 * Hit rates, from the sessions that programs stored: a process that only looks has none of its own.
 */

import type { DiskCacheManager } from '../../../disk/disk-cache-manager.ts';
import { SESSION_KEY_PREFIX } from '../../../metrics/stored-session.ts';
import type { HitRates, PeriodReads, Reads, TagReads } from '../report.ts';
import { LONGEST_SESSION, readSession, type StoredSession } from './stored-session.ts';

/** As many sessions are told apart over time; more are put together. */
const MOST_SESSIONS = 24;
const MOST_PERIODS = 60;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** More time than that is told by days. */
const MOST_HOURS_MS = 48 * HOUR_MS;

/** What is kept of a session. */
interface SessionReads {
  readonly started: number;
  readonly hits: number;
  readonly misses: number;
}

/** Adds sessions up. */
export class HitRateCounter {
  readonly #only: string | undefined;
  readonly #sessions: SessionReads[] = [];
  readonly #byTag = new Map<string, Omit<TagReads, 'hitRate'>>();
  #skipped = 0;

  /** @param only the one tag whose reads count. */
  constructor(only: string | undefined) {
    this.#only = only;
  }

  /** Adds all sessions that a cache holds. */
  async addAll(cache: DiskCacheManager, keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      if (!key.startsWith(SESSION_KEY_PREFIX)) continue;
      const metadata = await cache.getMetadata(key);
      if (metadata === undefined) continue;
      const session = metadata.size > LONGEST_SESSION ? undefined : readSession(await cache.get(key));
      if (session === undefined) this.#skipped++;
      else this.add(session);
    }
  }

  add({ started, caches }: StoredSession): void {
    const counted = caches.filter(({ tag }) => this.#only === undefined || tag === this.#only);
    for (const { tag, hits, misses, operations, errors } of counted) {
      const sum = this.#byTag.get(tag);
      this.#byTag.set(tag, {
        tag,
        sessions: (sum?.sessions ?? 0) + 1,
        hits: (sum?.hits ?? 0) + hits,
        misses: (sum?.misses ?? 0) + misses,
        operations: (sum?.operations ?? 0) + operations,
        errors: (sum?.errors ?? 0) + errors,
      });
    }
    if (counted.length > 0) this.#sessions.push({ started, ...sumOf(counted) });
  }

  get hitRates(): HitRates {
    const { hits, misses } = sumOf(this.#sessions);
    const byTag = [...this.#byTag.values()].sort((one, other) => (one.tag < other.tag ? -1 : 1));
    return {
      sessions: this.#sessions.length,
      skipped: this.#skipped,
      ...withRate({ hits, misses }),
      byTag: byTag.map(withRate),
      ...this.#overTime(),
    };
  }

  #overTime(): Pick<HitRates, 'periodsAre' | 'periods'> {
    const sessions = this.#sessions.sort((one, other) => one.started - other.started);
    if (sessions.length <= MOST_SESSIONS) {
      const periods = sessions.map(({ started, hits, misses }) => periodOf(started, 1, { hits, misses }));
      return { periodsAre: 'sessions', periods };
    }
    const span = (sessions.at(-1)?.started ?? 0) - (sessions[0]?.started ?? 0);
    const [periodsAre, length] = span > MOST_HOURS_MS ? (['days', DAY_MS] as const) : (['hours', HOUR_MS] as const);
    const groups = new Map<number, SessionReads[]>();
    for (const session of sessions) {
      const from = Math.floor(session.started / length) * length;
      const group = groups.get(from);
      if (group === undefined) groups.set(from, [session]);
      else group.push(session);
    }
    const latest = [...groups].slice(-MOST_PERIODS);
    return { periodsAre, periods: latest.map(([from, group]) => periodOf(from, group.length, sumOf(group))) };
  }
}

function periodOf(from: number, sessions: number, reads: Omit<Reads, 'hitRate'>): PeriodReads {
  return { from: new Date(from).toISOString(), sessions, ...withRate(reads) };
}

function sumOf(all: readonly Omit<Reads, 'hitRate'>[]): Omit<Reads, 'hitRate'> {
  let hits = 0;
  let misses = 0;
  for (const one of all) {
    hits += one.hits;
    misses += one.misses;
  }
  return { hits, misses };
}

function withRate<T extends Omit<Reads, 'hitRate'>>(reads: T): T & Reads {
  const { hits, misses } = reads;
  return { ...reads, hitRate: hits + misses === 0 ? null : hits / (hits + misses) };
}
