/**
 * Goes through generated states and tells how many were lived in, and the first one that went wrong.
 *
 * Before each state it writes down which one it is, and a dot: whoever started it takes silence for a hang.
 */

import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { makeHistories } from './history.ts';
import { damagedStates, type Ground, journalStates, liveIn } from './state.ts';
import { Nursery } from './tag-image.ts';

const STATES_A_HISTORY = 40;

/** What the program is told. */
export interface StatesArguments {
  readonly root: string;
  /** Whether anything may have happened to any file, or only what a journal lets happen. */
  readonly after: 'damage' | 'power cut';
  readonly seed: number;
  readonly states: number;
  /** Whether to look for the simplest state that goes wrong in the same way. */
  readonly simplify: boolean;
}

/** What the program reports. */
export interface StatesReport {
  readonly states: number;
  /** What went wrong first. */
  readonly failure?: string;
}

async function main({ root, after, seed, states: count, simplify }: StatesArguments): Promise<StatesReport> {
  const nursery = await Nursery.make(root);
  const histories = await makeHistories(root, seed, Math.ceil(count / STATES_A_HISTORY));
  const ground: Ground = { root, histories, nursery };
  let lived = 0;
  const details = await fc.check(
    fc.asyncProperty(after === 'damage' ? damagedStates : journalStates, async (state) => {
      fs.writeFileSync(join(root, 'current'), JSON.stringify(state));
      process.stdout.write('.');
      await liveIn(state, ground);
      lived++;
    }),
    { seed, numRuns: count, endOnFailure: !simplify },
  );
  if (!details.failed) return { states: lived };
  const { errorInstance, counterexamplePath } = details;
  const reason = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : 'unknown';
  return {
    states: lived,
    failure: `seed ${seed}, path ${counterexamplePath}, state ${JSON.stringify(details.counterexample)}:\n${reason}`,
  };
}

main(JSON.parse(process.argv[2] ?? '{}')).then((report) => {
  fs.writeSync(1, `\n${JSON.stringify(report)}\n`);
  process.exit(0);
});
