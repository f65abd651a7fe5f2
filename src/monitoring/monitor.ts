/**
 * A look at the shared caches now and then, and a word to the log when one does badly.
 */

import { inspect } from 'node:util';
import { CacheArgumentError } from '../errors.ts';
import { positive } from '../guards.ts';
import { LONGEST_TIMER_MS } from '../timers.ts';
import {
  type CachePerformance,
  type CachePerformanceReport,
  describePoorHitRate,
  getCachePerformanceReport,
  percent,
} from './performance-report.ts';
import { type HitRateThresholds, hasPoorHitRate, MONITORING_DEFAULTS, resolveThresholds } from './thresholds.ts';

/**
 * Where the monitor writes: `console`, or a logger of pino, winston, bunyan and their like. Each message is one text, which all
 * of them take.
 */
export interface MonitorLogger {
  /** A cache does badly. */
  warn(message: string): unknown;
  /** It does well again. */
  info?(message: string): unknown;
  /** What each look found. */
  debug?(message: string): unknown;
}

/** Options of {@link monitorCachePerformance}. */
export interface MonitorOptions extends HitRateThresholds {
  /** Where to write. What it throws is ignored. */
  readonly logger: MonitorLogger;
  /**
   * Seconds from the end of one look to the next; the first look comes after as many.
   * @default 60
   */
  readonly interval?: number | undefined;
  /** Stops the monitor when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** A running monitor. */
export interface CacheMonitor extends Disposable {
  /** Looks now, as the timer does; also where the monitor was stopped. */
  check(): Promise<CachePerformanceReport>;
  /** Ends the looks of the timer. Idempotent. */
  stop(): void;
}

/**
 * Watches the shared caches of this process: warns when one has a poor hit rate, below `minHitRate` with more than
 * `minKeys` keys; once for each, until it has recovered (which is told as `info`). Exactly `minHitRate` is not poor, exactly
 * `minKeys` keys are not enough to judge, and a cache that was never read has no hit rate. The rate is that of this process's
 * instance since it was opened.
 *
 * Its timer doesn't keep the process alive.
 *
 * ```ts
 * using monitor = monitorCachePerformance({ logger: console, interval: 300 });
 * ```
 * @throws a {@link CacheArgumentError} if an option is wrong.
 */
export function monitorCachePerformance(options: MonitorOptions): CacheMonitor {
  return new Monitor(options);
}

class Monitor implements CacheMonitor {
  readonly #logger: MonitorLogger;
  readonly #thresholds: HitRateThresholds;
  readonly #intervalMs: number;
  readonly #signal: AbortSignal | undefined;
  /** Caches that were warned of and have not recovered. */
  #poor: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: MonitorOptions) {
    const { logger, interval = MONITORING_DEFAULTS.interval, signal } = options ?? {};
    if (typeof logger?.warn !== 'function') {
      throw new CacheArgumentError(
        `logger must have a method warn, such as console; got ${inspect(logger, { depth: 0 })}`,
      );
    }
    positive('interval', interval, 'seconds');
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new CacheArgumentError(`signal must be an AbortSignal, got ${inspect(signal, { depth: 0 })}`);
    }
    this.#logger = logger;
    this.#thresholds = resolveThresholds(options);
    this.#intervalMs = Math.min(interval * 1000, LONGEST_TIMER_MS);
    this.#signal = signal;
    if (signal?.aborted) this.#stopped = true;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#waitForNext();
  }

  async check(): Promise<CachePerformanceReport> {
    const report = await getCachePerformanceReport(this.#thresholds);
    const poor = new Set<string>();
    for (const cache of report.caches) {
      const name = JSON.stringify([cache.root, cache.tag]);
      if (hasPoorHitRate(cache.stats, this.#thresholds)) poor.add(name);
      this.#tell(cache, poor.has(name), this.#poor.has(name));
    }
    this.#poor = poor;
    return report;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  readonly #onAbort = (): void => this.stop();

  #waitForNext(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(async () => {
      try {
        await this.check();
      } catch (error) {
        this.#log('warn', `the shared caches could not be looked at: ${String(error)}`);
      }
      this.#waitForNext();
    }, this.#intervalMs).unref();
  }

  #tell({ root, tag, stats }: CachePerformance, isPoor: boolean, wasPoor: boolean): void {
    const cache = `cache '${tag}' in ${root}`;
    const rate = `hit rate of ${percent(stats.hitRate)}`;
    this.#log('debug', `${cache} has a ${rate}, ${stats.totalKeys} keys, ${stats.sizeBytes} bytes`);
    if (isPoor && !wasPoor) this.#log('warn', `${cache} ${describePoorHitRate(stats)}`);
    if (!isPoor && wasPoor) this.#log('info', `${cache} has recovered, with a ${rate}`);
  }

  /** Whoever writes the log must not be able to harm what is logged about. */
  #log(level: 'warn' | 'info' | 'debug', message: string): void {
    try {
      const written = this.#logger[level]?.(`glovebox-cache: ${message}`);
      if (written instanceof Promise) written.catch(() => {});
    } catch {}
  }
}
