/**
 * Many points, a few at a time.
 */

import { availableParallelism } from 'node:os';
import { type FateKind, type Point, pointsOf, traceOperation } from './fates.ts';
import { type Result, type Seeds, scenarioOf, strike } from './strike.ts';

const MAX_TRIES = 3;

/** What is to be tried. */
export interface Sweep {
  /** The victim's bundled program. */
  readonly program: string;
  readonly seeds: Seeds;
  readonly kinds: readonly FateKind[];
  /** Only each so many-th point. */
  readonly every: number;
  /** Which of so many. */
  readonly seed: number;
  /** No more points of an operation than these. */
  readonly atMost?: number;
}

/** The points of one scenario. */
export function pointsToTry({ program, seeds, kinds, every, seed, atMost }: Sweep, scenario: string): Point[] {
  const { contested, oneOf = 1 } = scenarioOf(scenario);
  const root = seeds.copy(scenario);
  const points = pointsOf(scenario, contested, traceOperation(program, scenario, root), kinds);
  seeds.drop(root);
  const step = every * oneOf;
  const chosen = points.filter((_, position) => (position + seed) % step === 0);
  if (atMost === undefined || chosen.length <= atMost) return chosen;
  return Array.from({ length: atMost }, (_, count) => chosen[Math.floor((count * chosen.length) / atMost)]).filter(
    (point) => point !== undefined,
  );
}

/**
 * Runs points, as many at a time as there are cores, up to four.
 * @param visit is given each result; no more points are begun once it returns `false`.
 */
export async function runPoints(
  { program, seeds }: Sweep,
  points: readonly Point[],
  visit: (result: Result) => boolean,
): Promise<void> {
  const left = [...points].reverse();
  const work = async () => {
    for (let point = left.pop(); point !== undefined; point = left.pop()) {
      if (!visit(await strikeUntilMet(program, seeds, point))) left.length = 0;
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
}

/** Node opens now more, now fewer files of its own when it starts, so that another call than the one meant is struck. */
async function strikeUntilMet(program: string, seeds: Seeds, point: Point): Promise<Result> {
  let result = await strike(program, seeds, point);
  for (let tries = 1; tries < MAX_TRIES && !result.struck && result.wrong.length === 0; tries++) {
    result = await strike(program, seeds, point);
  }
  return result;
}
