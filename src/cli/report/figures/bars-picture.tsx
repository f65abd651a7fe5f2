/**
 * Amounts side by side, a bar each, under its name and its figure.
 */

import { scaleLinear } from 'd3-scale';
import { shorten } from '../words.ts';
import { Picture, round, WIDTH } from './picture.tsx';

const ROW = 40;
const BAR = 10;
const LONGEST_NAME = 26;
/** The letters that a name and its figure have room for together. */
const LETTERS = 48;
/** The least that can be seen of what is there. */
const LEAST = 2;

/** One bar. */
export interface BarRow {
  readonly name: string;
  /** `null` draws no bar. */
  readonly amount: number | null;
  readonly figure: string;
  readonly className: string;
}

/** Draws bars of which the full length is `most`; `hasTrack` shows that length behind each. */
export function BarsPicture(props: {
  readonly label: string;
  readonly rows: readonly BarRow[];
  readonly most: number;
  readonly hasTrack?: boolean;
}) {
  const { label, rows, most, hasTrack } = props;
  const lengths = scaleLinear([0, most > 0 ? most : 1], [0, WIDTH]).clamp(true);
  return (
    <Picture label={label} height={rows.length * ROW}>
      {rows.map(({ name, amount, figure, className }, at) => (
        <g key={at} transform={`translate(0 ${at * ROW})`}>
          <title>{`${name}: ${figure}`}</title>
          <text x={0} y={14}>
            {shorten(name, Math.min(LONGEST_NAME, LETTERS - figure.length))}
          </text>
          <text class="muted" x={WIDTH} y={14} text-anchor="end">
            {figure}
          </text>
          {hasTrack && <rect class="track" x={0} y={21} width={WIDTH} height={BAR} rx={2} />}
          {amount !== null && amount > 0 && (
            <rect class={className} x={0} y={21} width={round(Math.max(LEAST, lengths(amount)))} height={BAR} rx={2} />
          )}
        </g>
      ))}
    </Picture>
  );
}

/** The names of rows with their figures, for who can't see the bars. */
export function words(rows: readonly BarRow[]): string {
  return rows.map(({ name, figure }) => `${name} ${figure}`).join(', ');
}
