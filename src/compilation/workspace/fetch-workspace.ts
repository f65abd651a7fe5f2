/**
 * Workspaces on their way out of the cache: restored or exported, whole or not at all.
 */

import type { CacheManager } from '../../cache-manager.ts';
import { BlobStore } from '../content/blob-store.ts';
import { ContentReader, MissingContentError } from '../content/content-reader.ts';
import { ManifestError } from '../content/record.ts';
import { RestoreError } from '../content/restore-error.ts';
import { blobsIn, type TreeEntry } from '../content/tree.ts';
import { loadTree } from '../content/tree-record.ts';
import { type FetchedWorkspace, type FetchWorkspaceOptions, findWorkspace } from './workspace.ts';
import { WorkspaceError } from './workspace-error.ts';
import { type CheckedWorkspaceName, checkWorkspaceName, describeWorkspace } from './workspace-name.ts';

/** A tree that can be read, several times. */
export interface FetchableTree {
  readonly content: ContentReader;
  readonly files: number;
  readonly entries: () => AsyncGenerator<TreeEntry>;
}

/**
 * Looks up a workspace, or what may stand in for it, and has `use` do something with its tree.
 *
 * Whether all of it is there is looked at first: what was evicted should be missed before gigabytes are written.
 * @throws a {@link WorkspaceError} if `use` throws a {@link RestoreError}; what else it throws.
 */
export async function fetchWorkspace(
  cache: CacheManager,
  name: CheckedWorkspaceName,
  { fallback }: FetchWorkspaceOptions,
  use: (tree: FetchableTree) => Promise<void>,
): Promise<FetchedWorkspace> {
  const blobs = new BlobStore(cache);
  const reasons: string[] = [];
  for (const candidate of candidatesFor(name, fallback ?? false)) {
    const what = describeWorkspace(candidate);
    try {
      const found = await findWorkspace(cache, candidate);
      if (found === undefined) {
        reasons.push(`${what} is not in the cache`);
        continue;
      }
      const { workspace, record } = found;
      const content = new ContentReader(blobs);
      const entries = () => loadTree(record.tree, content);
      if (!(await blobs.hasAll(blobsOf(entries())))) throw new MissingContentError('a piece of content is gone');
      await use({ content, files: workspace.files, entries });
      return { outcome: 'hit', workspace };
    } catch (error) {
      if (error instanceof MissingContentError) {
        reasons.push(`${what} is no longer whole: part of it was evicted or is damaged`);
      } else if (error instanceof ManifestError) {
        reasons.push(`${what} is refused: ${error.message}`);
      } else if (error instanceof RestoreError) {
        throw new WorkspaceError(`${what} can't be put there: ${error.message}`, { cause: error });
      } else throw error;
    }
  }
  return { outcome: 'miss', reason: reasons.join('; ') };
}

function candidatesFor(name: CheckedWorkspaceName, fallback: boolean): CheckedWorkspaceName[] {
  const { repository, level } = name;
  return fallback && level === 'repo_branch' ? [name, checkWorkspaceName({ repository })] : [name];
}

async function* blobsOf(entries: AsyncIterable<TreeEntry>) {
  for await (const entry of entries) yield* blobsIn([entry]);
}
