/**
 * Metrics by their names.
 */

import { inspect } from 'node:util';
import { CacheArgumentError } from '../errors.ts';
import {
  type Counter,
  counterFamily,
  type Definition,
  type Family,
  type Gauge,
  gaugeFamily,
  type Histogram,
  histogramFamily,
  type Labelled,
  type Timer,
  timerFamily,
} from './instruments.ts';
import { assertLabelNames, assertMetricName, counterName } from './metric-names.ts';
import { formatOpenMetrics } from './open-metrics.ts';
import type { MetricSnapshot } from './snapshot.ts';

/** Options of every metric. */
export interface MetricOptions<Name extends string = never> {
  /** What it counts or measures, in words; goes into the text for Prometheus. */
  readonly help?: string | undefined;
  /**
   * Names of its labels. Each combination of their values is a series of its own. A metric has at most 1,000; further
   * combinations are counted together, each label saying `overflow`, with one process warning (`WARN_METRIC_SERIES`).
   * @default none
   */
  readonly labelNames?: readonly Name[] | undefined;
}

/** Options of a histogram or timer. */
export interface HistogramOptions<Name extends string = never> extends MetricOptions<Name> {
  /**
   * Upper bounds of the buckets: positive finite numbers, ascending, at most 100. A timer's are seconds.
   * @default 1, 2.5, 5, 10 and so on to 10,000; for a timer 0.001, 0.0025, 0.005, 0.01 and so on to 1,000
   */
  readonly buckets?: readonly number[] | undefined;
}

type Kind = 'counter' | 'gauge' | 'histogram' | 'timer';

interface Registration<Instrument> {
  /** All that must be the same when the metric is asked for again. */
  readonly signature: string;
  readonly family: Family<Instrument>;
  /** What callers get: the instrument or, with labels, what has one for each combination of their values. */
  readonly handle: Instrument | Labelled<Instrument, string>;
}

const MAX_METRICS = 1000;
const MAX_BUCKETS = 100;
const BOUNDS = boundsBetween(0, 4);
const SECONDS = boundsBetween(-3, 3);

/**
 * Counters, gauges, histograms and timers. Asking for one that exists gives the same one; asking for it as another kind,
 * or with other labels or buckets, is an error.
 */
export class MetricRegistry {
  readonly #reserved: string | undefined;
  /** Every metric's kind and figures, in the order in which they were first asked for. */
  readonly #metrics = new Map<string, { readonly kind: Kind; readonly snapshot: () => Promise<MetricSnapshot> }>();
  readonly #counters = new Map<string, Registration<Counter>>();
  readonly #gauges = new Map<string, Registration<Gauge>>();
  readonly #histograms = new Map<string, Registration<Histogram>>();
  readonly #timers = new Map<string, Registration<Timer>>();

  /** @param reserved what no name may begin with. */
  constructor(reserved?: string) {
    this.#reserved = reserved;
  }

  /**
   * A counter; its name may end in `_total` or not.
   * @throws a {@link CacheArgumentError} if an argument is wrong, or the name is another metric's.
   */
  counter(name: string, options?: MetricOptions): Counter;
  counter<Name extends string>(name: string, options: MetricOptions<Name>): Labelled<Counter, Name>;
  counter(name: string, options: MetricOptions<string> = {}): Counter | Labelled<Counter, string> {
    return this.#define('counter', this.#counters, counterName(name), options, [], counterFamily);
  }

  /**
   * A gauge.
   * @throws a {@link CacheArgumentError} if an argument is wrong, or the name is another metric's.
   */
  gauge(name: string, options?: MetricOptions): Gauge;
  gauge<Name extends string>(name: string, options: MetricOptions<Name>): Labelled<Gauge, Name>;
  gauge(name: string, options: MetricOptions<string> = {}): Gauge | Labelled<Gauge, string> {
    return this.#define('gauge', this.#gauges, name, options, [], gaugeFamily);
  }

  /**
   * A histogram of values that are not negative.
   * @throws a {@link CacheArgumentError} if an argument is wrong, or the name is another metric's.
   */
  histogram(name: string, options?: HistogramOptions): Histogram;
  histogram<Name extends string>(name: string, options: HistogramOptions<Name>): Labelled<Histogram, Name>;
  histogram(name: string, options: HistogramOptions<string> = {}): Histogram | Labelled<Histogram, string> {
    const bounds = checkedBounds(options.buckets ?? BOUNDS);
    return this.#define('histogram', this.#histograms, name, options, bounds, histogramFamily);
  }

  /**
   * A timer: a histogram of durations. Its name ends in `_seconds`, the unit of what it holds.
   * @throws a {@link CacheArgumentError} if an argument is wrong, or the name is another metric's.
   */
  timer(name: string, options?: HistogramOptions): Timer;
  timer<Name extends string>(name: string, options: HistogramOptions<Name>): Labelled<Timer, Name>;
  timer(name: string, options: HistogramOptions<string> = {}): Timer | Labelled<Timer, string> {
    if (typeof name === 'string' && !name.endsWith('_seconds')) {
      throw new CacheArgumentError(`name of a timer must end in _seconds, its unit; got '${name}'`);
    }
    const bounds = checkedBounds(options.buckets ?? SECONDS);
    return this.#define('timer', this.#timers, name, options, bounds, timerFamily, 'seconds');
  }

  /** All metrics as they stand, in the order in which they were first asked for. */
  async snapshot(): Promise<MetricSnapshot[]> {
    return await Promise.all([...this.#metrics.values()].map((metric) => metric.snapshot()));
  }

  /** All metrics in the OpenMetrics text format; send it as {@link OPENMETRICS_CONTENT_TYPE}. */
  async toOpenMetrics(): Promise<string> {
    return formatOpenMetrics(await this.snapshot());
  }

  #define<Instrument>(
    kind: Kind,
    shelf: Map<string, Registration<Instrument>>,
    name: string,
    { help, labelNames = [] }: MetricOptions<string>,
    bounds: readonly number[],
    make: (definition: Definition, bounds: readonly number[]) => Family<Instrument>,
    unit?: string,
  ): Instrument | Labelled<Instrument, string> {
    assertMetricName(name);
    assertLabelNames(labelNames);
    if (this.#reserved !== undefined && name.startsWith(this.#reserved)) {
      throw new CacheArgumentError(
        `name must not begin with ${this.#reserved}, as those of the caches do; got '${name}'`,
      );
    }
    if (help !== undefined && typeof help !== 'string') {
      throw new CacheArgumentError(`help must be a text, got ${inspect(help, { depth: 0 })}`);
    }
    const signature = JSON.stringify([labelNames, bounds]);
    const known = this.#known(name, kind, shelf, signature);
    if (known !== undefined) return known.handle;
    if (this.#metrics.size >= MAX_METRICS) {
      throw new CacheArgumentError(
        `'${name}' would be one metric more than the ${MAX_METRICS} there may be; use labels for what varies`,
      );
    }
    const family = make({ name, help: help?.toWellFormed(), unit, labelNames: [...labelNames] }, bounds);
    const handle = labelNames.length === 0 ? family.at({}) : { labels: family.at };
    shelf.set(name, { signature, family, handle });
    this.#metrics.set(name, { kind, snapshot: family.snapshot });
    return handle;
  }

  #known<Instrument>(
    name: string,
    kind: Kind,
    shelf: ReadonlyMap<string, Registration<Instrument>>,
    signature: string,
  ): Registration<Instrument> | undefined {
    const known = this.#metrics.get(name);
    if (known === undefined) return undefined;
    if (known.kind !== kind) {
      throw new CacheArgumentError(`'${name}' is a ${known.kind} already, and can't be a ${kind}; choose another name`);
    }
    const registration = shelf.get(name);
    if (registration !== undefined && registration.signature !== signature) {
      throw new CacheArgumentError(`${kind} '${name}' exists with other labelNames or buckets; give the same ones`);
    }
    return registration;
  }
}

/** 1, 2.5 and 5 of each power of ten from `first` on, and the last power itself. */
function boundsBetween(first: number, last: number): number[] {
  const powers = Array.from({ length: last - first }, (_, place) => first + place);
  return [...powers.flatMap((power) => ['1', '2.5', '5'].map((step) => Number(`${step}e${power}`))), 10 ** last];
}

function checkedBounds(buckets: unknown): readonly number[] {
  const rule = `buckets must be 1 to ${MAX_BUCKETS} positive finite numbers, ascending`;
  if (!Array.isArray(buckets) || buckets.length === 0 || buckets.length > MAX_BUCKETS) {
    throw new CacheArgumentError(`${rule}; got ${inspect(buckets, { depth: 0, maxArrayLength: 3 })}`);
  }
  for (const [place, bound] of buckets.entries()) {
    const before = place === 0 ? 0 : buckets[place - 1];
    if (typeof bound !== 'number' || !Number.isFinite(bound) || bound <= before) {
      throw new CacheArgumentError(`${rule}; buckets[${place}] is ${inspect(bound, { depth: 0 })} after ${before}`);
    }
  }
  return [...buckets];
}
