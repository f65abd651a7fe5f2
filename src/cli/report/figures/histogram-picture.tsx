/**
 * Entries by class, a bar each, stacked by tag.
 */

import { scaleBand, scaleLinear } from 'd3-scale';
import { stack } from 'd3-shape';
import type { Bar, Histogram } from '../report.ts';
import { classText, edgeText, shortNumber, wholeNumber } from '../words.ts';
import { Picture, round, WIDTH } from './picture.tsx';
import type { Tone } from './tag-tones.ts';

const HEIGHT = 176;
const TOP = 20;
const BOTTOM = 26;
/** Set apart, since for ever is no longer time. */
const ASIDE = 46;
const GAP = 14;
/** The least that can be seen of what is there. */
const LEAST = 2;

interface PictureProps {
  readonly label: string;
  readonly histogram: Histogram;
  readonly tones: readonly Tone[];
  /** A bar beside the others. */
  readonly aside?: { readonly label: string; readonly bar: Bar };
}

/** Draws a histogram; the classes' edges stand below, the counts above. */
export function HistogramPicture({ label, histogram, tones, aside }: PictureProps) {
  const { unit, bins } = histogram;
  const right = aside === undefined ? WIDTH : WIDTH - ASIDE - GAP;
  const places = scaleBand<number>().domain(bins.keys()).range([0, right]).paddingInner(0.12).paddingOuter(0.06);
  const most = Math.max(1, aside?.bar.entries ?? 0, ...bins.map(({ entries }) => entries));
  const heights = scaleLinear([0, most], [0, HEIGHT - TOP - BOTTOM]);
  const columns = bins.map((bin, at): Placed => {
    const title = classText(unit, bin.from, bin.to);
    return { bar: bin, title, x: places(at) ?? 0, width: places.bandwidth() };
  });
  if (aside !== undefined) columns.push({ bar: aside.bar, title: aside.label, x: right + GAP, width: ASIDE });
  const edges = bins
    .slice(1)
    .map(({ from }, at) => ({ text: edgeText(unit, from).replace(/B$/, ''), x: places.step() * (at + 1) }));
  return (
    <Picture label={label} height={HEIGHT}>
      {columns.map((column) => (
        <Column key={column.title} {...column} tones={tones} heights={heights} />
      ))}
      <line class="axis" x1={0} x2={right} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} />
      {edges.map(({ text, x }) => (
        <g key={text}>
          <line class="axis" x1={round(x)} x2={round(x)} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM + 4} />
          <text class="muted" x={round(x)} y={HEIGHT - BOTTOM + 17} text-anchor="middle">
            {text}
          </text>
        </g>
      ))}
      {aside !== undefined && (
        <g>
          <line class="axis" x1={right + GAP} x2={WIDTH} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} />
          <text class="muted" x={right + GAP + ASIDE / 2} y={HEIGHT - BOTTOM + 17} text-anchor="middle">
            {aside.label}
          </text>
        </g>
      )}
    </Picture>
  );
}

/** A bar and where it stands. */
interface Placed {
  readonly bar: Bar;
  readonly title: string;
  readonly x: number;
  readonly width: number;
}

interface ColumnProps extends Placed {
  readonly tones: readonly Tone[];
  readonly heights: (entries: number) => number;
}

function Column({ bar, title, x, width, tones, heights }: ColumnProps) {
  if (bar.entries === 0) return null;
  const bottom = HEIGHT - BOTTOM;
  const height = Math.max(LEAST, heights(bar.entries));
  const scale = scaleLinear([0, bar.entries], [bottom, bottom - height]);
  const parts = stack<Bar, Tone>()
    .keys(tones)
    .value((column, tone) => tone.countIn(column))([bar]);
  return (
    <g>
      <title>{`${title}: ${wholeNumber(bar.entries)}\n${sharesText(bar, tones)}`}</title>
      {parts.map(([part], at) => {
        if (part === undefined || part[0] === part[1]) return null;
        const [low, high] = [scale(part[0]), scale(part[1])];
        const { className, label } = tones[at] ?? { className: '', label: '' };
        return (
          <rect
            key={label}
            class={className}
            x={round(x)}
            y={round(high)}
            width={round(width)}
            height={round(low - high)}
          />
        );
      })}
      <text x={round(x + width / 2)} y={round(bottom - height - 5)} text-anchor="middle">
        {shortNumber(bar.entries)}
      </text>
    </g>
  );
}

/** `layout 30, metrics 4`. */
export function sharesText(bar: Bar, tones: readonly Tone[]): string {
  const parts = tones.map(({ label, countIn }) => ({ label, count: countIn(bar) })).filter(({ count }) => count > 0);
  return parts.map(({ label, count }) => `${label} ${wholeNumber(count)}`).join(', ');
}
