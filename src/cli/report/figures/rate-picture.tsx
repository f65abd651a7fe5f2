/**
 * Hit rates over time: a line of the rate above, the number of reads below.
 */

import { scaleLinear, scalePoint } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { PeriodReads } from '../report.ts';
import { percentText, rateText, shortNumber, wholeNumber } from '../words.ts';
import { Picture, round, WIDTH } from './picture.tsx';

const HEIGHT = 190;
const LEFT = 38;
const RIGHT = 12;
const TOP = 10;
/** Where the rate's part ends and the reads' begins. */
const MIDDLE = 116;
const READS_TOP = 128;
const BOTTOM = 168;
const GRID = [0, 0.5, 1];

/** Draws periods at even distances; `nameOf` names one. */
export function RatePicture(props: {
  readonly label: string;
  readonly periods: readonly PeriodReads[];
  readonly nameOf: (period: PeriodReads) => string;
}) {
  const { label, periods, nameOf } = props;
  const places = scalePoint<number>()
    .domain(periods.keys())
    .range([LEFT, WIDTH - RIGHT])
    .padding(0.5);
  const rates = scaleLinear([0, 1], [MIDDLE, TOP]);
  const most = Math.max(1, ...periods.map(readsOf));
  const reads = scaleLinear([0, most], [BOTTOM, READS_TOP]);
  const points = periods.map((period, at) => ({ period, x: round(places(at) ?? 0), rate: period.hitRate }));
  const isRead = ({ rate }: (typeof points)[number]) => rate !== null;
  const xOf = ({ x }: (typeof points)[number]) => x;
  const yOf = ({ rate }: (typeof points)[number]) => round(rates(rate ?? 0));
  const width = Math.max(2, Math.min(22, places.step() * 0.6 || 22));
  const [first, last] = [points[0], points.at(-1)];
  return (
    <Picture label={label} height={HEIGHT}>
      {GRID.map((rate) => (
        <g key={rate}>
          <line class="grid" x1={LEFT} x2={WIDTH} y1={rates(rate)} y2={rates(rate)} />
          <text class="muted" x={LEFT - 6} y={rates(rate) + 4} text-anchor="end">
            {percentText(rate).replace('\u00a0', '')}
          </text>
        </g>
      ))}
      <path class="rate-area" d={area<(typeof points)[number]>(xOf, MIDDLE, yOf).defined(isRead)(points) ?? ''} />
      <path class="rate-line" d={line<(typeof points)[number]>(xOf, yOf).defined(isRead)(points) ?? ''} />
      <text class="muted" x={LEFT - 6} y={READS_TOP + 9} text-anchor="end">
        {shortNumber(most)}
      </text>
      {points.map((point) => {
        const { period, x } = point;
        const y = round(reads(readsOf(period)));
        return (
          <g key={period.from}>
            <title>{`${nameOf(period)}: ${rateText(period.hitRate)} of ${wholeNumber(readsOf(period))} reads`}</title>
            {isRead(point) && <circle class="rate-dot" cx={x} cy={yOf(point)} r={points.length > 30 ? 2 : 3.5} />}
            <rect class="reads" x={round(x - width / 2)} y={y} width={round(width)} height={round(BOTTOM - y)} />
          </g>
        );
      })}
      <line class="axis" x1={LEFT} x2={WIDTH} y1={BOTTOM} y2={BOTTOM} />
      {first !== undefined && (
        <text class="muted" x={LEFT} y={BOTTOM + 17}>
          {nameOf(first.period)}
        </text>
      )}
      {last !== undefined && last !== first && (
        <text class="muted" x={WIDTH} y={BOTTOM + 17} text-anchor="end">
          {nameOf(last.period)}
        </text>
      )}
    </Picture>
  );
}

function readsOf({ hits, misses }: PeriodReads): number {
  return hits + misses;
}
