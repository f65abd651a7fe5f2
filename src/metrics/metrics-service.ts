/**
 * Sessions in a cache.
 */

import { inspect } from 'node:util';
import { type CacheManager, isCacheManager } from '../cache-manager.ts';
import { CacheArgumentError } from '../errors.ts';
import { TTL_DEFAULTS } from '../ttls.ts';
import { SessionMetrics, type SessionOptions } from './session-metrics.ts';
import { isStoredSession, SESSION_KEY_PREFIX, type StoredSession } from './stored-session.ts';

/** Options of a {@link MetricsService}. */
export interface MetricsServiceOptions {
  /**
   * How long sessions are kept, in seconds; a positive finite number.
   * @default TTL_DEFAULTS.session (7 days)
   */
  readonly ttl?: number | undefined;
}

/** Options of {@link MetricsService.listSessions}. */
export interface ListSessionsOptions {
  /**
   * Only sessions that started then or later.
   * @default all that are kept
   */
  readonly since?: Date | undefined;
  /**
   * The most sessions to give, a whole number of at least 1; the latest are given.
   * @default all
   */
  readonly limit?: number | undefined;
}

/** Starts, stores and finds sessions. Any number of processes may do so in one cache. */
export class MetricsService {
  readonly #cache: CacheManager;
  readonly #ttl: number;

  /**
   * @param cache where sessions are stored, each under `metrics:session:<id>`.
   * @throws a {@link CacheArgumentError} if an argument is wrong.
   */
  constructor(cache: CacheManager, { ttl = TTL_DEFAULTS.session }: MetricsServiceOptions = {}) {
    if (!isCacheManager(cache)) {
      throw new CacheArgumentError(`cache must be a cache manager, got ${inspect(cache, { depth: 0 })}`);
    }
    if (typeof ttl !== 'number' || !Number.isFinite(ttl) || ttl <= 0) {
      throw new CacheArgumentError(
        `ttl must be a positive finite number of seconds, got ${inspect(ttl, { depth: 0 })}`,
      );
    }
    this.#cache = cache;
    this.#ttl = ttl;
  }

  /**
   * Starts a session that is stored when it ends: by `await using`, or by its `end()`.
   * @throws a {@link CacheArgumentError} if the metadata is not what can be stored.
   */
  startSession(options: SessionOptions = {}): SessionMetrics {
    return new SessionMetrics(options, (session) => this.#set(session));
  }

  /**
   * Stores a session as it stands, also one that goes on: then what is stored later replaces it. For a program that may
   * be killed.
   * @returns what was stored.
   * @throws what the `set` of the cache throws.
   */
  async storeSession(session: SessionMetrics): Promise<StoredSession> {
    if (!(session instanceof SessionMetrics)) {
      throw new CacheArgumentError(`session must be a SessionMetrics, got ${inspect(session, { depth: 0 })}`);
    }
    const stored = await session.toStored();
    await this.#set(stored);
    return stored;
  }

  /** The session with this id; `undefined` if there is none (any more), or none that this version understands. */
  async getSession(id: string): Promise<StoredSession | undefined> {
    const stored = await this.#cache.get(keyOf(id));
    return isStoredSession(stored) && stored.id === id ? stored : undefined;
  }

  /**
   * The stored sessions, the latest first. Reads each one it gives, after a list of all keys.
   * @throws a {@link CacheArgumentError} if an option is wrong.
   */
  async listSessions({ since, limit = Number.POSITIVE_INFINITY }: ListSessionsOptions = {}): Promise<StoredSession[]> {
    if (since !== undefined && !(since instanceof Date && !Number.isNaN(since.getTime()))) {
      throw new CacheArgumentError(`since must be a valid Date, got ${inspect(since, { depth: 0 })}`);
    }
    if (limit !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(limit) && limit >= 1)) {
      throw new CacheArgumentError(`limit must be a whole number of at least 1, got ${inspect(limit, { depth: 0 })}`);
    }
    const ids = (await this.#cache.keys())
      .flatMap((key) => (key.startsWith(SESSION_KEY_PREFIX) ? key.slice(SESSION_KEY_PREFIX.length) : []))
      .sort();
    const sessions: StoredSession[] = [];
    for (const id of ids.reverse()) {
      if (sessions.length >= limit) break;
      const session = await this.getSession(id);
      if (session === undefined) continue;
      if (since !== undefined && Date.parse(session.started) < since.getTime()) break;
      sessions.push(session);
    }
    return sessions;
  }

  /** Removes a session; `true` if there was one. */
  async deleteSession(id: string): Promise<boolean> {
    return await this.#cache.delete(keyOf(id));
  }

  #set(session: StoredSession): Promise<void> {
    return this.#cache.set(keyOf(session.id), session, { ttl: this.#ttl });
  }
}

function keyOf(id: string): string {
  if (typeof id === 'string' && id !== '') return `${SESSION_KEY_PREFIX}${id}`;
  throw new CacheArgumentError(`id must be that of a session, got ${inspect(id, { depth: 0 })}`);
}
