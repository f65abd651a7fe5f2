/** Results as a page of Markdown. */

import type { Judgement } from '../harness/judge.ts';
import type { Results } from '../harness/results.ts';
import type { Scenario } from '../harness/scenario.ts';
import { findSeries, ratioOf, type Series } from '../harness/series.ts';
import { formatFigure, formatRatio, formatSize, grouped } from './format.ts';
import { targetLines } from './targets.ts';

const BASELINE = 'better-sqlite3';

/** The whole page. */
export function markdownReport(
  results: Results,
  judgements: readonly Judgement[],
  scenarios: readonly Scenario[],
): string {
  const { machine, date, rounds, seconds } = results;
  return [
    '# Results',
    `${date.slice(0, 10)}, Node ${machine.node}, ${machine.cores} × ${machine.processor}, ${machine.fileSystem}; ${rounds} rounds, ${seconds} s. ` +
      `Medians; in brackets the ratio to ${BASELINE}, compared round by round. Ratios travel between machines, times do not.`,
    '## Targets',
    targetsMarkdown(judgements),
    '## All contestants, 1 KB values',
    overviewMarkdown(results),
    ...scenarios.flatMap((scenario) => scenarioMarkdown(scenario, results.series)),
    '## Who took part',
    contestantsMarkdown(results),
    '',
  ].join('\n\n');
}

function targetsMarkdown(judgements: readonly Judgement[]): string {
  const lines = targetLines(judgements).map(({ row, label, figure, must, aim, verdict }) => {
    return [row, label, figure, must, aim, verdict === 'missed' ? '**missed**' : verdict];
  });
  return table(['target', 'measured', 'figure', 'must', 'aim', ''], lines);
}

/** What was measured with values of the usual size, all contestants side by side. */
const COLUMNS = ['set new', 'get from disk', 'get again', 'miss', 'exists', 'overwrite', 'delete', 'churn', 'mixed'];
const USUAL_BYTES = 1024;

function overviewMarkdown({ series, contestants }: Results): string {
  const lines = contestants
    .filter(({ absent }) => absent === undefined)
    .map(({ name }) => [
      name,
      ...COLUMNS.map((operation) => {
        const found = series.find(
          (one) => one.operation === operation && one.size === USUAL_BYTES && one.contestant === name,
        );
        return found === undefined ? '–' : cell(found, series);
      }),
    ]);
  return table(['', ...COLUMNS], lines);
}

function scenarioMarkdown({ name, about, varies }: Scenario, all: readonly Series[]): string[] {
  const series = all.filter(({ scenario }) => scenario === name);
  if (series.length === 0) return [];
  const groups = grouped(series);
  const names = [...new Set(series.map(({ contestant }) => contestant))];
  const head = groups.map(({ operation, size }) => {
    const parts = [operation === name ? '' : operation, formatSize(size, varies)];
    return parts.filter((part) => part !== '').join(', ') || operation;
  });
  const lines = names.map((contestant) => [
    contestant,
    ...groups.map((group) => {
      const found = group.series.find((one) => one.contestant === contestant);
      return found === undefined ? '–' : cell(found, all);
    }),
  ]);
  return [`## ${name}`, `${about}.`, table(['', ...head], lines)];
}

function cell(one: Series, all: readonly Series[]): string {
  const other = findSeries(all, { ...one, contestant: BASELINE });
  const figure = formatFigure(one.median, one.unit);
  return other === undefined || one.unit === '%' ? figure : `${figure} (${formatRatio(ratioOf(one, other))})`;
}

function contestantsMarkdown({ contestants, failures }: Results): string {
  const lines = contestants.map(({ name, about, notes, lacks, absent }) => [
    name,
    absent === undefined ? [about, ...notes].join('; ') : `did not take part: ${absent}`,
    lacks.join(', '),
  ]);
  const failed = failures.map(({ contestant, scenario, reason }) => `- ${contestant} failed in ${scenario}: ${reason}`);
  return [table(['contestant', 'how', 'lacks'], lines), ...(failed.length === 0 ? [] : [failed.join('\n')])].join(
    '\n\n',
  );
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...lines.map(row)].join('\n');
}
