/** All scenarios, in the order in which they run: what deletes much comes last, since file systems are slow after that. */

import type { Scenario } from '../harness/scenario.ts';
import { batch } from './batch.ts';
import { churn } from './churn.ts';
import { getAgain, getFirstInASecond, getFromDisk } from './get.ts';
import { lookup } from './lookup.ts';
import { mixed } from './mixed.ts';
import { deletion, overwrite } from './overwrite.ts';
import { setNew, setWithTtl } from './set.ts';

export const scenarios: readonly Scenario[] = [
  setNew,
  setWithTtl,
  getFromDisk,
  getFirstInASecond,
  getAgain,
  lookup,
  mixed,
  batch,
  overwrite,
  churn,
  deletion,
];
