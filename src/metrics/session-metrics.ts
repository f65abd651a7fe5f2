/**
 * The metrics of one session: one run of a program, or whatever part of it is looked at by itself.
 */

import { inspect } from 'node:util';
import { builtin } from '../builtin.ts';
import { type CacheManager, isCacheManager, type SyncCacheManager } from '../cache-manager.ts';
import { CacheArgumentError, CacheTagError } from '../errors.ts';
import { CACHE_PREFIX, type CacheFigures, CacheMetrics } from './cache-metrics.ts';
import { MetricRegistry } from './metric-registry.ts';
import { isSync, observed } from './observed-cache.ts';
import type { MetricSnapshot } from './snapshot.ts';
import { OBSERVED_TAG, SESSION_VERSION, type SessionMetadata, type StoredSession } from './stored-session.ts';

/** Options of a session. */
export interface SessionOptions {
  /**
   * What is said about the session, such as `{ command: 'build', version: '1.2.0' }`.
   * @default nothing
   */
  readonly metadata?: SessionMetadata | undefined;
}

/** Options of {@link SessionMetrics.observeCache}. */
export interface ObserveOptions {
  /**
   * Under which tag the cache is counted.
   * @default the cache's own; one that doesn't tell its tag wants one here
   */
  readonly tag?: string | undefined;
}

/**
 * Counters, gauges, histograms and timers of one session, and what observed caches report into it. It is this process's
 * alone; sessions of several processes are stored side by side.
 *
 * ```ts
 * await using session = metricsService.startSession({ metadata: { command: 'build' } });
 * session.counter('layouts', { labelNames: ['keyboard'] }).labels({ keyboard: 'glove80' }).inc();
 * await session.timer('west_build_seconds').time(() => build());
 * ```
 */
export class SessionMetrics extends MetricRegistry implements AsyncDisposable {
  /** Names the session: its start, to the millisecond, and random digits; so ids sort by time. */
  readonly id: string;
  readonly started: Date;
  readonly metadata: SessionMetadata;
  readonly #store: (session: StoredSession) => Promise<void>;
  readonly #caches = new CacheMetrics();
  #ended: Date | undefined;
  #stored: Promise<StoredSession> | undefined;

  /**
   * Starts a session. {@link MetricsService.startSession} starts one that is stored at its end.
   * @param store what {@link SessionMetrics.end} does with the session; nothing, if not given.
   * @throws a {@link CacheArgumentError} if the metadata is not what can be stored.
   */
  constructor(options: SessionOptions = {}, store: (session: StoredSession) => Promise<void> = async () => {}) {
    super(CACHE_PREFIX);
    this.metadata = checkedMetadata(options?.metadata ?? {});
    this.started = new Date();
    const time = this.started.toISOString().replaceAll(/[-:.]/g, '');
    this.id = `${time}-${builtin('node:crypto').randomBytes(8).toString('hex')}`;
    this.#store = store;
  }

  /** When the session ended; `undefined` while it runs. */
  get ended(): Date | undefined {
    return this.#ended;
  }

  /**
   * A cache that does everything through `cache` and records it here, by tag: hits and misses, how long each operation
   * took (`withLock`: how long it waited), calls that threw, and of `getStats` what it told. One of the same kind, with
   * all that the protocol has; it costs about 1 µs a call. To close either closes both.
   * @throws a {@link CacheArgumentError} if it is no cache, or has no tag and was given none; a {@link CacheTagError} if the
   * one given is not a plain name.
   */
  observeCache(cache: SyncCacheManager, options?: ObserveOptions): SyncCacheManager;
  observeCache(cache: CacheManager, options?: ObserveOptions): CacheManager;
  observeCache(cache: CacheManager, options: ObserveOptions = {}): CacheManager {
    if (!isCacheManager(cache)) {
      throw new CacheArgumentError(`cache must be a cache manager, got ${inspect(cache, { depth: 0 })}`);
    }
    const tag = options.tag ?? (isSync(cache) ? cache.tag : undefined);
    if (tag === undefined) {
      throw new CacheArgumentError(
        "tag must be given for a cache that doesn't tell its own, such as { tag: 'layout' }",
      );
    }
    if (typeof tag !== 'string' || !OBSERVED_TAG.test(tag)) {
      throw new CacheTagError(
        `tag must be 1 to 64 letters, digits, '.', '_' or '-', and not begin with '.' or '-'; got ${inspect(tag)}`,
      );
    }
    return observed(cache, this.#caches.recorderOf(tag));
  }

  /** What the observed caches did so far, by tag. */
  async cacheFigures(): Promise<Record<string, CacheFigures>> {
    return this.#caches.figures(await this.#caches.snapshot());
  }

  /** All metrics as they stand: the session's own in the order in which they were first asked for, then the caches'. */
  override async snapshot(): Promise<MetricSnapshot[]> {
    return [...(await super.snapshot()), ...(await this.#caches.snapshot())];
  }

  /** The session as it stands, in the shape in which it is stored. */
  async toStored(): Promise<StoredSession> {
    const { id, started, metadata } = this;
    const ended = this.#ended ?? new Date();
    const metrics = await this.snapshot();
    const caches = this.#caches.figures(metrics);
    return {
      version: SESSION_VERSION,
      id,
      started: started.toISOString(),
      ended: ended.toISOString(),
      metadata,
      caches,
      metrics,
    };
  }

  /**
   * Ends the session and stores it, if a service started it; once, however often it is called. What is recorded later is
   * not stored any more.
   * @returns the session as it was stored.
   * @throws what the `set` of the cache throws; the next call tries again.
   */
  async end(): Promise<StoredSession> {
    this.#ended ??= new Date();
    this.#stored ??= this.#storeNow();
    try {
      return await this.#stored;
    } catch (error) {
      this.#stored = undefined;
      throw error;
    }
  }

  /** As {@link SessionMetrics.end}; but where the session can't be stored, a process warning must do: the work was done. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.end();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      process.emitWarning(`glovebox-cache: the metrics of session ${this.id} could not be stored: ${reason}`, {
        type: 'CacheWarning',
        code: 'WARN_METRICS_NOT_STORED',
      });
    }
  }

  async #storeNow(): Promise<StoredSession> {
    const stored = await this.toStored();
    await this.#store(stored);
    return stored;
  }
}

function checkedMetadata(metadata: unknown): SessionMetadata {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
    throw new CacheArgumentError(`metadata must be an object such as { command: 'build' }, got ${inspect(metadata)}`);
  }
  const checked: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(metadata)) {
    if (name === '__proto__' || !isPlain(value)) {
      throw new CacheArgumentError(
        `metadata.${name} must be a string, a finite number or a boolean, got ${inspect(value, { depth: 0 })}`,
      );
    }
    checked[name] = value;
  }
  return checked;
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
