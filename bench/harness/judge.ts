/** Whether the figures of a run reach the targets. */

import type { Check, Target } from '../targets.ts';
import type { ContestantReport } from './results.ts';
import { findSeries, ratioOf, type Series, type Subject } from './series.ts';

export type Verdict = 'reached' | 'missed' | 'not measured';

/** A comparison of a target, judged. */
export interface Judgement {
  readonly row: string;
  readonly label: string;
  /** The figure, in the unit of the target. */
  readonly figure?: number;
  /** What makes the figure: the worst peer, the worst scenario. */
  readonly detail?: string;
  readonly must: number;
  readonly aim?: number;
  /** Whether the figure must be at most or at least what the target says. */
  readonly bound: 'at most' | 'at least';
  readonly unit: string;
  readonly verdict: Verdict;
  readonly aimReached: boolean;
}

/** Judges all targets. */
export function judge(
  targets: readonly Target[],
  series: readonly Series[],
  contestants: readonly ContestantReport[],
): Judgement[] {
  return targets.flatMap(({ row, checks }) => checks.map((check) => judgeCheck(row, check, series, contestants)));
}

interface Finding {
  readonly figure: number;
  readonly detail?: string;
}

function unitOf(check: Check): string {
  if (check.kind === 'figure') return check.unit;
  return check.kind === 'difference' ? 'points' : '×';
}

function judgeCheck(
  row: string,
  check: Check,
  series: readonly Series[],
  contestants: readonly ContestantReport[],
): Judgement {
  const bound = check.kind === 'rate' || check.kind === 'every peer' ? 'at least' : 'at most';
  const aim = 'aim' in check ? check.aim : undefined;
  const { label, must } = check;
  const found = find(check, series, contestants);
  const judgement = {
    row,
    label,
    must,
    bound,
    unit: unitOf(check),
    ...(aim === undefined ? {} : { aim }),
  } as const;
  if (found === undefined) return { ...judgement, verdict: 'not measured', aimReached: false };
  const meets = (wanted: number): boolean => (bound === 'at most' ? found.figure <= wanted : found.figure >= wanted);
  return {
    ...judgement,
    figure: found.figure,
    ...(found.detail === undefined ? {} : { detail: found.detail }),
    verdict: meets(must) ? 'reached' : 'missed',
    aimReached: aim !== undefined && meets(aim),
  };
}

function find(check: Check, series: readonly Series[], contestants: readonly ContestantReport[]): Finding | undefined {
  switch (check.kind) {
    case 'ratio':
      return check.by === 'mean' ? compareMeans(series, check.of, check.to) : compare(series, check.of, check.to);
    case 'rate':
      return compare(series, check.of, check.to);
    case 'figure': {
      const found = findSeries(series, check.of);
      return found && { figure: found.median };
    }
    case 'every peer': {
      const ours = { ...check.measured, contestant: check.ours };
      const { without } = check;
      const peers = contestants.filter(({ kind, lacks, absent }) => {
        if (kind !== 'javascript' || absent !== undefined) return false;
        return without === undefined || !lacks.includes(without);
      });
      const ratios = peers.flatMap(({ name }) => {
        const found = compare(series, { ...check.measured, contestant: name }, ours);
        return found === undefined ? [] : [{ ...found, detail: name }];
      });
      return extreme(ratios, (one, other) => one.figure < other.figure);
    }
    case 'everywhere': {
      const ratios = series.flatMap((one) => {
        if (one.contestant !== check.ours || one.unit === 'ops/s') return [];
        const found = compare(series, one, { ...one, contestant: check.other });
        return found === undefined ? [] : [{ ...found, detail: `${one.operation}, ${one.size}` }];
      });
      return extreme(ratios, (one, other) => one.figure > other.figure);
    }
    case 'difference': {
      const differences = series.flatMap((one) => {
        if (one.scenario !== check.scenario || one.contestant !== check.ours) return [];
        const other = findSeries(series, { ...one, contestant: check.other });
        if (other === undefined) return [];
        return [{ figure: other.median - one.median, detail: one.operation }];
      });
      return extreme(differences, (one, other) => one.figure > other.figure);
    }
  }
}

function compare(series: readonly Series[], one: Subject, other: Subject): Finding | undefined {
  const first = findSeries(series, one);
  const second = findSeries(series, other);
  const figure = first && second && ratioOf(first, second);
  return figure === undefined ? undefined : { figure };
}

function compareMeans(series: readonly Series[], one: Subject, other: Subject): Finding | undefined {
  const first = findSeries(series, one);
  const second = findSeries(series, other);
  return first && second && { figure: first.mean / second.mean };
}

function extreme(
  findings: readonly Finding[],
  isWorse: (one: Finding, other: Finding) => boolean,
): Finding | undefined {
  let worst: Finding | undefined;
  for (const finding of findings) if (worst === undefined || isWorse(finding, worst)) worst = finding;
  return worst;
}
