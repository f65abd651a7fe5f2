/** Runs of the benchmark that take little time and measure nothing to speak of. */

import { tmpdir } from 'node:os';
import type { Effort } from '../../../bench/harness/effort.ts';
import type { RunPlan } from '../../../bench/harness/run.ts';

const TINY: Effort = {
  rounds: 3,
  sizes: [1024],
  turnMs: 20,
  prepareMs: 20,
  warmUp: 30,
  capacity: 60,
  freshProcesses: 1,
  processRounds: 1,
  processMs: 20,
  serverRounds: 1,
  serverMs: 200,
  entries: [100, 300],
  accesses: 700,
};

/** The plan of such a run; what is given counts, the rest is tiny. */
export function tinyRun({
  effort = {},
  ...plan
}: Pick<RunPlan, 'contestants' | 'scenarios'> & { readonly effort?: Partial<Effort> }): RunPlan {
  return { place: tmpdir(), progress: () => {}, warn: () => {}, ...plan, effort: { ...TINY, ...effort } };
}
