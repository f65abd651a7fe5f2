/**
 * How a run went, in words and for scripts.
 */

import type { BuildResult, Explanation } from '../compilation/index.ts';
import type { CommandContext } from './context.ts';
import { formatAgo, formatCount, formatDuration, formatSize, printable } from './format.ts';

const MOST_CHANGES_SHOWN = 20;

/** What differs between the commands that run others. */
export interface ReportWords {
  /** What was restored or recorded: `file`. */
  readonly noun: string;
  /** What a run is called: `run`. */
  readonly run: string;
  /** Whose runs are compared: `this command in this folder`. */
  readonly subject: string;
  /** Whether the run was not to be a hit. */
  readonly isRefresh: boolean;
}

/** Tells how a run went: what changed since the last one, if that was asked for, and a closing line. */
export async function reportRun(context: CommandContext, result: BuildResult, words: ReportWords): Promise<void> {
  if (result.explanation !== undefined)
    await explain(context, result.explanation, words, words.isRefresh ? 'refresh' : result.outcome);
  const { green, yellow } = context.errorColors;
  const facts = [
    `${result.outcome === 'hit' ? green('HIT') : yellow('MISS')} ${formatCount(result.files, words.noun)}`,
    formatSize(result.bytes),
    `took ${formatDuration(result.elapsedMs)}`,
  ];
  if (result.outcome === 'hit') facts.push(`saved ${formatDuration(result.savedMs)}`);
  if (result.notStored !== undefined) facts.push(`not recorded: ${printable(result.notStored)}`);
  await context.tell(facts.join(', '));
}

async function explain(
  context: CommandContext,
  explanation: Explanation,
  { run, subject }: ReportWords,
  outcome: 'hit' | 'miss' | 'refresh',
): Promise<void> {
  const { lastRun, changes } = explanation;
  if (lastRun === undefined) return context.tell(`no earlier ${run} of ${subject} is on record`);
  const when = `the last ${run}, ${formatAgo(lastRun)}`;
  if (changes.length === 0) {
    const why = outcome !== 'miss' ? '' : '; it was not recorded, or its record expired or was evicted';
    return context.tell(`nothing changed since ${when}${why}`);
  }
  await context.tell(`changed since ${when}:`);
  for (const { kind, name, change } of changes.slice(0, MOST_CHANGES_SHOWN)) {
    await context.tellRaw(`  ${kind} ${printable(name)} ${change}\n`);
  }
  const more = changes.length - MOST_CHANGES_SHOWN;
  if (more > 0) await context.tellRaw(`  and ${more} more\n`);
}

/** What a script is told: names and units stay, members may be added. */
export function runAsJson(result: BuildResult): object {
  const { outcome, exitCode, files, bytes, elapsedMs, savedMs, explanation } = result;
  const reason = result.startFailure ?? result.notStored ?? null;
  return {
    outcome,
    exitCode,
    files,
    bytes,
    elapsedMs: Math.round(elapsedMs),
    savedMs: Math.round(savedMs),
    recorded: reason === null,
    reason,
    ...(explanation === undefined ? {} : { lastRun: explanation.lastRun ?? null, changes: explanation.changes }),
  };
}
