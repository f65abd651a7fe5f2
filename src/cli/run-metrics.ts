/**
 * What a command that runs others tells the metrics, with `--metrics`: a session for `report` to find.
 */

import type { CacheManager } from '../cache-manager.ts';
import type { BuildResult } from '../compilation/index.ts';
import { configuredTtls } from '../config.ts';
import { CacheError } from '../errors.ts';
import type { CommandContext } from './context.ts';
import { openCache } from './open-cache.ts';

/** The metrics of one run. */
export interface RunMetrics {
  /** The cache, observed. */
  observe(cache: CacheManager): CacheManager;
  /** Tells how the run went. */
  note(result: BuildResult): void;
  /** Stores the session. That it can't be stored is told, no more: the run was done. */
  end(): Promise<void>;
}

const NONE: RunMetrics = { observe: (cache) => cache, note: () => {}, end: async () => {} };

/**
 * Begins to measure.
 * @param command the command that runs, such as `exec`.
 * @param tag the tag of the cache that is observed.
 */
export async function startRunMetrics(
  context: CommandContext,
  command: string,
  { metrics, tag }: { readonly metrics?: boolean; readonly tag: string },
): Promise<RunMetrics> {
  if (metrics !== true) return NONE;
  const { MetricsService } = await import('../metrics/index.ts');
  const { cache, missing } = await openCache(context, 'metrics');
  const service = new MetricsService(cache, { ttl: configuredTtls(context.config).session });
  const session = service.startSession({ metadata: { command } });
  const runs = session.counter('runs', { labelNames: ['outcome'], help: 'Runs that were replayed, or not.' });
  const took = session.timer('run_seconds', { help: 'How long runs and replays took.' });
  const saved = session.timer('saved_seconds', { help: 'How much longer the recorded run took than its replay.' });
  return {
    observe: (observed) => session.observeCache(observed, { tag }),
    note: ({ outcome, elapsedMs, savedMs }) => {
      runs.labels({ outcome }).inc();
      took.observe(elapsedMs / 1000);
      if (outcome === 'hit') saved.observe(savedMs / 1000);
    },
    end: async () => {
      try {
        await session.end();
        if (missing !== undefined) await context.tell(`the metrics were not stored: ${missing}`);
      } catch (error) {
        if (!(error instanceof CacheError)) throw error;
        await context.tell(`the metrics were not stored: ${error.message}`);
      } finally {
        await cache.close();
      }
    },
  };
}
