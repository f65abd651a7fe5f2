/**
 * Filling caches ahead of need.
 */

import { inspect } from 'node:util';
import pLimit from 'p-limit';
import { CacheArgumentError } from '../errors.ts';
import type { WarmingOutcome, WarmingProgress, WarmingReport, WarmingTask } from './warming-task.ts';

/** Options of a {@link CacheWarmer}. */
export interface CacheWarmerOptions {
  /**
   * The most tasks that run at once. Builds mostly use all processors by themselves, so more than a few only compete.
   * @default 2
   */
  readonly concurrency?: number | undefined;
}

/** Options of {@link CacheWarmer.warm}. */
export interface WarmingOptions {
  /** Ends it: what runs is told, what has not begun is left. The report says what that was; nothing is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each task. */
  readonly onProgress?: ((progress: WarmingProgress) => void) | undefined;
}

const DEFAULT_CONCURRENCY = 2;

/** How one task ended; `unfinished` if the signal came first. */
type Ending =
  | { readonly outcome: Exclude<WarmingOutcome, 'failed'> | 'unfinished' }
  | { readonly outcome: 'failed'; readonly error: unknown };

/**
 * Runs tasks that fill caches: leaves alone what is there, runs a bounded number at once, goes on when one fails.
 *
 * ```ts
 * const warmer = new CacheWarmer({ concurrency: 4 });
 * const report = await warmer.warm(layoutTasks(layouts, ['home.json', 'work.json']));
 * ```
 */
export class CacheWarmer {
  readonly #concurrency: number;

  /** @throws a {@link CacheArgumentError} if `concurrency` is not a whole number from 1. */
  constructor({ concurrency = DEFAULT_CONCURRENCY }: CacheWarmerOptions = {}) {
    if (!Number.isInteger(concurrency) || concurrency < 1) {
      throw new CacheArgumentError(`concurrency must be a whole number from 1, got ${inspect(concurrency)}`);
    }
    this.#concurrency = concurrency;
  }

  /**
   * Runs `tasks`. A task that fails is reported; so is one whose result the cache did not keep.
   * @throws what `onProgress` throws, once the tasks that were running have ended.
   */
  async warm(tasks: Iterable<WarmingTask>, { signal, onProgress }: WarmingOptions = {}): Promise<WarmingReport> {
    const begun = performance.now();
    const all = [...tasks];
    const stop = new AbortController();
    const onAbort = () => stop.abort(signal?.reason);
    const limit = pLimit(this.#concurrency);
    const complaints: unknown[] = [];
    let done = 0;
    const tell = (name: string, outcome: WarmingOutcome) => {
      done++;
      try {
        onProgress?.({ done, total: all.length, name, outcome });
      } catch (error) {
        complaints.push(error);
        stop.abort(error);
      }
    };
    const run = async (task: WarmingTask) => {
      const ending = await end(task, stop.signal);
      if (ending.outcome !== 'unfinished') tell(task.name, ending.outcome);
      return ending;
    };
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort);
    try {
      const endings = await Promise.all(all.map((task) => limit(run, task)));
      if (complaints.length > 0) throw complaints[0];
      return report(all, endings, performance.now() - begun);
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }
}

async function end(task: WarmingTask, signal: AbortSignal): Promise<Ending> {
  try {
    if (signal.aborted) return { outcome: 'unfinished' };
    if (await task.isWarm()) return { outcome: 'skipped' };
    if (signal.aborted) return { outcome: 'unfinished' };
    await task.warm(signal);
    if (await task.isWarm()) return { outcome: 'warmed' };
    throw new Error('the cache did not keep it: it is switched off, or its limit is too small');
  } catch (error) {
    return signal.aborted ? { outcome: 'unfinished' } : { outcome: 'failed', error };
  }
}

function report(tasks: readonly WarmingTask[], endings: readonly Ending[], elapsedMs: number): WarmingReport {
  const ended = tasks.map(({ name }, index) => ({ name, ending: endings[index] }));
  const names = (outcome: Ending['outcome']) =>
    ended.filter(({ ending }) => ending?.outcome === outcome).map(({ name }) => name);
  const unfinished = names('unfinished');
  return {
    warmed: names('warmed'),
    skipped: names('skipped'),
    failed: ended.flatMap(({ name, ending }) => (ending?.outcome === 'failed' ? { name, error: ending.error } : [])),
    unfinished,
    aborted: unfinished.length > 0,
    elapsedMs,
  };
}
