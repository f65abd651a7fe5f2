/**
 * `workspace`: speaks for the workspace cache, which does the work.
 */

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type ArchiveFormat,
  type FetchedWorkspace,
  type ProgressOptions,
  type Workspace,
  type WorkspaceName,
  ZmkWorkspaceCacheService,
} from '../../compilation/index.ts';
import { configuredTtls } from '../../config.ts';
import type { DiskCacheManager } from '../../disk/disk-cache-manager.ts';
import { CacheError } from '../../errors.ts';
import type { CommandContext } from '../context.ts';
import { CliError, EXIT, exitCodeFor } from '../exit-codes.ts';
import { inFlags } from '../flags.ts';
import { formatAgo, formatCount, formatDuration, formatSize, printable } from '../format.ts';
import { interruptible } from '../interrupts.ts';
import { lookAtRoot, openExistingTag, openTag } from '../open-tags.ts';
import { withProgress } from '../progress.ts';
import { formatTable } from '../table.ts';

/** What the commands about one workspace have in common. */
export interface WorkspaceOptions {
  readonly tag: string;
  readonly branch?: string;
}

/** The options of `workspace add`. */
export interface AddOptions extends WorkspaceOptions {
  readonly ttl?: number;
  readonly exclude?: readonly string[];
  readonly maxUnpacked?: number;
  readonly maxSize?: number;
}

/** The options of `workspace restore`. */
export interface RestoreOptions extends WorkspaceOptions {
  readonly fallback?: boolean;
  readonly replace?: boolean;
}

/** The options of `workspace export`. */
export interface ExportOptions extends RestoreOptions {
  readonly format?: ArchiveFormat;
}

/** Adds a workspace. */
export async function addWorkspace(
  context: CommandContext,
  repository: string,
  path: string,
  options: AddOptions,
): Promise<number> {
  const { ttl, exclude, branch, maxUnpacked: maxUnpackedBytes } = options;
  await using cache = openTag(context, options.tag, { maxSizeBytes: options.maxSize });
  const begun = performance.now();
  return await atLength(context, 'adding', async (progressOptions) => {
    const notes: string[] = [];
    const workspace = await serviceOn(context, cache).add({ repository, branch }, resolve(context.io.cwd, path), {
      ttl,
      exclude,
      maxUnpackedBytes,
      onNote: (note) => notes.push(printable(note)),
      ...progressOptions,
    });
    return async () => {
      for (const note of notes) await context.tell(note);
      if (context.json) return context.printJson(asJson(workspace));
      const took = formatDuration(performance.now() - begun);
      await context.print(`added ${summary(workspace)}, kept ${expiry(workspace)}, took ${took}\n`);
    };
  });
}

/** Lists the workspaces. There being no cache yet is no mistake. */
export async function listWorkspaces(context: CommandContext, { tag }: { readonly tag: string }): Promise<number> {
  const workspaces = await named(() => existing(context, tag));
  if (context.json) await context.printJson(workspaces.map(asJson));
  else if (workspaces.length === 0)
    await context.print(`tag '${tag}' of ${lookAtRoot(context).path} has no workspaces\n`);
  else await context.print(table(context, workspaces));
  return EXIT.ok;
}

/** Restores a workspace into a folder. */
export async function restoreWorkspace(
  context: CommandContext,
  repository: string,
  target: string,
  options: RestoreOptions,
): Promise<number> {
  const { branch, fallback, replace } = options;
  await using cache = openExistingTag(context, options.tag);
  const begun = performance.now();
  const folder = resolve(context.io.cwd, target);
  return await atLength(context, 'restoring', async (progressOptions) => {
    const restored = await serviceOn(context, cache).restore({ repository, branch }, folder, {
      fallback,
      replace,
      ...progressOptions,
    });
    const workspace = hit(restored);
    return async () => {
      if (context.json) return context.printJson({ target: folder, workspace: asJson(workspace) });
      const took = formatDuration(performance.now() - begun);
      await context.print(`restored ${summary(workspace)} into ${printable(target)}, took ${took}\n`);
    };
  });
}

/** Writes a workspace into an archive. */
export async function exportWorkspace(
  context: CommandContext,
  repository: string,
  file: string,
  options: ExportOptions,
): Promise<number> {
  const { branch, fallback, replace, format } = options;
  await using cache = openExistingTag(context, options.tag);
  const begun = performance.now();
  const path = resolve(context.io.cwd, file);
  return await atLength(context, 'exporting', async (progressOptions) => {
    const exported = await serviceOn(context, cache).export({ repository, branch }, path, {
      fallback,
      replace,
      format,
      ...progressOptions,
    });
    const workspace = hit(exported);
    const fileBytes = statSync(path).size;
    return async () => {
      if (context.json) return context.printJson({ file: path, fileBytes, workspace: asJson(workspace) });
      const took = formatDuration(performance.now() - begun);
      await context.print(
        `exported ${summary(workspace)} into ${printable(file)}, ${formatSize(fileBytes)}, took ${took}\n`,
      );
    };
  });
}

/** Removes a workspace. */
export async function deleteWorkspace(
  context: CommandContext,
  repository: string,
  { tag, branch }: WorkspaceOptions,
): Promise<number> {
  await using cache = openExistingTag(context, tag);
  const name = { repository, branch };
  const deleted = await named(() => serviceOn(context, cache).delete(name));
  if (!deleted) throw new CliError(`there is no workspace ${inWords(name)} in tag '${tag}'; see workspace list`);
  if (context.json) await context.printJson({ repository, branch: branch ?? null, deleted });
  else await context.print(`removed ${inWords(name)}\n`);
  return EXIT.ok;
}

/** Removes old workspaces. */
export async function cleanupWorkspaces(
  context: CommandContext,
  options: { readonly tag: string; readonly olderThan: number; readonly dryRun?: boolean },
): Promise<number> {
  const { tag, olderThan, dryRun = false } = options;
  const removed = await named(() => onExisting(context, tag, (service) => service.cleanup({ olderThan, dryRun }), []));
  if (context.json) await context.printJson({ removed: removed.map(asJson), dryRun });
  else {
    const did = dryRun ? 'would remove' : 'removed';
    const lines = removed.map((workspace) => `${did} ${summary(workspace)}, added ${formatAgo(workspace.created)}`);
    await context.print(`${[...lines, `${did} ${formatCount(removed.length, 'workspace')}`].join('\n')}\n`);
  }
  return EXIT.ok;
}

function serviceOn(context: CommandContext, cache: DiskCacheManager): ZmkWorkspaceCacheService {
  return new ZmkWorkspaceCacheService(cache, { ttls: configuredTtls(context.config) });
}

function existing(context: CommandContext, tag: string): Promise<Workspace[]> {
  return onExisting(context, tag, (service) => service.list(), []);
}

/** Does something with the workspaces of a tag, or nothing if there is no such tag: looking creates none. */
async function onExisting<T>(
  context: CommandContext,
  tag: string,
  action: (service: ZmkWorkspaceCacheService) => Promise<T>,
  otherwise: T,
): Promise<T> {
  if (!lookAtRoot(context).tags.includes(tag)) return otherwise;
  await using cache = openTag(context, tag);
  return await action(serviceOn(context, cache));
}

/**
 * Does work that takes its time: with a bar, until it is interrupted.
 * @param work does it, and returns what tells of it when the bar is gone.
 */
async function atLength(
  context: CommandContext,
  title: string,
  work: (progressOptions: ProgressOptions) => Promise<() => Promise<void>>,
): Promise<number> {
  return interruptible(
    async (signal) => {
      const tellResult = await withProgress(context, title, (tell) =>
        named(() =>
          work({
            signal,
            onProgress: ({ files, bytes, fraction }) =>
              tell(fraction, `${formatCount(files, 'file')}, ${formatSize(bytes)}`),
          }),
        ),
      );
      await tellResult();
      return EXIT.ok;
    },
    () => context.tell('interrupted; nothing was changed'),
  );
}

/** Has errors speak of flags. */
async function named<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof CacheError) throw new CliError(inFlags(error.message), exitCodeFor(error));
    throw error;
  }
}

function hit(fetched: FetchedWorkspace): Workspace {
  if (fetched.outcome === 'hit') return fetched.workspace;
  throw new CliError(`${fetched.reason}; see workspace list, or add it`);
}

/** Names and units stay, members may be added. */
function asJson(workspace: Workspace): unknown {
  const { repository, branch, level, components, files, bytes, created, ageSeconds, expires } = workspace;
  const shown = { repository, branch: branch ?? null, level, components, files, bytes, created, ageSeconds };
  return { ...shown, expires: expires ?? null };
}

function inWords({ repository, branch }: WorkspaceName): string {
  return branch === undefined ? printable(repository) : `${printable(repository)} (${printable(branch)})`;
}

function summary(workspace: Workspace): string {
  const { files, bytes, components } = workspace;
  return `${inWords(workspace)}: ${formatCount(files, 'file')}, ${formatSize(bytes)}, with ${components.join(', ')}`;
}

function expiry({ created, expires }: Workspace): string {
  return expires === undefined ? 'for ever' : `for ${formatDuration(expires.getTime() - created.getTime())}`;
}

function table({ colors }: CommandContext, workspaces: readonly Workspace[]): string {
  const now = Date.now();
  return formatTable(
    [
      { heading: 'REPOSITORY' },
      { heading: 'BRANCH' },
      { heading: 'COMPONENTS' },
      { heading: 'FILES', align: 'right' },
      { heading: 'SIZE', align: 'right' },
      { heading: 'ADDED' },
      { heading: 'EXPIRES' },
    ],
    workspaces.map(({ repository, branch, components, files, bytes, created, expires }) => [
      printable(repository),
      branch === undefined ? '(all)' : printable(branch),
      components.join(', '),
      String(files),
      formatSize(bytes),
      formatAgo(created, now),
      expires === undefined ? 'never' : `in ${formatDuration(Math.max(0, expires.getTime() - now))}`,
    ]),
    colors,
  );
}
