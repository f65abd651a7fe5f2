/**
 * What code records with. prom-client keeps the figures; what it would let pass, or mix up, is kept from it here.
 */

import { inspect } from 'node:util';
import PromCounter from 'prom-client/lib/counter.js';
import PromGauge from 'prom-client/lib/gauge.js';
import PromHistogram from 'prom-client/lib/histogram.js';
import { CacheArgumentError } from '../errors.ts';
import { type LabelValue, SeriesTable } from './series.ts';
import type { HistogramSeries, HistogramSnapshot, MetricSnapshot, ValueSnapshot } from './snapshot.ts';

/** Counts what happens. */
export interface Counter {
  /**
   * Adds to it.
   * @param amount a finite number, not negative; 1 if not given.
   */
  inc(amount?: number): void;
}

/** Something that goes up and down. */
export interface Gauge {
  /** Sets it to a finite number. */
  set(value: number): void;
  /** Adds a finite number, or 1. */
  inc(amount?: number): void;
  /** Takes away a finite number, or 1. */
  dec(amount?: number): void;
}

/** How values are distributed. */
export interface Histogram {
  /** Counts a value, a finite number that is not negative, in its bucket. */
  observe(value: number): void;
}

/** A histogram of durations, in seconds. */
export interface Timer extends Histogram {
  /**
   * Starts to measure.
   * @returns what ends it: it records the seconds since the start and gives them; a second call records nothing more.
   */
  start(): () => number;
  /** Runs `action` and records how long it took, to the end of its promise if it gives one, also where it fails. */
  time<T>(action: () => T): T;
}

/** A metric with labels, which has an instrument for each combination of their values. */
export interface Labelled<Instrument, Name extends string> {
  /**
   * The instrument for these label values; keep it where it is used often.
   * @throws a {@link CacheArgumentError} if a label is missing, or one is not the metric's.
   */
  labels(values: Readonly<Record<Name, LabelValue>>): Instrument;
}

/** What a metric is made from, checked. */
export interface Definition {
  readonly name: string;
  readonly help: string | undefined;
  readonly unit: string | undefined;
  readonly labelNames: readonly string[];
}

/** A metric: where its instruments come from, and what they have recorded. */
export interface Family<Instrument> {
  at(values: Readonly<Record<string, LabelValue>>): Instrument;
  snapshot(): Promise<MetricSnapshot>;
}

/** The one label that prom-client sees: a series' number in its {@link SeriesTable}. */
const ID = 'id';

function promOptions({ name, help, labelNames }: Definition) {
  // It wants a text that is not empty; ours is not for it. Without registers it would put every metric into one for the
  // whole process.
  return { name, help: help || name, labelNames: labelNames.length === 0 ? [] : [ID], registers: [] };
}

function promLabels({ labelNames }: Definition, id: string): Record<string, string> {
  return labelNames.length === 0 ? {} : { [ID]: id };
}

/** Defines a counter. */
export function counterFamily(definition: Definition): Family<Counter> {
  const prom = new PromCounter(promOptions(definition));
  const table = new SeriesTable<Counter>(definition.name, definition.labelNames, (id) => {
    const child = prom.labels(promLabels(definition, id));
    return { inc: (amount = 1) => child.inc(notNegative('amount', amount)) };
  });
  return {
    at: (values) => table.at(values),
    snapshot: async () => valuesOf(definition, 'counter', (await prom.get()).values, table),
  };
}

/** Defines a gauge. */
export function gaugeFamily(definition: Definition): Family<Gauge> {
  const prom = new PromGauge(promOptions(definition));
  const table = new SeriesTable<Gauge>(definition.name, definition.labelNames, (id) => {
    const child = prom.labels(promLabels(definition, id));
    return {
      set: (value) => child.set(finite('value', value)),
      inc: (amount = 1) => child.inc(finite('amount', amount)),
      dec: (amount = 1) => child.dec(finite('amount', amount)),
    };
  });
  return {
    at: (values) => table.at(values),
    snapshot: async () => valuesOf(definition, 'gauge', (await prom.get()).values, table),
  };
}

/** Defines a histogram. @param bounds upper bounds of its buckets, checked. */
export function histogramFamily(definition: Definition, bounds: readonly number[]): Family<Histogram> {
  return promHistogram(definition, bounds, (observe) => ({ observe }));
}

/** Defines a timer. @param bounds upper bounds of its buckets, checked. */
export function timerFamily(definition: Definition, bounds: readonly number[]): Family<Timer> {
  return promHistogram(definition, bounds, timer);
}

function promHistogram<Instrument>(
  definition: Definition,
  bounds: readonly number[],
  make: (observe: (value: number) => void) => Instrument,
): Family<Instrument> {
  const prom = new PromHistogram({ ...promOptions(definition), buckets: [...bounds] });
  const table = new SeriesTable<Instrument>(definition.name, definition.labelNames, (id) => {
    const child = prom.labels(promLabels(definition, id));
    return make((value) => child.observe(notNegative('value', value)));
  });
  return {
    at: (values) => table.at(values),
    snapshot: async () => distributionOf(definition, bounds, (await prom.get()).values, table),
  };
}

function timer(observe: (seconds: number) => void): Timer {
  const start = () => {
    const started = performance.now();
    let taken: number | undefined;
    return () => {
      if (taken === undefined) {
        taken = (performance.now() - started) / 1000;
        observe(taken);
      }
      return taken;
    };
  };
  return {
    observe,
    start,
    time: (action) => {
      const stop = start();
      try {
        const result = action();
        if (result instanceof Promise) result.then(stop, stop);
        else stop();
        return result;
      } catch (error) {
        stop();
        throw error;
      }
    },
  };
}

/** One value as prom-client gives it. */
interface PromValue {
  readonly value: number;
  readonly labels: Partial<Record<string, string | number>>;
}

function factsOf({ name, help, unit }: Definition) {
  return { name, ...(help === undefined ? {} : { help }), ...(unit === undefined ? {} : { unit }) };
}

function valuesOf(
  definition: Definition,
  type: 'counter' | 'gauge',
  values: readonly PromValue[],
  table: SeriesTable<unknown>,
): ValueSnapshot {
  const series = values.map(({ value, labels }) => ({ labels: table.labelsOf(String(labels[ID])), value }));
  return { ...factsOf(definition), type, series };
}

function distributionOf(
  definition: Definition,
  bounds: readonly number[],
  values: readonly PromValue[],
  table: SeriesTable<unknown>,
): HistogramSnapshot {
  const series: HistogramSeries[] = [];
  // Of each series one value for each bound, then +Inf, the sum and the count.
  for (let start = 0; start < values.length; start += bounds.length + 3) {
    const [sum, count] = values.slice(start + bounds.length + 1);
    const buckets = values.slice(start, start + bounds.length).map(({ value }) => value);
    if (sum === undefined || count === undefined) break;
    series.push({ labels: table.labelsOf(String(sum.labels[ID])), count: count.value, sum: sum.value, buckets });
  }
  return { ...factsOf(definition), type: 'histogram', bounds, series };
}

function finite(argument: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new CacheArgumentError(`${argument} must be a finite number, got ${inspect(value, { depth: 0 })}`);
}

function notNegative(argument: string, value: unknown): number {
  const number = finite(argument, value);
  if (number >= 0) return number;
  throw new CacheArgumentError(`${argument} must not be negative, got ${number}`);
}
