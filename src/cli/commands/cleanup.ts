/**
 * `cleanup`: what has expired, and what is over the limit.
 */

import type { DiskCacheManager } from '../../disk/disk-cache-manager.ts';
import type { CommandContext } from '../context.ts';
import { formatCount, formatSize, printable } from '../format.ts';
import { existingTags, forEachTag, tellNoTags } from '../open-tags.ts';

/** The options of `cleanup`. */
export interface CleanupOptions {
  readonly tag?: string;
  readonly maxSize?: number;
  readonly dryRun?: boolean;
}

/** What was, or would be, removed of one tag, as `--json` shows it. */
interface CleanedTag {
  readonly tag: string;
  /** Keys whose time had run out. */
  readonly expired: readonly string[];
  /** Keys of the least recently read entries over the limit. */
  readonly evicted: readonly string[];
  /** Entries removed; other processes may have added to the two lists, or taken from them. */
  readonly removed: number;
  /** Disk space given back, in bytes; `null` for a dry run. */
  readonly freedBytes: number | null;
  readonly dryRun: boolean;
}

/** Cleans up one tag, or all. */
export async function cleanup(context: CommandContext, options: CleanupOptions): Promise<number> {
  const cleaned: CleanedTag[] = [];
  const tags = existingTags(context, options.tag);
  if (tags.length === 0) await tellNoTags(context);
  const exitCode = await forEachTag(
    context,
    tags,
    async (cache, tag) => {
      const one = await cleanTag(cache, tag, options.dryRun ?? false);
      cleaned.push(one);
      if (!context.json) await context.print(sentence(one));
    },
    { maxSizeBytes: options.maxSize },
  );
  if (context.json) await context.printJson(cleaned);
  return exitCode;
}

async function cleanTag(cache: DiskCacheManager, tag: string, dryRun: boolean): Promise<CleanedTag> {
  const before = await cache.getStats();
  const { expired, evicted } = cache.planCleanup();
  if (dryRun) return { tag, expired, evicted, removed: expired.length + evicted.length, freedBytes: null, dryRun };
  const removed = await cache.cleanup();
  const freedBytes = Math.max(0, before.sizeBytes - (await cache.getStats()).sizeBytes);
  return { tag, expired, evicted, removed, freedBytes, dryRun };
}

function sentence({ tag, expired, evicted, removed, freedBytes }: CleanedTag): string {
  const sum = `${formatCount(removed, 'entry')} (${expired.length} expired, ${evicted.length} over the limit) of tag ${tag}`;
  if (freedBytes !== null) return `removed ${sum}, ${formatSize(freedBytes)} freed\n`;
  const lines = [
    ...expired.map((key) => `would remove ${printable(key)} (expired)`),
    ...evicted.map((key) => `would remove ${printable(key)} (least recently read)`),
    `would remove ${sum}`,
  ];
  return `${lines.join('\n')}\n`;
}
