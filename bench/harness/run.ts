/** Runs scenarios with contestants and gathers the results. */

import * as fs from 'node:fs';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import type { Contestant } from './contestant.ts';
import type { Effort } from './effort.ts';
import { describeMachine } from './machine.ts';
import type { ContestantReport, Failure, Results } from './results.ts';
import type { Bench, Entrant, Scenario } from './scenario.ts';
import type { Series } from './series.ts';

export interface RunPlan {
  readonly contestants: readonly Contestant[];
  readonly scenarios: readonly Scenario[];
  readonly effort: Effort;
  /** Where folders are made: the file system that is measured. */
  readonly place: string;
  /** Leave what was written: file systems are slow for minutes after so much is deleted. */
  readonly keep?: boolean;
  readonly progress: (text: string) => void;
  /** Told of what a reader of the figures must know. */
  readonly warn: (text: string) => void;
  /** Told once a scenario is over. */
  readonly finished?: (scenario: Scenario, series: readonly Series[]) => void;
}

/** Loads the contestants and runs the scenarios. Folders are removed at the very end, whatever happens. */
export async function run(plan: RunPlan): Promise<Results> {
  const started = performance.now();
  fs.mkdirSync(plan.place, { recursive: true });
  const folder = fs.mkdtempSync(join(plan.place, 'glovebox-cache-bench-'));
  const cleanUp = (): void => {
    if (plan.keep) plan.warn(`left in ${folder}`);
    else {
      plan.progress('removing what was written');
      fs.rmSync(folder, { recursive: true, force: true });
    }
  };
  const interrupted = (): void => {
    cleanUp();
    process.exit(INTERRUPTED);
  };
  process.once('SIGINT', interrupted);
  const series: Series[] = [];
  const failures: Failure[] = [];
  try {
    const { entrants, reports } = await load(plan.contestants);
    const createMicroseconds = priceOfCreating(folder);
    if (createMicroseconds > SLOW_CREATE) plan.warn(slowWarning(createMicroseconds));
    let folders = 0;
    const bench: Bench = {
      entrants,
      effort: plan.effort,
      freshFolder: (name) => {
        const fresh = join(folder, `${folders++}-${name.replaceAll(/[^a-z0-9]+/gi, '-')}`);
        fs.mkdirSync(fresh);
        return fresh;
      },
      progress: plan.progress,
      record: (measured) => {
        if (measured !== undefined) series.push(measured);
      },
      fail: (contestant, scenario, error) => {
        failures.push({ contestant, scenario, reason: error instanceof Error ? error.message : String(error) });
      },
    };
    for (const scenario of plan.scenarios) {
      const before = series.length;
      await scenario.run(bench);
      plan.finished?.(scenario, series.slice(before));
    }
    return {
      machine: { ...describeMachine(folder), createMicroseconds },
      date: new Date().toISOString(),
      rounds: plan.effort.rounds,
      seconds: Math.round((performance.now() - started) / 1000),
      contestants: reports,
      failures,
      series,
    };
  } finally {
    process.off('SIGINT', interrupted);
    cleanUp();
  }
}

/** What a shell says of a program that was interrupted. */
const INTERRUPTED = 130;

/** Creating a small file takes longer than this, in microseconds, where something is wrong. */
const SLOW_CREATE = 90;
const CREATED = 300;

/** What creating a small file costs here now: the median, in microseconds. */
function priceOfCreating(folder: string): number {
  const place = join(folder, 'created');
  fs.mkdirSync(place);
  const times = Array.from({ length: CREATED }, (_, number) => {
    const started = performance.now();
    fs.writeFileSync(join(place, `${number}`), 'small');
    return (performance.now() - started) * 1000;
  });
  return Math.round(median(times));
}

function slowWarning(microseconds: number): string {
  return `creating a small file takes ${microseconds} µs here. Either the machine is busy, or many files were deleted within the last minutes, which makes some file systems slow to create others: what writes files looks worse now than it is. bench/README.md says what to do.`;
}

async function load(contestants: readonly Contestant[]): Promise<{ entrants: Entrant[]; reports: ContestantReport[] }> {
  const entrants: Entrant[] = [];
  const reports: ContestantReport[] = [];
  for (const contestant of contestants) {
    const { name, kind, about, lacks, notes = [] } = contestant;
    const report = { name, kind, about, lacks, notes };
    try {
      entrants.push({ ...contestant, open: await contestant.load() });
      reports.push(report);
    } catch (error) {
      const [reason = 'it could not be loaded'] = (error instanceof Error ? error.message : String(error)).split('\n');
      reports.push({ ...report, absent: reason });
    }
  }
  return { entrants, reports };
}
