/**
 * From the files of a workspace to its record.
 */

import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CacheManager } from '../../cache-manager.ts';
import { CacheArgumentError } from '../../errors.ts';
import { BlobStore } from '../content/blob-store.ts';
import { captureArchive } from '../content/capture-archive.ts';
import { CaptureError } from '../content/capture-file.ts';
import { captureFolder, type FoundEntry } from '../content/capture-folder.ts';
import { excludedBy, type IsExcluded } from '../content/excluded-paths.ts';
import { blobsIn, type TreeEntry } from '../content/tree.ts';
import { storeTree } from '../content/tree-record.ts';
import { assertRoom } from './assert-room.ts';
import { Deposit, NoRoomError } from './deposit.ts';
import { topFolderOf, withoutTop } from './unwrap-top.ts';
import type { AddArchiveOptions, AddWorkspaceOptions } from './workspace.ts';
import { componentsOf, makesWorkspace, WHAT_A_WORKSPACE_HAS } from './workspace-components.ts';
import { WorkspaceError } from './workspace-error.ts';
import { type CheckedWorkspaceName, describeWorkspace } from './workspace-name.ts';
import { type WorkspaceRecord, workspaceKey } from './workspace-record.ts';
import { longestTtl, type WorkspaceTtls, workspaceTtl } from './workspace-ttl.ts';

const UNPACKED_FACTOR = 50;
const UNPACKED_ALWAYS = 2 ** 30;
/** Text compresses to a third, as a rule; what Git keeps is compressed already. */
const USUAL_FACTOR = 4;
/** What took longer than this was not evicted by mistake, and would take as long again. */
const QUICK_MS = 5000;
const ATTEMPTS = 3;

/** Which workspace is added, where, and how. */
export interface AddTask<Options extends AddWorkspaceOptions> {
  readonly cache: CacheManager;
  readonly ttls: WorkspaceTtls;
  readonly name: CheckedWorkspaceName;
  readonly options: Options;
}

/** Gives content to the deposit, and returns the entries that it belongs to. */
type Capture = (deposit: Deposit, isExcluded: IsExcluded) => Promise<TreeEntry[]>;

/** Adds the workspace in `folder`. */
export async function addFolder(task: AddTask<AddWorkspaceOptions>, folder: string): Promise<void> {
  const { cache, name, options } = task;
  const { signal, onProgress, onNote } = options;
  const source = `folder ${folder}`;
  await add(task, source, (deposit, isExcluded) =>
    captureFolder(folder, {
      put: deposit.put,
      isExcluded,
      signal,
      onProgress,
      onCache: (path) => onNote?.(`${path} is left out: its CACHEDIR.TAG marks it as a cache`),
      // Before anything is read: what was named may be large, and no workspace.
      onListed: async (found) => {
        assertWorkspace(found, source);
        if (cache.maxSizeBytes === undefined || lengthOf(folder, found) <= cache.maxSizeBytes) return;
        await assertRoom(describeWorkspace(name), cache.maxSizeBytes, (put) =>
          captureFolder(folder, { put, isExcluded, signal, onCache: () => {}, onListed: () => {} }),
        );
      },
    }),
  );
}

/** Adds the workspace in `archive`, which may lie in one folder in there. */
export async function addArchive(task: AddTask<AddArchiveOptions>, archive: string): Promise<void> {
  const { cache, name, options } = task;
  const { signal, onProgress } = options;
  const source = `archive ${archive}`;
  const maxUnpackedBytes = checkLimit(options.maxUnpackedBytes) ?? defaultLimit(archive);
  await add(task, source, async (deposit, isExcluded) => {
    const reading = { isExcluded, signal, maxUnpackedBytes };
    if (cache.maxSizeBytes !== undefined && USUAL_FACTOR * statSync(archive).size > cache.maxSizeBytes) {
      await assertRoom(describeWorkspace(name), cache.maxSizeBytes, (put) =>
        captureArchive(archive, { ...reading, put }),
      );
    }
    const found = await captureArchive(archive, { ...reading, put: deposit.put, onProgress });
    const top = makesWorkspace(componentsOf(found)) ? undefined : topFolderOf(found);
    const entries = top === undefined ? found : withoutTop(archive, found, top);
    assertWorkspace(entries, source);
    return entries;
  });
}

/**
 * A cache knows to a second what was used last. Where all of it was used just now, it may take what was just put for the
 * oldest, and evict that although there is room for all: then what is missing is put once more.
 */
async function add(task: AddTask<AddWorkspaceOptions>, source: string, capture: Capture): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const begun = performance.now();
    try {
      return await addOnce(task, source, capture);
    } catch (error) {
      const isQuick = performance.now() - begun < QUICK_MS;
      if (!(error instanceof NoRoomError) || !isQuick || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The record is written last, so that an earlier workspace of the name stays until this one is whole. */
async function addOnce(
  { cache, ttls, name, options }: AddTask<AddWorkspaceOptions>,
  source: string,
  capture: Capture,
): Promise<void> {
  const { signal } = options;
  const blobs = new BlobStore(cache);
  if (!(await blobs.keepsAnything())) throw new WorkspaceError(`${source} can't be added: the cache is switched off`);
  const isExcluded = await excludedBy(options.exclude ?? []);
  const deposit = new Deposit(blobs, describeWorkspace(name), options.ttl ?? longestTtl(ttls, name.level));
  const entries = await capture(deposit, isExcluded).catch((cause: unknown) => {
    if (cause instanceof CaptureError)
      throw new WorkspaceError(`${source} can't be added: ${cause.message}`, { cause });
    throw cause;
  });
  const components = componentsOf(entries);
  const files = entries.filter(({ type }) => type === 'file').length;
  const bytes = entries.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.size : 0), 0);
  const tree = await storeTree(entries, deposit.put);
  const { repository, branch = null } = name;
  const record: WorkspaceRecord = { version: 1, repository, branch, components, files, bytes, tree };
  const assertWhole = async () => {
    await deposit.assertAll(tree);
    await deposit.assertAll(blobsIn(entries));
  };
  await assertWhole();
  signal?.throwIfAborted();
  const ttl = options.ttl ?? workspaceTtl(ttls, name.level, components);
  await cache.set(workspaceKey(name), record, { ttl: ttl && Math.min(ttl, deposit.ttlLeft ?? ttl) });
  try {
    // The record needed room, too.
    await assertWhole();
  } catch (error) {
    await cache.delete(workspaceKey(name));
    throw error;
  }
}

function assertWorkspace(entries: Iterable<Pick<TreeEntry, 'type' | 'path'>>, source: string): void {
  if (makesWorkspace(componentsOf(entries))) return;
  throw new WorkspaceError(`${source} holds no workspace: it has none of ${WHAT_A_WORKSPACE_HAS}`);
}

/** How long the files among `found` are together, in bytes. */
function lengthOf(folder: string, found: readonly FoundEntry[]): number {
  let bytes = 0;
  for (const { type, path } of found) {
    if (type === 'file') bytes += lstatSync(join(folder, path), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

function checkLimit(bytes: number | undefined): number | undefined {
  if (bytes === undefined || (typeof bytes === 'number' && bytes > 0)) return bytes;
  throw new CacheArgumentError(`maxUnpackedBytes must be a positive number of bytes, got ${String(bytes)}`);
}

function defaultLimit(archive: string): number {
  return Math.max(UNPACKED_ALWAYS, UNPACKED_FACTOR * statSync(archive).size);
}
