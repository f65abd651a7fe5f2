/**
 * A report in short, for a terminal.
 */

import type { CommandContext } from '../context.ts';
import { formatCount, printable } from '../format.ts';
import { formatTable } from '../table.ts';
import type { Histogram, Report } from './report.ts';
import { agoText, classText, percentText, rateText, shorten, sizeText, untilText, wholeNumber } from './words.ts';

/** The most that is shown of a key. */
const LONGEST_KEY = 60;
const RIGHT = { align: 'right' } as const;

/** The tags, hit rates, times and largest entries, as text. */
export function summarize(report: Report, { colors }: CommandContext): string {
  const parts = [tagTable(report, colors), hitRates(report, colors)];
  if (report.totals.entries > 0) parts.push(times(report), largest(report, colors));
  parts.push(colors.dim(`root ${printable(report.root)}\n`));
  return parts.join('\n').replaceAll('\u00a0', ' ');
}

type Colors = CommandContext['colors'];

function tagTable({ tags, totals }: Report, colors: Colors): string {
  const rows = [...tags, ...(tags.length > 1 ? [{ tag: 'total', ...totals }] : [])].map((row) => [
    row.tag,
    wholeNumber(row.entries),
    sizeText(row.sizeBytes),
    sizeText(row.maxSizeBytes),
    percentText(row.usedShare),
    wholeNumber(row.expired),
  ]);
  const figures = ['ENTRIES', 'SIZE', 'LIMIT', 'USED', 'EXPIRED'].map((heading) => ({ heading, ...RIGHT }));
  return formatTable([{ heading: 'TAG' }, ...figures], rows, colors);
}

function hitRates({ hitRates: { sessions, skipped, byTag } }: Report, colors: Colors): string {
  const left = skipped === 0 ? '' : `${formatCount(skipped, 'entry')} under keys of sessions can't be read as such\n`;
  if (sessions === 0)
    return `hit rates: no program has stored a session here (SessionMetrics does, and exec --metrics)\n${left}`;
  const rows = byTag.map(({ tag, hitRate, hits, misses }) => {
    return [tag, rateText(hitRate), wholeNumber(hits), wholeNumber(misses)];
  });
  const figures = ['HIT RATE', 'HITS', 'MISSES'].map((heading) => ({ heading, ...RIGHT }));
  const table = formatTable(
    [{ heading: `TAG IN ${formatCount(sessions, 'SESSION').toUpperCase()}` }, ...figures],
    rows,
    colors,
  );
  return `${table}${left}`;
}

function times({ age, sinceRead, timeLeft }: Report): string {
  const never = timeLeft.never.entries === 0 ? [] : [`never: ${wholeNumber(timeLeft.never.entries)}`];
  return [
    `set ago       ${filled(age).join(', ')}`,
    `read ago      ${filled(sinceRead).join(', ')}`,
    `time to live  ${[...filled(timeLeft), ...never].join(', ')}`,
    '',
  ].join('\n');
}

function filled({ unit, bins }: Histogram): string[] {
  return bins
    .filter(({ entries }) => entries > 0)
    .map(({ from, to, entries }) => `${classText(unit, from, to)}: ${wholeNumber(entries)}`);
}

function largest({ largest: entries, generated }: Report, colors: Colors): string {
  const rows = entries.map((entry) => [
    shorten(printable(entry.key), LONGEST_KEY),
    entry.tag,
    sizeText(entry.size),
    agoText(entry.created, generated),
    untilText(entry.expires, generated),
  ]);
  const columns = [
    { heading: 'LARGEST' },
    { heading: 'TAG' },
    { heading: 'SIZE', ...RIGHT },
    { heading: 'SET' },
    { heading: 'EXPIRES' },
  ];
  return formatTable(columns, rows, colors);
}
