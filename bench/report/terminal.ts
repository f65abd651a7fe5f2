/** Results in the terminal. */

import Table from 'cli-table3';
import colors from 'picocolors';
import type { ContestantReport, Failure } from '../harness/results.ts';
import type { Scenario } from '../harness/scenario.ts';
import type { Series } from '../harness/series.ts';
import { baselinesOf, formatSize, grouped, rowsOf } from './format.ts';

/** The tables of a scenario. */
export function scenarioTables(scenario: Scenario, series: readonly Series[]): string {
  const parts = [`\n${colors.bold(scenario.name)} ${colors.dim(`· ${scenario.about}`)}`];
  for (const group of grouped(series)) {
    const title = [group.operation, formatSize(group.size, scenario.varies)].filter((part) => part !== '').join(', ');
    const baselines = baselinesOf(group.series);
    const table = new Table({
      head: [title, 'median', 'p99', 'mean', ...baselines.map((baseline) => `of ${baseline}`)],
      colAligns: ['left', 'right', 'right', 'right', ...baselines.map(() => 'right' as const)],
      style: { head: ['cyan'], compact: true },
    });
    for (const { contestant, median, p99, mean, ratios } of rowsOf(group.series)) {
      table.push([contestant, median, p99, mean, ...ratios]);
    }
    parts.push(table.toString());
  }
  return parts.join('\n');
}

/** Who takes part, how, and what each lacks. */
export function contestantTable(contestants: readonly ContestantReport[]): string {
  const table = new Table({
    head: ['contestant', 'how', 'lacks'],
    colWidths: [24, 66, 24],
    wordWrap: true,
    style: { head: ['cyan'], compact: true },
  });
  for (const { name, about, notes, lacks, absent } of contestants) {
    const how = absent === undefined ? [about, ...notes].join('; ') : `skipped: ${absent}`;
    table.push([name, how, lacks.join(', ')]);
  }
  return table.toString();
}

export function failureLines(failures: readonly Failure[]): string {
  return failures
    .map(({ contestant, scenario, reason }) => colors.red(`${contestant} failed in ${scenario}: ${reason}`))
    .join('\n');
}
