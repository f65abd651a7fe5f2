/**
 * `clear`: all entries.
 */

import type { CommandContext } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { formatCount, formatSize } from '../format.ts';
import { existingTags, forEachTag, tellNoTags } from '../open-tags.ts';

/** Clears the tag that was named, or all if that was said. */
export async function clear(
  context: CommandContext,
  options: { readonly tag?: string; readonly all?: boolean; readonly dryRun?: boolean },
): Promise<number> {
  if (options.tag === undefined && !options.all) {
    throw new CliError('nothing to clear was named; give --tag, or --all for every tag of the root', EXIT.usage);
  }
  const { dryRun = false } = options;
  const cleared: { tag: string; entries: number; sizeBytes: number; dryRun: boolean }[] = [];
  const tags = existingTags(context, options.tag);
  if (tags.length === 0) await tellNoTags(context);
  const exitCode = await forEachTag(context, tags, async (cache, tag) => {
    const { totalKeys: entries, sizeBytes } = await cache.getStats();
    if (!dryRun) await cache.clear();
    cleared.push({ tag, entries, sizeBytes, dryRun });
    if (context.json) return;
    const verb = dryRun ? 'would clear' : 'cleared';
    await context.print(`${verb} ${formatCount(entries, 'entry')} (${formatSize(sizeBytes)}) of tag ${tag}\n`);
  });
  if (context.json) await context.printJson(cleared);
  return exitCode;
}
