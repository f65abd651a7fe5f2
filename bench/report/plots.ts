/**
 * Plots as SVG files, drawn without a browser. No background and inks of middling lightness, so that they read well on a
 * light and on a dark page.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '../harness/results.ts';
import { ratioOf, type Series } from '../harness/series.ts';
import { formatBytes, formatFigure, formatRatio } from './format.ts';

const INK = '#7d8590';
const GRID = '#7d859040';
const FONT = 'system-ui, sans-serif';
const COLORS: Readonly<Record<string, string>> = {
  ours: '#d9822b',
  floor: '#8f99a5',
  native: '#3d8bd4',
  javascript: '#4c9f70',
  python: '#a371c9',
};
const LINE_COLORS = ['#d9822b', '#8f99a5', '#3d8bd4', '#a371c9', '#4c9f70'];
const USUAL_BYTES = 1024;

/** Operations that get a plot of all contestants. */
const BARS = ['set new', 'get from disk', 'get again', 'overwrite', 'churn'];
/** Operations that get a plot over the sizes of values, and whose lines it has. */
const LINES = ['set new', 'get from disk'];
const LINE_CONTESTANTS = ['glovebox sync', 'floor', 'better-sqlite3', 'python diskcache', 'cacache'];

/** Writes all plots into a folder; returns their names. What was not measured has none. */
export async function writePlots(results: Results, folder: string): Promise<string[]> {
  const { init } = await import('echarts');
  mkdirSync(folder, { recursive: true });
  const written: string[] = [];
  const draw = (name: string, option: object | undefined, height: number): void => {
    if (option === undefined) return;
    const chart = init(null, null, { renderer: 'svg', ssr: true, width: 760, height });
    chart.setOption({ animation: false, textStyle: { fontFamily: FONT, color: INK }, ...option });
    const file = `${name.replaceAll(' ', '-')}.svg`;
    writeFileSync(join(folder, file), `${chart.renderToSVGString()}\n`);
    chart.dispose();
    written.push(file);
  };
  for (const operation of BARS) {
    const series = results.series.filter((one) => one.operation === operation && one.size === USUAL_BYTES);
    draw(operation, bars(operation, series, results), 110 + 26 * series.length);
  }
  for (const operation of LINES) draw(`${operation} by size`, lines(operation, results.series), 380);
  for (const operation of ['read', 'write'])
    draw(`processes ${operation}`, processBars(operation, results.series), 320);
  return written;
}

function title(text: string, below: string): object {
  return { text, subtext: below, left: 8, textStyle: { color: INK, fontSize: 15 }, subtextStyle: { color: INK } };
}

const VALUE_AXIS = {
  axisLabel: { color: INK },
  splitLine: { lineStyle: { color: GRID } },
  nameTextStyle: { color: INK },
};
const CATEGORY_AXIS = { axisLabel: { color: INK }, axisLine: { lineStyle: { color: INK } }, axisTick: { show: false } };

/** All contestants by their medians, the fastest on top. */
function bars(operation: string, series: readonly Series[], { contestants }: Results): object | undefined {
  if (series.length === 0) return undefined;
  const baseline = series.find(({ contestant }) => contestant === 'better-sqlite3');
  // A category axis begins at the bottom.
  const sorted = [...series].sort((one, other) => other.median - one.median);
  const least = Math.min(...sorted.map(({ median }) => median));
  return {
    title: title(`${operation}, 1 KB`, 'median in µs, logarithmic; ratio to better-sqlite3'),
    grid: { left: 160, right: 150, top: 60, bottom: 30 },
    xAxis: { type: 'log', min: 10 ** Math.floor(Math.log10(least)), ...VALUE_AXIS },
    yAxis: { type: 'category', data: sorted.map(({ contestant }) => contestant), ...CATEGORY_AXIS },
    series: [
      {
        type: 'bar',
        barWidth: '65%',
        data: sorted.map((one) => {
          const kind = contestants.find(({ name }) => name === one.contestant)?.kind ?? 'floor';
          const ratio = baseline === undefined ? undefined : ratioOf(one, baseline);
          return {
            value: one.median,
            itemStyle: { color: COLORS[kind] },
            label: {
              show: true,
              position: 'right',
              color: INK,
              formatter: `${formatFigure(one.median, one.unit)}${ratio === undefined ? '' : ` · ${formatRatio(ratio)}`}`,
            },
          };
        }),
      },
    ],
  };
}

/** How the price grows with the value. */
function lines(operation: string, all: readonly Series[]): object | undefined {
  const series = all.filter((one) => one.scenario === operation && one.operation === operation);
  const sizes = [...new Set(series.map(({ size }) => size))].sort((one, other) => one - other);
  if (sizes.length < 2) return undefined;
  const names = LINE_CONTESTANTS.filter((name) => series.some(({ contestant }) => contestant === name));
  return {
    title: title(`${operation}, by the size of the value`, 'median in µs, logarithmic'),
    legend: { data: names, top: 62, left: 4, itemGap: 28, textStyle: { color: INK } },
    color: LINE_COLORS,
    grid: { left: 70, right: 30, top: 105, bottom: 30 },
    xAxis: { type: 'category', data: sizes.map(formatBytes), ...CATEGORY_AXIS },
    yAxis: { type: 'log', ...VALUE_AXIS },
    series: names.map((name) => ({
      name,
      type: 'line',
      lineStyle: { width: name === 'glovebox sync' ? 3 : 2 },
      data: sizes.map((size) => series.find((one) => one.size === size && one.contestant === name)?.median ?? null),
    })),
  };
}

/** What several processes do together in a second. */
function processBars(operation: string, all: readonly Series[]): object | undefined {
  const series = all.filter((one) => one.scenario === 'processes' && one.operation === operation);
  const counts = [...new Set(series.map(({ size }) => size))].sort((one, other) => one - other);
  const names = [...new Set(series.map(({ contestant }) => contestant))];
  if (names.length === 0) return undefined;
  return {
    title: title(
      operation === 'read' ? 'gets of several processes together' : 'sets of several processes together',
      'operations a second, 1 KB',
    ),
    legend: { data: names, top: 62, left: 4, itemGap: 28, textStyle: { color: INK } },
    color: LINE_COLORS,
    grid: { left: 80, right: 30, top: 105, bottom: 30 },
    xAxis: { type: 'category', data: counts.map((count) => `${count}`), ...CATEGORY_AXIS },
    yAxis: { type: 'value', ...VALUE_AXIS },
    series: names.map((name) => ({
      name,
      type: 'bar',
      data: counts.map((count) => series.find((one) => one.size === count && one.contestant === name)?.median ?? null),
    })),
  };
}
