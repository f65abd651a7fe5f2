/** All scenarios, in the order in which they run: what deletes much comes last, since file systems are slow after that. */

import type { Scenario } from '../harness/scenario.ts';
import { batch } from './batch.ts';
import { churn } from './churn.ts';
import { firstUse, imports } from './cold-start.ts';
import { durability } from './durability.ts';
import { eventLoop } from './event-loop.ts';
import { getAgain, getFirstInASecond, getFromDisk } from './get.ts';
import { hitRatio } from './hit-ratio.ts';
import { lookup } from './lookup.ts';
import { mixed } from './mixed.ts';
import { deletion, overwrite } from './overwrite.ts';
import { processes } from './processes.ts';
import { scale } from './scale.ts';
import { setNew, setWithTtl } from './set.ts';

export const scenarios: readonly Scenario[] = [
  durability,
  imports,
  setNew,
  setWithTtl,
  getFromDisk,
  getFirstInASecond,
  getAgain,
  lookup,
  batch,
  processes,
  firstUse,
  eventLoop,
  mixed,
  overwrite,
  churn,
  deletion,
  scale,
  hitRatio,
];
