/** The targets and what became of them, in the terminal. */

import Table from 'cli-table3';
import colors from 'picocolors';
import type { Judgement } from '../harness/judge.ts';
import { formatNumber } from './format.ts';

/** A row of a table of targets, as text. */
export interface TargetLine {
  readonly row: string;
  readonly label: string;
  readonly figure: string;
  readonly must: string;
  readonly aim: string;
  readonly verdict: string;
}

export function targetLines(judgements: readonly Judgement[]): TargetLine[] {
  return judgements.map(({ row, label, figure, detail, must, aim, bound, unit, verdict, aimReached }) => {
    const sign = bound === 'at most' ? '≤' : '≥';
    const shown = (value: number): string => `${value < 10 ? value.toFixed(2) : formatNumber(value)} ${unit}`;
    const text = figure === undefined ? '–' : shown(figure);
    return {
      row,
      label,
      figure: detail === undefined ? text : `${text} (${detail})`,
      must: `${sign} ${shown(must)}`,
      aim: aim === undefined ? '' : `${sign} ${shown(aim)}`,
      verdict: aimReached ? 'reached, aim too' : verdict,
    };
  });
}

export function targetTable(judgements: readonly Judgement[]): string {
  const table = new Table({
    head: ['target', 'measured', 'figure', 'must', 'aim', ''],
    style: { head: ['cyan'], compact: true },
  });
  for (const { row, label, figure, must, aim, verdict } of targetLines(judgements)) {
    const paint = verdict === 'missed' ? colors.red : verdict === 'not measured' ? colors.dim : colors.green;
    table.push([row, label, figure, must, aim, paint(verdict)]);
  }
  return table.toString();
}
