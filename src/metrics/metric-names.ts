/**
 * Names of metrics and labels: which are allowed, and why others are not.
 *
 * The rules are OpenMetrics' (https://prometheus.io/docs/specs/om/open_metrics_spec/), so that whatever is recorded can
 * be exposed: no two samples of different metrics may come to share a name there.
 */

import { inspect } from 'node:util';
import { CacheArgumentError } from '../errors.ts';

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const LONGEST_NAME = 200;

/** What the samples of some metric are called after its name. */
const TAKEN_SUFFIX = /_(?:total|created|count|sum|bucket|gcount|gsum|info)$/;

/** Labels that the text format itself gives to samples. */
const TAKEN_LABELS: ReadonlySet<string> = new Set(['le', 'quantile']);

/** Whether `text` has the form of a name, which can stand in the text format as it is. */
export function isPlainName(text: unknown): text is string {
  return typeof text === 'string' && NAME.test(text);
}

/**
 * The name of a counter, without the `_total` that its sample has.
 * @throws a {@link CacheArgumentError} if it is no name for a metric.
 */
export function counterName(name: string): string {
  const family = typeof name === 'string' ? name.replace(/_total$/, '') : name;
  assertMetricName(family);
  return family;
}

/** @throws a {@link CacheArgumentError} if `name` is no name for a metric. */
export function assertMetricName(name: unknown): asserts name is string {
  if (!isPlainName(name) || name.length > LONGEST_NAME) {
    throw new CacheArgumentError(
      `name must be that of a metric: up to ${LONGEST_NAME} ASCII letters, digits and _, no digit first; got ${inspect(name)}`,
    );
  }
  const suffix = TAKEN_SUFFIX.exec(name)?.[0];
  if (suffix !== undefined) {
    throw new CacheArgumentError(
      `name must not end in ${suffix}, which metrics have for samples of their own; got '${name}'`,
    );
  }
}

/** @throws a {@link CacheArgumentError} if `names` are not the names of labels, each once. */
export function assertLabelNames(names: unknown): asserts names is readonly string[] {
  if (!Array.isArray(names)) {
    throw new CacheArgumentError(`labelNames must be an array such as ['board'], got ${inspect(names, { depth: 0 })}`);
  }
  for (const [position, name] of names.entries()) {
    if (!isPlainName(name) || name.length > LONGEST_NAME || name.startsWith('__')) {
      throw new CacheArgumentError(
        `labelNames[${position}] must be ASCII letters, digits and _, no digit or __ first; got ${inspect(name)}`,
      );
    }
    if (TAKEN_LABELS.has(name)) {
      throw new CacheArgumentError(`labelNames[${position}] must not be '${name}', which the text format uses itself`);
    }
    if (names.indexOf(name) !== position) {
      throw new CacheArgumentError(`labelNames[${position}] must differ from the others, got '${name}' again`);
    }
  }
}
