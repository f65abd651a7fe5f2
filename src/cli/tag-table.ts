/**
 * Tags as `show` shows them, once or again and again.
 */

import type { DiskCacheManager } from '../disk/disk-cache-manager.ts';
import type { CommandContext } from './context.ts';
import { formatSize } from './format.ts';
import { formatTable } from './table.ts';

/** One tag, as `--json` shows it. */
export interface ShownTag {
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

/** What changed of a tag since it was last looked at. */
export interface TagChange {
  readonly entries: number;
  readonly sizeBytes: number;
}

/** Looks at a tag. */
export async function lookAtTag(cache: DiskCacheManager, tag: string): Promise<ShownTag> {
  const { totalKeys, sizeBytes } = await cache.getStats();
  const { expired } = cache.planCleanup();
  return { tag, entries: totalKeys, sizeBytes, maxSizeBytes: cache.maxSizeBytes, expired: expired.length };
}

/**
 * A table of tags, with their sum where there are several.
 * @param changes for each tag, what changed; gives two more columns.
 */
export function formatTags(
  { colors }: CommandContext,
  tags: readonly ShownTag[],
  changes?: readonly (TagChange | null)[],
): string {
  const rows = tags.map((tag, place) => [...cellsOf(tag), ...changeCells(changes, changes?.[place])]);
  if (tags.length > 1) {
    const sum = (pick: (tag: ShownTag) => number) => tags.reduce((total, tag) => total + pick(tag), 0);
    rows.push([
      'total',
      String(sum((tag) => tag.entries)),
      formatSize(sum((tag) => tag.sizeBytes)),
      '',
      String(sum((tag) => tag.expired)),
    ]);
  }
  const headings = ['ENTRIES', 'SIZE', 'LIMIT', 'EXPIRED', ...(changes === undefined ? [] : ['±ENTRIES', '±SIZE'])];
  const columns = headings.map((heading) => ({ heading, align: 'right' as const }));
  return formatTable([{ heading: 'TAG' }, ...columns], rows, colors);
}

function cellsOf({ tag, entries, sizeBytes, maxSizeBytes, expired }: ShownTag): string[] {
  return [tag, String(entries), formatSize(sizeBytes), formatSize(maxSizeBytes), String(expired)];
}

function changeCells(changes: unknown, change: TagChange | null | undefined): string[] {
  if (changes === undefined) return [];
  if (!change) return ['', ''];
  return [signed(change.entries, String), signed(change.sizeBytes, formatSize)];
}

function signed(amount: number, format: (amount: number) => string): string {
  if (amount === 0) return '';
  return `${amount > 0 ? '+' : '-'}${format(Math.abs(amount))}`;
}
