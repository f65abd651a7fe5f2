/**
 * `show`: the tags of a root.
 */

import type { CommandContext } from '../context.ts';
import { formatSize } from '../format.ts';
import { existingTags, forEachTag, lookAtRoot, tellNoTags } from '../open-tags.ts';
import { formatTable } from '../table.ts';

/** One tag, as `--json` shows it. */
interface ShownTag {
  readonly tag: string;
  /** Live entries. */
  readonly entries: number;
  /** Disk space they take, in bytes. */
  readonly sizeBytes: number;
  /** The configured limit, in bytes. */
  readonly maxSizeBytes: number;
  /** Entries that `cleanup` would remove. */
  readonly expired: number;
}

/** Shows entries and sizes of all tags, or of one. */
export async function show(context: CommandContext, options: { readonly tag?: string }): Promise<number> {
  const root = lookAtRoot(context);
  const tags = options.tag === undefined ? root.tags : existingTags(context, options.tag);
  const shown: ShownTag[] = [];
  const exitCode = await forEachTag(context, tags, async (cache, tag) => {
    const { totalKeys, sizeBytes } = await cache.getStats();
    const { expired } = cache.planCleanup();
    shown.push({ tag, entries: totalKeys, sizeBytes, maxSizeBytes: cache.maxSizeBytes, expired: expired.length });
  });
  if (context.json) {
    await context.printJson(shown);
  } else if (tags.length === 0) {
    await tellNoTags(context);
  } else {
    await context.print(table(context, shown));
    await context.print(context.colors.dim(`\nroot ${root.path}\n`));
  }
  return exitCode;
}

function table({ colors }: CommandContext, tags: readonly ShownTag[]): string {
  const rows = tags.map(({ tag, entries, sizeBytes, maxSizeBytes, expired }) => [
    tag,
    String(entries),
    formatSize(sizeBytes),
    formatSize(maxSizeBytes),
    String(expired),
  ]);
  if (tags.length > 1) {
    const sum = (pick: (tag: ShownTag) => number) => tags.reduce((total, tag) => total + pick(tag), 0);
    const entries = String(sum((tag) => tag.entries));
    rows.push(['total', entries, formatSize(sum((tag) => tag.sizeBytes)), '', String(sum((tag) => tag.expired))]);
  }
  return formatTable(
    [
      { heading: 'TAG' },
      { heading: 'ENTRIES', align: 'right' },
      { heading: 'SIZE', align: 'right' },
      { heading: 'LIMIT', align: 'right' },
      { heading: 'EXPIRED', align: 'right' },
    ],
    rows,
    colors,
  );
}
