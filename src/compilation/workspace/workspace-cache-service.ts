/**
 * The workspace cache: firmware workspaces, kept so that they need not be fetched again.
 */

import { existsSync, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CacheManager } from '../../cache-manager.ts';
import { CacheArgumentError } from '../../errors.ts';
import { positive } from '../../guards.ts';
import { resolveTtls } from '../../ttls.ts';
import { ARCHIVE_FORMATS, formatOfName } from '../content/archive-format.ts';
import { restoreTree } from '../content/restore-tree.ts';
import { addArchive, addFolder } from './add-workspace.ts';
import { fetchWorkspace } from './fetch-workspace.ts';
import {
  type AddArchiveOptions,
  type AddWorkspaceOptions,
  type CleanupWorkspacesOptions,
  type ExportWorkspaceOptions,
  type FetchedWorkspace,
  type FetchWorkspaceOptions,
  findUsableWorkspace,
  type Workspace,
} from './workspace.ts';
import { WorkspaceError } from './workspace-error.ts';
import { checkWorkspaceName, describeWorkspace, type WorkspaceName } from './workspace-name.ts';
import { workspaceKey, workspaceOfKey } from './workspace-record.ts';
import type { WorkspaceTtls } from './workspace-ttl.ts';

/** Options of a {@link ZmkWorkspaceCacheService}. */
export interface WorkspaceCacheOptions {
  /**
   * How long workspaces are kept, in seconds, by what they hold.
   * @default TTL_DEFAULTS, also for each level that is not given
   */
  readonly ttls?: Partial<WorkspaceTtls> | undefined;
}

/**
 * Keeps ZMK workspaces, as west makes them, for a repository (level `repo`) or one branch of it (`repo_branch`).
 *
 * - Files are kept by their content: what two workspaces have in common takes room once.
 * - A workspace appears whole or not at all, in the cache as well as in a folder. One of the same name stays until the
 *   new one is there.
 * - Kept are files and folders with their permissions, the times of files, links that stay inside. Nothing is ever
 *   written outside the folder that a workspace is restored into, whatever an archive or the cache says.
 * - What is evicted may be a part of a workspace; then it is a miss, as if all of it were gone.
 * - Removing a workspace removes its record. Content is left to its time to live (half as long again as the longest
 *   of its level, and an hour) and to eviction: whether nobody is just about to use it, a cache can't know.
 *
 * Memory: a few hundred bytes for each file while a workspace is added, and some pieces of at most 16 MiB.
 */
export class ZmkWorkspaceCacheService {
  readonly #cache: CacheManager;
  readonly #ttls: WorkspaceTtls;

  /**
   * @param cache where workspaces are kept; stays the caller's to close.
   * @throws a {@link CacheArgumentError} if a time to live is wrong.
   */
  constructor(cache: CacheManager, options: WorkspaceCacheOptions = {}) {
    this.#cache = cache;
    this.#ttls = resolveTtls(options.ttls);
  }

  /**
   * Adds a workspace from a folder or an archive, whichever `path` is.
   * @throws as {@link ZmkWorkspaceCacheService.addFolder} and {@link ZmkWorkspaceCacheService.addArchive} do.
   */
  async add(name: WorkspaceName, path: string, options: AddArchiveOptions = {}): Promise<Workspace> {
    return statOf('path', path).isDirectory()
      ? this.addFolder(name, path, options)
      : this.addArchive(name, path, options);
  }

  /**
   * Adds the workspace in a folder. Folders in it that are marked as caches (`CACHEDIR.TAG`), sockets, pipes and devices
   * are left out.
   * @throws a {@link CacheArgumentError} if an argument is wrong.
   * @throws a {@link WorkspaceError} if it has no component of a workspace, a link leads out of it, something can't be
   * read or changes meanwhile, or the cache has no room for all of it.
   * @throws the reason of `signal` if that aborts; what {@link CacheManager.set} throws.
   */
  async addFolder(name: WorkspaceName, folder: string, options: AddWorkspaceOptions = {}): Promise<Workspace> {
    const checked = checkWorkspaceName(name);
    checkAddOptions(options);
    if (!statOf('folder', folder).isDirectory()) {
      throw new CacheArgumentError(`folder must be a folder, ${JSON.stringify(folder)} is a file`);
    }
    await addFolder({ cache: this.#cache, ttls: this.#ttls, name: checked, options }, resolve(folder));
    return this.#added(name);
  }

  /**
   * Adds the workspace in an archive: zip, tar or tar.gz, as its content shows. It may lie in one folder in there, as in
   * the archives that GitHub makes of a branch.
   * @throws a {@link CacheArgumentError} if an argument is wrong.
   * @throws an {@link ArchiveError} if the archive is damaged, not supported, too large when unpacked, or holds what must
   * not be unpacked: paths and links that lead out of it, devices, two things in one place.
   * @throws a {@link WorkspaceError} as {@link ZmkWorkspaceCacheService.addFolder} does.
   * @throws the reason of `signal` if that aborts; what {@link CacheManager.set} throws.
   */
  async addArchive(name: WorkspaceName, archive: string, options: AddArchiveOptions = {}): Promise<Workspace> {
    const checked = checkWorkspaceName(name);
    checkAddOptions(options);
    if (!statOf('archive', archive).isFile()) {
      throw new CacheArgumentError(`archive must be a file, ${JSON.stringify(archive)} is none`);
    }
    await addArchive({ cache: this.#cache, ttls: this.#ttls, name: checked, options }, archive);
    return this.#added(name);
  }

  /**
   * Restores a workspace into a folder that is empty or doesn't exist yet. A miss changes nothing.
   * @throws a {@link CacheArgumentError} if an argument is wrong.
   * @throws a {@link WorkspaceError} if the folder is not empty (and not to be replaced, or holds no workspace), or the
   * system refuses to write; then the folder is as it was.
   * @throws the reason of `signal` if that aborts.
   */
  async restore(name: WorkspaceName, target: string, options: FetchWorkspaceOptions = {}): Promise<FetchedWorkspace> {
    const checked = checkWorkspaceName(name);
    const { replace = false, signal, onProgress } = options;
    requireText('target', target);
    if (replace) assertReplaceable(target);
    return fetchWorkspace(this.#cache, checked, options, ({ content, files, entries }) =>
      restoreTree(resolve(target), entries(), { content, files, replace, signal, onProgress }),
    );
  }

  /**
   * Writes a workspace into an archive: entries sorted, all of one time, nobody's. The same workspace makes the same
   * bytes, given the same version of Node. A miss writes nothing.
   * @throws a {@link CacheArgumentError} if an argument is wrong, or the file's name doesn't tell the format.
   * @throws a {@link WorkspaceError} if there is such a file (and it is not to be replaced), or the system refuses.
   * @throws the reason of `signal` if that aborts.
   */
  async export(name: WorkspaceName, file: string, options: ExportWorkspaceOptions = {}): Promise<FetchedWorkspace> {
    const checked = checkWorkspaceName(name);
    const { replace = false, signal, onProgress } = options;
    requireText('file', file);
    const format = options.format ?? formatOfName(file);
    if (!ARCHIVE_FORMATS.includes(format)) {
      throw new CacheArgumentError(
        `format must be one of ${ARCHIVE_FORMATS.join(', ')}, got ${JSON.stringify(format)}`,
      );
    }
    // Streams take a while to load; who restores or lists needs none.
    const { exportTree } = await import('../content/export-tree.ts');
    return fetchWorkspace(this.#cache, checked, options, ({ content, files, entries }) =>
      exportTree(resolve(file), entries(), { format, content, files, replace, signal, onProgress }),
    );
  }

  /**
   * All workspaces, by repository and branch. Looks at every key of the cache. Whether all content is still there is
   * not looked at.
   */
  async list(): Promise<Workspace[]> {
    const workspaces: Workspace[] = [];
    for (const key of await this.#cache.keys()) {
      const name = workspaceOfKey(key);
      const found = name && (await findUsableWorkspace(this.#cache, name));
      if (found !== undefined) workspaces.push(found.workspace);
    }
    return workspaces.sort((one, other) => order(one.repository, other.repository) || order(one.branch, other.branch));
  }

  /** What is known of a workspace; `undefined` if it isn't there. */
  async get(name: WorkspaceName): Promise<Workspace | undefined> {
    return (await findUsableWorkspace(this.#cache, checkWorkspaceName(name)))?.workspace;
  }

  /** Removes a workspace; `true` if there was one. */
  async delete(name: WorkspaceName): Promise<boolean> {
    return this.#cache.delete(workspaceKey(checkWorkspaceName(name)));
  }

  /**
   * Removes workspaces by their age.
   * @returns those that were removed, or would be.
   * @throws a {@link CacheArgumentError} if `olderThan` is not a number of seconds.
   */
  async cleanup({ olderThan, dryRun = false }: CleanupWorkspacesOptions): Promise<Workspace[]> {
    if (!(typeof olderThan === 'number' && Number.isFinite(olderThan) && olderThan >= 0)) {
      throw new CacheArgumentError(`olderThan must be a finite number of seconds, 0 or more, got ${String(olderThan)}`);
    }
    const removed: Workspace[] = [];
    for (const workspace of await this.list()) {
      if (workspace.ageSeconds <= olderThan) continue;
      if (dryRun || (await this.delete(workspace))) removed.push(workspace);
    }
    return removed;
  }

  async #added(name: WorkspaceName): Promise<Workspace> {
    const workspace = await this.get(name);
    if (workspace !== undefined) return workspace;
    throw new WorkspaceError(`${describeWorkspace(name)} was added, and is gone again: removed, or evicted`);
  }
}

function checkAddOptions({ ttl, exclude = [] }: AddWorkspaceOptions): void {
  if (ttl !== undefined) positive('ttl', ttl, 'seconds');
  const wrong = exclude.find((pattern) => typeof pattern !== 'string' || pattern === '' || pattern.startsWith('!'));
  if (wrong === undefined) return;
  throw new CacheArgumentError(`exclude must hold glob patterns such as '.venv', got ${JSON.stringify(wrong)}`);
}

function requireText(argument: string, path: unknown): void {
  if (typeof path === 'string' && path !== '' && !path.includes('\0')) return;
  throw new CacheArgumentError(`${argument} must be a path, got ${JSON.stringify(path)}`);
}

function statOf(argument: string, path: string): Stats {
  requireText(argument, path);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat !== undefined) return stat;
  throw new CacheArgumentError(`${argument} must be something that exists, got ${JSON.stringify(path)}`);
}

/** What would go with a folder that was named by mistake is not to be had again. */
function assertReplaceable(target: string): void {
  const stat = lstatSync(target, { throwIfNoEntry: false });
  if (stat === undefined || !statSync(target, { throwIfNoEntry: false })?.isDirectory()) return;
  if (readdirSync(target).length === 0) return;
  const isWorkspace = ['zmk/app', 'app/west.yml', 'zephyr', 'modules', '.west'].some((path) =>
    existsSync(join(target, path)),
  );
  if (isWorkspace) return;
  throw new WorkspaceError(`${target} holds no workspace, so it is not replaced; name another folder, or empty it`);
}

function order(one = '', other = ''): number {
  return one < other ? -1 : one === other ? 0 : 1;
}
