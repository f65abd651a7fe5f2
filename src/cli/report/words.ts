/**
 * Figures as a report words them, in text and on the page.
 */

import formatSizeText from 'bytes';
import prettyMs from 'pretty-ms';
import type { Histogram } from './report.ts';

const NBSP = '\u00a0';
const WHOLE = new Intl.NumberFormat('en-GB');
const COMPACT = new Intl.NumberFormat('en-GB', { notation: 'compact' });

/** `12,345`. */
export function wholeNumber(count: number): string {
  return WHOLE.format(count);
}

/** `999`, `1.2K`, `12K`: four letters at most, for where there is little room. */
export function shortNumber(count: number): string {
  return COMPACT.format(count);
}

/** `1.13 MB`; a MB has 1024 × 1024 bytes. */
export function sizeText(bytes: number): string {
  return formatSizeText.format(bytes, { unitSeparator: NBSP }) ?? `${bytes}${NBSP}B`;
}

/** `87.4 %`; what is not nothing is not said to be, nor what is not all to be all. */
export function percentText(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return `<${NBSP}0.1${NBSP}%`;
  if (percent < 100 && percent > 99.9) return `>${NBSP}99.9${NBSP}%`;
  return `${Number(percent.toFixed(1))}${NBSP}%`;
}

/** {@link percentText} of a hit rate; a dash where nothing was read. */
export function rateText(hitRate: number | null): string {
  return hitRate === null ? '–' : percentText(hitRate);
}

/** `3d 4h ago`, `just now`. */
export function agoText(iso: string, now: string): string {
  const passed = Date.parse(now) - Date.parse(iso);
  return passed < 1000 ? 'just now' : `${durationText(passed / 1000)} ago`;
}

/** `in 3d 4h`, `never`. */
export function untilText(iso: string | null, now: string): string {
  if (iso === null) return 'never';
  return `in ${durationText(Math.max(0, Date.parse(iso) - Date.parse(now)) / 1000)}`;
}

/** `2026-11-26 01:56 UTC`. */
export function timeText(iso: string): string {
  return `${iso.slice(0, -8).replace('T', ' ')} UTC`;
}

/** Where a class begins or ends: `10m`, `3d`, `64KB`. */
export function edgeText(unit: Histogram['unit'], edge: number): string {
  return unit === 'bytes' ? sizeText(edge).replace(NBSP, '') : durationText(edge);
}

/** A class: `1m to 10m`, `under 1m`, `64MB or more`. */
export function classText(unit: Histogram['unit'], from: number, to: number | null): string {
  if (to === null) return `${edgeText(unit, from)} or more`;
  return from === 0 ? `under ${edgeText(unit, to)}` : `${edgeText(unit, from)} to ${edgeText(unit, to)}`;
}

/** `3d 4h`, `28m 22s`. */
function durationText(seconds: number): string {
  return prettyMs(Math.floor(seconds) * 1000, { unitCount: 2 }).replaceAll(' ', NBSP);
}

/** A text of which a long one's middle is left out: what tells keys apart stands at either end. */
export function shorten(text: string, most: number): string {
  const letters = [...text];
  if (letters.length <= most) return text;
  const tail = Math.floor(most / 3);
  return `${letters.slice(0, most - tail - 1).join('')}…${letters.slice(-tail).join('')}`;
}
