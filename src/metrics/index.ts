/**
 * Metrics of sessions, kept in a cache and told to Prometheus; and how the caches of a process do.
 */

// Monitoring shares this entry: who measures also wants to know how it goes.
export * from '../monitoring/index.ts';
export type { CacheFigures } from './cache-metrics.ts';
export { createMetricsService } from './create.ts';
export type { Counter, Gauge, Histogram, Labelled, Timer } from './instruments.ts';
export type { HistogramOptions, MetricOptions } from './metric-registry.ts';
export { type ListSessionsOptions, MetricsService, type MetricsServiceOptions } from './metrics-service.ts';
export { formatOpenMetrics, OPENMETRICS_CONTENT_TYPE } from './open-metrics.ts';
export type { LabelValue } from './series.ts';
export { type ObserveOptions, SessionMetrics, type SessionOptions } from './session-metrics.ts';
export type {
  HistogramSeries,
  HistogramSnapshot,
  MetricSnapshot,
  SeriesLabels,
  ValueSeries,
  ValueSnapshot,
} from './snapshot.ts';
export type { SessionMetadata, StoredSession } from './stored-session.ts';
