/**
 * A session as it is stored, under `metrics:session:<id>` in a cache with the tag `metrics`.
 */

import { isObject } from '../guards.ts';
import type { CacheFigures } from './cache-metrics.ts';
import { isPlainName } from './metric-names.ts';
import type { MetricSnapshot } from './snapshot.ts';

/** The tag that sessions are kept under. */
export const SESSION_TAG = 'metrics';
/** What their keys begin with; the id of a session follows, in which nothing needs an escape. */
export const SESSION_KEY_PREFIX = 'metrics:session:';

/** The version of what is stored. */
export const SESSION_VERSION = 1;

/** What a tag looks like; whether it may be that of a folder is not for metrics to say. */
export const OBSERVED_TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** What is said about a session: texts, finite numbers and truth values. */
export type SessionMetadata = Readonly<Record<string, string | number | boolean>>;

/** A session as it is stored: plain JSON. */
export interface StoredSession {
  /** The version of this shape. */
  readonly version: 1;
  /** The session's name; ids sort by the time of the start. */
  readonly id: string;
  /** When it started, as ISO 8601 in UTC. */
  readonly started: string;
  /** When it ended or, where it was stored while it was running, when that was. */
  readonly ended: string;
  readonly metadata: SessionMetadata;
  /** What the observed caches did, by tag. */
  readonly caches: Readonly<Record<string, CacheFigures>>;
  /** All metrics with their series. */
  readonly metrics: readonly MetricSnapshot[];
}

/** Whether what a cache holds is a session of this version: whoever can write in the folder may have stored anything. */
export function isStoredSession(value: unknown): value is StoredSession {
  return (
    isObject(value) &&
    value['version'] === SESSION_VERSION &&
    typeof value['id'] === 'string' &&
    isTime(value['started']) &&
    isTime(value['ended']) &&
    isRecordOf(value['metadata'], isPlain) &&
    isRecordOf(value['caches'], isCacheFigures) &&
    Object.keys(value['caches']).every((tag) => OBSERVED_TAG.test(tag)) &&
    isListOf(value['metrics'], isMetric)
  );
}

function isCacheFigures(value: unknown): boolean {
  return (
    isObject(value) &&
    ['hits', 'misses', 'operations', 'errors'].every((name) => isCount(value[name])) &&
    isRecordOf(value['averageSeconds'], isNumber)
  );
}

function isMetric(value: unknown): boolean {
  // Names and units go into text as they are.
  if (!isObject(value) || !isPlainName(value['name'])) return false;
  const { help, unit } = value;
  if (help !== undefined && typeof help !== 'string') return false;
  if (unit !== undefined && !isPlainName(unit)) return false;
  switch (value['type']) {
    case 'counter':
    case 'gauge':
      return isListOf(value['series'], (series) => isSeries(series) && isNumber(series['value']));
    case 'histogram':
      return isListOf(value['bounds'], isNumber) && isListOf(value['series'], isHistogramSeries);
    default:
      return false;
  }
}

function isHistogramSeries(series: unknown): boolean {
  return (
    isSeries(series) && isNumber(series['count']) && isNumber(series['sum']) && isListOf(series['buckets'], isNumber)
  );
}

function isSeries(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value) || !isObject(value['labels'])) return false;
  return Object.entries(value['labels']).every(([name, text]) => isPlainName(name) && typeof text === 'string');
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && ISO_TIME.test(value) && !Number.isNaN(Date.parse(value));
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function isRecordOf(
  value: unknown,
  isMember: (member: unknown) => boolean,
): value is Readonly<Record<string, unknown>> {
  return isObject(value) && Object.values(value).every(isMember);
}

function isListOf(value: unknown, isMember: (member: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isMember);
}
