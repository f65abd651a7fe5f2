/** In a child process: opens the store of a contestant by its name. */

import { contestants } from '../contestants/index.ts';
import type { OpenStore } from '../harness/contestant.ts';

/** Loads a contestant; opening its store comes next. */
export async function loadContestant(name: string): Promise<OpenStore> {
  const contestant = contestants.find((candidate) => candidate.name === name);
  if (contestant === undefined) throw new Error(`there is no contestant ${name}`);
  return contestant.load();
}
