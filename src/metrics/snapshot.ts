/**
 * Metrics as plain data: what is stored of a session, and what text is made from.
 */

/** Labels of one series; the values are texts. */
export type SeriesLabels = Readonly<Record<string, string>>;

interface MetricFacts {
  /** The metric's name; that of a counter is without `_total`. */
  readonly name: string;
  /** What it counts or measures, in words. */
  readonly help?: string;
  /** The unit that the name ends in. */
  readonly unit?: string;
}

/** One series of a counter or a gauge. */
export interface ValueSeries {
  readonly labels: SeriesLabels;
  readonly value: number;
}

/** A counter or gauge with all its series. */
export interface ValueSnapshot extends MetricFacts {
  readonly type: 'counter' | 'gauge';
  readonly series: readonly ValueSeries[];
}

/** One series of a histogram. */
export interface HistogramSeries {
  readonly labels: SeriesLabels;
  /** Observations. */
  readonly count: number;
  /** The observed values, added up. */
  readonly sum: number;
  /** For each of the histogram's bounds, how many observations were not larger. */
  readonly buckets: readonly number[];
}

/** A histogram (or timer) with all its series. */
export interface HistogramSnapshot extends MetricFacts {
  readonly type: 'histogram';
  /** Upper bounds of the buckets, ascending; the one of all observations, +Inf, goes without saying. */
  readonly bounds: readonly number[];
  readonly series: readonly HistogramSeries[];
}

/** A metric as it stood at one moment; plain JSON. */
export type MetricSnapshot = ValueSnapshot | HistogramSnapshot;
