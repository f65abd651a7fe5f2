/**
 * Metrics as text for Prometheus and whatever else reads OpenMetrics:
 * https://prometheus.io/docs/specs/om/open_metrics_spec/
 *
 * prom-client writes such text, too, but of its own registries only, and not as strictly: a registry without metrics
 * begins with an empty line, quotes in HELP are bare, bounds are no canonical floats, units are not told.
 */

import { inspect } from 'node:util';
import { CacheArgumentError } from '../errors.ts';
import type { HistogramSnapshot, MetricSnapshot, SeriesLabels } from './snapshot.ts';

/** What to send as `Content-Type` with the text of {@link formatOpenMetrics}. */
export const OPENMETRICS_CONTENT_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/**
 * Metrics in the OpenMetrics text format, to its `# EOF`; those of a running session or of one that was stored.
 *
 * It takes time in proportion to the number of series.
 * @param metrics a `snapshot()`, or the `metrics` of a stored session.
 * @throws a {@link CacheArgumentError} if it is no list.
 */
export function formatOpenMetrics(metrics: readonly MetricSnapshot[]): string {
  if (!Array.isArray(metrics)) {
    throw new CacheArgumentError(
      `metrics must be the list that a session holds as its metrics, got ${inspect(metrics, { depth: 0 })}`,
    );
  }
  return `${[...metrics.flatMap(linesOf), '# EOF'].join('\n')}\n`;
}

function linesOf(metric: MetricSnapshot): string[] {
  const { name, type, unit, help } = metric;
  const lines = [`# TYPE ${name} ${type}`];
  if (unit !== undefined) lines.push(`# UNIT ${name} ${unit}`);
  if (help !== undefined) lines.push(`# HELP ${name} ${escaped(help)}`);
  if (metric.type === 'histogram') return lines.concat(histogramLines(metric));
  const sample = metric.type === 'counter' ? `${name}_total` : name;
  return lines.concat(metric.series.map(({ labels, value }) => `${sample}${labelsOf(labels)} ${number(value)}`));
}

function histogramLines({ name, bounds, series }: HistogramSnapshot): string[] {
  return series.flatMap(({ labels, count, sum, buckets }) => [
    ...bounds.map(
      (bound, place) => `${name}_bucket${labelsOf({ ...labels, le: float(bound) })} ${number(buckets[place] ?? 0)}`,
    ),
    `${name}_bucket${labelsOf({ ...labels, le: '+Inf' })} ${number(count)}`,
    `${name}_sum${labelsOf(labels)} ${number(sum)}`,
    `${name}_count${labelsOf(labels)} ${number(count)}`,
  ]);
}

function labelsOf(labels: SeriesLabels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

/** A bound as everybody writes it who follows the format: `1.0`, `0.005`, `1e-05`, `1e+06`. */
function float(bound: number): string {
  const [mantissa = '', exponent = ''] = bound.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 6)
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}
