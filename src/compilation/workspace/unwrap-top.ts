/**
 * Archives whose content lies in one folder, as those that are made of a repository's branch do.
 */

import { archiveError } from '../content/archive-error.ts';
import { isInnerLink } from '../content/inner-path.ts';
import type { TreeEntry } from '../content/tree.ts';

/** The one folder that all of `entries` lie in; `undefined` if there is none. */
export function topFolderOf(entries: readonly TreeEntry[]): string | undefined {
  const top = entries[0]?.path.split('/', 1)[0];
  if (top === undefined) return undefined;
  const isTop = ({ type, path }: TreeEntry) => path.startsWith(`${top}/`) || (type === 'folder' && path === top);
  return entries.every(isTop) ? top : undefined;
}

/**
 * `entries` without the folder `top` that all of them lie in.
 * @throws an {@link ArchiveError} if a link led out of that folder.
 */
export function withoutTop(archive: string, entries: readonly TreeEntry[], top: string): TreeEntry[] {
  return entries
    .filter(({ path }) => path !== top)
    .map((entry) => {
      const path = entry.path.slice(top.length + 1);
      if (entry.type === 'link' && !isInnerLink(path, entry.target)) {
        throw archiveError(archive, entry.path, `is a link to ${entry.target}, which leads out of ${top}`);
      }
      return { ...entry, path };
    });
}
