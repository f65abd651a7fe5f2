/**
 * `warm`: speaks for the warmer, which fills the caches.
 */

import { resolve } from 'node:path';
import { CompilationBuildCacheService, ZmkWestService } from '../../compilation/index.ts';
import { configuredTtls } from '../../config.ts';
import { LayoutService } from '../../layout/index.ts';
import { CacheWarmer, compilationTasks, layoutTasks, type WarmingReport } from '../../warming/index.ts';
import type { CommandContext } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { formatCount, formatDuration, printable } from '../format.ts';
import { interruptible } from '../interrupts.ts';
import { openCache } from '../open-cache.ts';
import { withProgress } from '../progress.ts';
import { readWarmingPlan } from '../warming-plan.ts';

/** The options of `warm`. */
export interface WarmOptions {
  readonly concurrency?: number;
}

/** Warms what a plan names. @returns 1 if something failed. */
export async function warm(context: CommandContext, file: string, { concurrency }: WarmOptions): Promise<number> {
  const { io } = context;
  const plan = await readWarmingPlan(resolve(io.cwd, file), io.env);
  const warmer = new CacheWarmer({ concurrency });
  const [compilation, layout] = [await openCache(context, 'compilation'), await openCache(context, 'layout')];
  try {
    const missing = compilation.missing ?? layout.missing;
    if (missing !== undefined) throw new CliError(`there is nothing to be warmed: ${missing}`);
    const ttls = configuredTtls(context.config);
    const west = new ZmkWestService(new CompilationBuildCacheService(compilation.cache), {
      ttl: ttls.firmwareBuild,
      historyTtl: ttls.firmwareMetadata,
    });
    const layouts = new LayoutService(layout.cache, { ttls });
    const tasks = [...layoutTasks(layouts, plan.layouts), ...compilationTasks(west, plan.profiles)];
    return await interruptible(
      async (signal) => {
        const report = await withProgress(context, 'warming', (tellProgress) =>
          warmer.warm(tasks, {
            signal,
            onProgress: ({ done, total, name }) => tellProgress(done / total, printable(name)),
          }),
        );
        await tell(context, report);
        signal.throwIfAborted();
        return report.failed.length === 0 ? EXIT.ok : EXIT.failure;
      },
      () => context.tell('interrupted; what was warmed stays'),
    );
  } finally {
    await compilation.cache.close();
    await layout.cache.close();
  }
}

async function tell(context: CommandContext, report: WarmingReport): Promise<void> {
  const { warmed, skipped, failed, unfinished, elapsedMs } = report;
  const failures = failed.map(({ name, error }) => ({
    name,
    error: error instanceof Error ? error.message : String(error),
  }));
  if (context.json) {
    await context.printJson({ warmed, skipped, failed: failures, unfinished, elapsedMs: Math.round(elapsedMs) });
    return;
  }
  const lines = [
    ...warmed.map((name) => `warmed ${name}`),
    ...skipped.map((name) => `skipped ${name}`),
    ...unfinished.map((name) => `unfinished ${name}`),
  ];
  await context.print(lines.map((line) => `${printable(line)}\n`).join(''));
  for (const { name, error } of failures) await context.tell(printable(`${name} failed: ${error}`));
  const figures = [`warmed ${warmed.length}`, `skipped ${skipped.length}`, `failed ${failed.length}`];
  const took = formatDuration(elapsedMs);
  await context.tell(`${figures.join(', ')} of ${formatCount(tasksIn(report), 'task')}, took ${took}`);
}

function tasksIn({ warmed, skipped, failed, unfinished }: WarmingReport): number {
  return warmed.length + skipped.length + failed.length + unfinished.length;
}
