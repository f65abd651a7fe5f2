/**
 * What is told of a workspace, and what can be asked for with one.
 */

import type { CacheManager } from '../../cache-manager.ts';
import type { ArchiveFormat } from '../content/archive-format.ts';
import type { ProgressOptions } from '../content/progress.ts';
import { ManifestError } from '../content/record.ts';
import type { WorkspaceComponent } from './workspace-components.ts';
import type { CheckedWorkspaceName, WorkspaceLevel } from './workspace-name.ts';
import { parseWorkspaceRecord, type WorkspaceRecord, workspaceKey } from './workspace-record.ts';

/** A workspace in the cache. */
export interface Workspace {
  /** `owner/name`, or `host/path` for a repository that is not on GitHub. */
  readonly repository: string;
  /** `undefined` at level `repo`. */
  readonly branch: string | undefined;
  readonly level: WorkspaceLevel;
  readonly components: readonly WorkspaceComponent[];
  readonly files: number;
  /** The length of its files, in bytes. What it shares with others takes room once. */
  readonly bytes: number;
  /** When it was added. */
  readonly created: Date;
  readonly ageSeconds: number;
  /** When it expires; `undefined` if it doesn't. */
  readonly expires: Date | undefined;
}

/** Options of adding a workspace. */
export interface AddWorkspaceOptions extends ProgressOptions {
  /**
   * Time to live in seconds; a positive finite number.
   * @default what {@link WorkspaceTtls} say for what it holds
   */
  readonly ttl?: number | undefined;
  /**
   * Glob patterns of what to leave out, relative to the folder or to the top of the archive, such as `.venv` or
   * `**\/.git`; a folder stands for all that is in it.
   * @default none
   */
  readonly exclude?: readonly string[] | undefined;
  /** Called with what the user should know: which folders were left out because they are marked as caches. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** Options of adding a workspace from an archive. */
export interface AddArchiveOptions extends AddWorkspaceOptions {
  /**
   * The most that may be in the archive when it is unpacked, in bytes. Small archives can be made that fill any disk.
   * @default 50 times the size of the archive, and at least 1 GiB
   */
  readonly maxUnpackedBytes?: number | undefined;
}

/** What restoring and exporting have in common. */
export interface FetchWorkspaceOptions extends ProgressOptions {
  /**
   * Take the workspace of level `repo` if that of the branch isn't there.
   * @default false
   */
  readonly fallback?: boolean | undefined;
  /**
   * Take the place of what is there. A folder must hold a workspace.
   * @default false
   */
  readonly replace?: boolean | undefined;
}

/** Options of exporting a workspace. */
export interface ExportWorkspaceOptions extends FetchWorkspaceOptions {
  /** @default what the name of the file ends with */
  readonly format?: ArchiveFormat | undefined;
}

/** How restoring or exporting went. */
export type FetchedWorkspace =
  | { readonly outcome: 'hit'; readonly workspace: Workspace }
  /** It isn't there (any more), or not all of it. `reason` says so in a sentence. Nothing was changed. */
  | { readonly outcome: 'miss'; readonly reason: string };

/** Options of cleaning up. */
export interface CleanupWorkspacesOptions {
  /** Remove workspaces that were added longer ago than this, in seconds. */
  readonly olderThan: number;
  /**
   * Only tell what would be removed.
   * @default false
   */
  readonly dryRun?: boolean | undefined;
}

/** A workspace as it was found: what is told of it, and its record. */
export interface FoundWorkspace {
  readonly workspace: Workspace;
  readonly record: WorkspaceRecord;
}

/**
 * Looks a workspace up.
 * @returns `undefined` if there is none.
 * @throws a {@link ManifestError} if what is there is no record of it.
 */
export async function findWorkspace(
  cache: CacheManager,
  name: CheckedWorkspaceName,
): Promise<FoundWorkspace | undefined> {
  const key = workspaceKey(name);
  const metadata = await cache.getMetadata(key);
  const value = metadata === undefined ? undefined : await cache.get(key);
  if (metadata === undefined || value === undefined) return undefined;
  const record = parseWorkspaceRecord(value, name);
  const { components, files, bytes } = record;
  const { created, ageSeconds, ttl } = metadata;
  const expires = ttl === undefined ? undefined : new Date(created.getTime() + ttl * 1000);
  return { workspace: { ...name, components, files, bytes, created, ageSeconds, expires }, record };
}

/** {@link findWorkspace}, where a record that can't be used is as good as none. */
export async function findUsableWorkspace(
  cache: CacheManager,
  name: CheckedWorkspaceName,
): Promise<FoundWorkspace | undefined> {
  try {
    return await findWorkspace(cache, name);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return undefined;
  }
}
