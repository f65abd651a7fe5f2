/**
 * The record of a workspace: what it is called, what it holds, and the pieces of the list of its files.
 *
 * It is written after everything it refers to, and read as something a stranger may have written.
 */

import { CacheKey } from '../../cache-key.ts';
import type { BlobRef } from '../content/blob-store.ts';
import { count, list, ManifestError, members } from '../content/record.ts';
import { parseBlobs } from '../content/tree.ts';
import { isWorkspaceComponent, type WorkspaceComponent } from './workspace-components.ts';
import { type CheckedWorkspaceName, checkWorkspaceName } from './workspace-name.ts';

/** What is kept of a workspace beside its content. */
export interface WorkspaceRecord {
  readonly version: 1;
  readonly repository: string;
  readonly branch: string | null;
  readonly components: readonly WorkspaceComponent[];
  /** How many files it has. */
  readonly files: number;
  /** Their length, in bytes. */
  readonly bytes: number;
  /** The pieces of the list of its entries. */
  readonly tree: readonly BlobRef[];
}

const NAMESPACE = 'workspace';

/** The key of a workspace. */
export function workspaceKey({ level, repository, branch }: CheckedWorkspaceName): CacheKey {
  return CacheKey.fromParts(NAMESPACE, level, repository, branch);
}

/** The workspace that a key of the cache is for; `undefined` if it is for something else. */
export function workspaceOfKey(key: string): CheckedWorkspaceName | undefined {
  if (!key.startsWith(`${NAMESPACE}:`)) return undefined;
  try {
    const { identifier, version } = CacheKey.fromString(key);
    const name = checkWorkspaceName({ repository: identifier, branch: version });
    return workspaceKey(name).toString() === key ? name : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Checks that `value` is the record of the workspace `name`.
 * @throws a {@link ManifestError} if it isn't.
 */
export function parseWorkspaceRecord(value: unknown, name: CheckedWorkspaceName): WorkspaceRecord {
  const { version, repository, branch, components, files, bytes, tree } = members(value, 'the record');
  if (version !== 1) throw new ManifestError(`its version is ${JSON.stringify(version)}, not 1`);
  if (repository !== name.repository || branch !== (name.branch ?? null)) {
    throw new ManifestError('it is the record of another workspace');
  }
  return {
    version,
    repository: name.repository,
    branch: name.branch ?? null,
    components: list(components, 'components').filter(isWorkspaceComponent),
    files: count(files, 'files'),
    bytes: count(bytes, 'bytes'),
    tree: parseBlobs(tree),
  };
}
