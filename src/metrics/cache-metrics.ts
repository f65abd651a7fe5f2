/**
 * What observed caches report: which metrics, and what they add up to.
 */

import type { CacheManager } from '../cache-manager.ts';
import type { CacheStats } from '../models.ts';
import type { Counter, Timer } from './instruments.ts';
import { MetricRegistry } from './metric-registry.ts';
import type { MetricSnapshot, SeriesLabels } from './snapshot.ts';

/** What the names of the caches' metrics begin with. */
export const CACHE_PREFIX = 'glovebox_cache_';

const HITS = `${CACHE_PREFIX}hits`;
const MISSES = `${CACHE_PREFIX}misses`;
const ERRORS = `${CACHE_PREFIX}errors`;
const DURATIONS = `${CACHE_PREFIX}operation_duration_seconds`;

/** From a read out of memory to a copy of gigabytes: a microsecond, ten seconds. */
const OPERATION_SECONDS = [
  1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 5e-3, 0.025, 0.1, 0.5, 2.5, 10,
];

/** The calls that are observed; the synchronous ones go by the names of their twins. */
export type CacheOperation = Exclude<keyof CacheManager, 'close' | typeof Symbol.asyncDispose>;

/** What the observed caches of one tag did in a session. */
export interface CacheFigures {
  /** Reads (`get`, `copyToFile`) that found an entry. */
  readonly hits: number;
  /** Reads that found none. */
  readonly misses: number;
  /** Calls of any kind, but `close`. */
  readonly operations: number;
  /** Calls that threw; what an action threw under `withLock` is not the cache's. */
  readonly errors: number;
  /** The seconds that one call took on average, by the name of the operation; of `withLock`, how long it waited. */
  readonly averageSeconds: Readonly<Record<string, number>>;
}

/** The metrics of all caches that a session observes. */
export class CacheMetrics {
  readonly #registry = new MetricRegistry();
  readonly #recorders = new Map<string, CacheRecorder>();

  /** What the calls of caches with this tag are recorded by. */
  recorderOf(tag: string): CacheRecorder {
    const known = this.#recorders.get(tag);
    if (known !== undefined) return known;
    const recorder = new CacheRecorder(this.#registry, tag);
    this.#recorders.set(tag, recorder);
    return recorder;
  }

  snapshot(): Promise<MetricSnapshot[]> {
    return this.#registry.snapshot();
  }

  /** What the caches did, by tag, as a snapshot says. */
  figures(metrics: readonly MetricSnapshot[]): Record<string, CacheFigures> {
    return Object.fromEntries([...this.#recorders.keys()].map((tag) => [tag, figuresOf(tag, metrics)]));
  }
}

function figuresOf(tag: string, metrics: readonly MetricSnapshot[]): CacheFigures {
  const isOfTag = ({ labels }: { readonly labels: SeriesLabels }) => labels['tag'] === tag;
  const total = (name: string) =>
    metrics.reduce((sum, metric) => {
      if (metric.name !== name || metric.type === 'histogram') return sum;
      return metric.series.filter(isOfTag).reduce((of, { value }) => of + value, sum);
    }, 0);
  const calls = metrics.flatMap((metric) =>
    metric.name === DURATIONS && metric.type === 'histogram' ? metric.series.filter(isOfTag) : [],
  );
  return {
    hits: total(HITS),
    misses: total(MISSES),
    operations: calls.reduce((sum, { count }) => sum + count, 0),
    errors: total(ERRORS),
    averageSeconds: Object.fromEntries(calls.map(({ labels, sum, count }) => [labels['operation'] ?? '', sum / count])),
  };
}

/** Records the calls of caches with one tag. */
export class CacheRecorder {
  readonly #registry: MetricRegistry;
  readonly #tag: string;
  readonly #hits: Counter;
  readonly #misses: Counter;
  readonly #timers = new Map<CacheOperation, Timer>();

  constructor(registry: MetricRegistry, tag: string) {
    this.#registry = registry;
    this.#tag = tag;
    const of = { labelNames: ['tag'] } as const;
    this.#hits = registry.counter(HITS, { ...of, help: 'Reads that found an entry.' }).labels({ tag });
    this.#misses = registry.counter(MISSES, { ...of, help: 'Reads that found none.' }).labels({ tag });
    this.#hits.inc(0);
    this.#misses.inc(0);
  }

  /** A read is over. */
  read(found: boolean): void {
    (found ? this.#hits : this.#misses).inc();
  }

  /** A call is over. @param started when it began, as `performance.now()` says. */
  took(operation: CacheOperation, started: number): void {
    this.#timerOf(operation).observe(Math.max(0, performance.now() - started) / 1000);
  }

  /** A call threw. */
  failed(operation: CacheOperation): void {
    this.#registry
      .counter(ERRORS, { labelNames: ['tag', 'operation'], help: 'Calls that threw.' })
      .labels({ tag: this.#tag, operation })
      .inc();
  }

  /** The cache told its figures. */
  told(stats: CacheStats): void {
    const tag = this.#tag;
    const set = (name: string, help: string, value: number) =>
      this.#registry
        .gauge(`${CACHE_PREFIX}${name}`, { labelNames: ['tag'], help })
        .labels({ tag })
        .set(value);
    set('entries', 'Live entries of the tag.', stats.totalKeys);
    set('size_bytes', 'Disk space that the entries of the tag take.', stats.sizeBytes);
    set('evictions', 'Entries that the instance removed to make room.', stats.evictions);
    set('expirations', 'Expired entries that the instance removed.', stats.expirations);
    set('faults', 'Faults of the store that the instance survived.', stats.errors);
  }

  #timerOf(operation: CacheOperation): Timer {
    const known = this.#timers.get(operation);
    if (known !== undefined) return known;
    const timer = this.#registry
      .timer(DURATIONS, {
        labelNames: ['tag', 'operation'],
        buckets: OPERATION_SECONDS,
        help: 'How long calls took; of withLock, how long they waited.',
      })
      .labels({ tag: this.#tag, operation });
    this.#timers.set(operation, timer);
    return timer;
  }
}
