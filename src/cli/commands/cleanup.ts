/**
 * `cleanup`: what has expired, and what is over the limit.
 */

import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatCount, formatSize, printable } from '../format.ts';
import { existingTags, openTag } from '../open-tags.ts';

/** The options of `cleanup`. */
export interface CleanupOptions {
  readonly tag?: string;
  readonly maxSize?: number;
  readonly dryRun: boolean;
}

/** Cleans up one tag, or all. */
export async function cleanup(context: CommandContext, options: CleanupOptions): Promise<number> {
  const { dryRun } = options;
  const cleaned = [];
  for (const tag of existingTags(context, options.tag)) {
    await using cache = openTag(context, tag, { maxSizeBytes: options.maxSize });
    const before = await cache.getStats();
    const { expired, evicted } = cache.planCleanup();
    const removed = dryRun ? expired.length + evicted.length : await cache.cleanup();
    const freedBytes = dryRun ? null : Math.max(0, before.sizeBytes - (await cache.getStats()).sizeBytes);
    cleaned.push({ tag, expired, evicted, removed, freedBytes, dryRun });
    if (context.json) continue;
    if (dryRun) {
      for (const key of expired) await context.print(`would remove ${printable(key)} (expired)\n`);
      for (const key of evicted) await context.print(`would remove ${printable(key)} (least recently read)\n`);
    }
    const what = `${formatCount(removed, 'entry')} (${expired.length} expired, ${evicted.length} over the limit)`;
    const freed = freedBytes === null ? '' : `, ${formatSize(freedBytes)} freed`;
    await context.print(`${dryRun ? 'would remove' : 'removed'} ${what} of tag ${tag}${freed}\n`);
  }
  if (context.json) await context.printJson(cleaned);
  return EXIT.ok;
}
