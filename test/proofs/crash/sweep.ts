/**
 * Many points, a few at a time.
 */

import { availableParallelism } from 'node:os';
import { type FateKind, type Point, pointsOf, traceOperation } from './fates.ts';
import { type Result, type Seeds, scenarioOf, strike } from './strike.ts';

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
}

/** The points of one scenario. */
export function pointsToTry({ program, seeds, kinds, every, seed }: Sweep, scenario: string): Point[] {
  const root = seeds.copy(scenario);
  const points = pointsOf(scenario, traceOperation(program, scenario, root), kinds);
  seeds.drop(root);
  const step = every * (scenarioOf(scenario).oneOf ?? 1);
  return points.filter((_, position) => (position + seed) % step === 0);
}

/** Runs points, as many at a time as there are cores, up to four. */
export async function runPoints(
  { program, seeds }: Sweep,
  points: readonly Point[],
  visit: (result: Result) => void,
): Promise<void> {
  const left = [...points].reverse();
  const work = async () => {
    for (let point = left.pop(); point !== undefined; point = left.pop()) visit(await strike(program, seeds, point));
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
}
