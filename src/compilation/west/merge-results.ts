/**
 * The results of several targets as one.
 */

import type { BuildResult } from '../build/build-session.ts';
import type { FingerprintChange } from '../build/fingerprint.ts';
import type { Explanation } from '../build/run-history.ts';

/** Puts results together; it is a hit if all are. */
export function mergeResults(results: readonly BuildResult[], elapsedMs: number): BuildResult {
  const sum = (numberOf: (result: BuildResult) => number) =>
    results.reduce((total, result) => total + numberOf(result), 0);
  return {
    outcome: results.every(({ outcome }) => outcome === 'hit') ? 'hit' : 'miss',
    exitCode: 0,
    signal: undefined,
    files: sum(({ files }) => files),
    bytes: sum(({ bytes }) => bytes),
    artifacts: results.flatMap(({ artifacts }) => artifacts),
    elapsedMs,
    savedMs: sum(({ savedMs }) => savedMs),
    notStored: results.find(({ notStored }) => notStored !== undefined)?.notStored,
    startFailure: undefined,
    explanation: mergeExplanations(results.flatMap(({ explanation }) => explanation ?? [])),
  };
}

function mergeExplanations(explanations: readonly Explanation[]): Explanation | undefined {
  if (explanations.length === 0) return undefined;
  const times = explanations.flatMap(({ lastRun }) => lastRun ?? []);
  const changes = new Map<string, FingerprintChange>();
  for (const change of explanations.flatMap((each) => each.changes)) {
    changes.set(`${change.kind} ${change.name}`, change);
  }
  const lastRun = times.length === 0 ? undefined : new Date(Math.max(...times.map(Number)));
  return { lastRun, changes: [...changes.values()] };
}
