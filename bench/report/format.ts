/** Figures as people read them. */

import bytes from 'bytes';
import { ratioOf, type Series, type Unit } from '../harness/series.ts';

/** Three significant digits, or whole numbers. */
export function formatNumber(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

export function formatFigure(value: number, unit: Unit): string {
  if (unit === 'µs' && value >= 10_000) return `${formatNumber(value / 1000)} ms`;
  return `${formatNumber(value)} ${unit}`;
}

/** How many times as much, with two digits behind the point where that matters. */
export function formatRatio(ratio: number | undefined): string {
  if (ratio === undefined) return '–';
  return `${ratio < 10 ? ratio.toFixed(2) : formatNumber(ratio)} ×`;
}

export function formatBytes(size: number): string {
  return bytes(size, { unitSeparator: ' ' }) ?? String(size);
}

/** What the size of a scenario's series says. */
export function formatSize(size: number, varies: 'value bytes' | 'entries' | 'processes' | 'nothing'): string {
  if (varies === 'nothing') return '';
  return varies === 'value bytes'
    ? formatBytes(size)
    : `${size.toLocaleString('en')} ${size === 1 && varies === 'processes' ? 'process' : varies}`;
}

/** What others are compared with, where it takes part. */
const BASELINES = ['floor', 'better-sqlite3'] as const;

/** A row of a table: one contestant's figures and how they compare. */
export interface Row {
  readonly contestant: string;
  readonly median: string;
  readonly p99: string;
  readonly mean: string;
  readonly ratios: readonly string[];
}

/** What the series of one table are compared with. */
export function baselinesOf(series: readonly Series[]): string[] {
  return BASELINES.filter((baseline) => series.some(({ contestant, unit }) => contestant === baseline && unit !== '%'));
}

/** The rows of one table: series of the same scenario, operation and size. */
export function rowsOf(series: readonly Series[]): Row[] {
  return series.map((one) => ({
    contestant: one.contestant,
    median: formatFigure(one.median, one.unit),
    p99: formatFigure(one.p99, one.unit),
    mean: formatFigure(one.mean, one.unit),
    ratios: baselinesOf(series).map((baseline) => {
      const other = series.find(({ contestant }) => contestant === baseline);
      return formatRatio(other === undefined ? undefined : ratioOf(one, other));
    }),
  }));
}

/** A group of series that belong in one table. */
export interface Group {
  readonly scenario: string;
  readonly operation: string;
  readonly size: number;
  readonly series: readonly Series[];
}

/** Series that can be compared directly, together, in the order of their first appearance. */
export function grouped(series: readonly Series[]): Group[] {
  const groups = new Map<string, Series[]>();
  for (const one of series) {
    const label = `${one.scenario}|${one.operation}|${one.size}`;
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [one]);
    else group.push(one);
  }
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    return first === undefined
      ? []
      : [{ scenario: first.scenario, operation: first.operation, size: first.size, series: members }];
  });
}
