/**
 * A whole tree, from pieces into a folder: all of it or nothing.
 */

import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import fs from 'fs-extra';
import { makeFolders } from '../../make-folders.ts';
import { createBreather } from './breather.ts';
import type { ContentReader } from './content-reader.ts';
import { STAGING_SUFFIX } from './inner-path.ts';
import type { ProgressOptions } from './progress.ts';
import { isSystemError, RestoreError } from './restore-error.ts';
import { restoreFile } from './restore-file.ts';
import type { TreeEntry } from './tree.ts';

/** What is restored, and how. */
export interface RestoreTreeOptions extends ProgressOptions {
  readonly content: ContentReader;
  /** How many files there are, to tell how far it has come. */
  readonly files: number;
  /** Whether the target may hold something, which is removed when the tree is in its place. */
  readonly replace: boolean;
}

/** What stands beside the target that long was left by a killed process. */
const ABANDONED_MS = 60 * 60 * 1000;

/**
 * Restores `entries` into the folder `target`.
 *
 * They are written into a folder beside it, which is then renamed: until that moment nothing is changed, and nothing is
 * ever written through a link, since links come last. A folder that is replaced is put aside until the new one is in its
 * place; a process killed between these two renames leaves it there, under a name that ends with `.glovebox-tmp`.
 * @throws a {@link RestoreError} if the target is no folder, or not empty and not to be replaced, or the system refuses.
 * @throws a {@link MissingContentError}, {@link ManifestError} if the entries or their content are not all there.
 * @throws the reason of `signal` if that aborts.
 */
export async function restoreTree(
  target: string,
  entries: AsyncIterable<TreeEntry>,
  options: RestoreTreeOptions,
): Promise<void> {
  const place = attempt(target, () => lookAt(target, options.replace));
  const name = join(dirname(place.path), `.${basename(place.path)}.${randomBytes(6).toString('hex')}`);
  const staged = name + STAGING_SUFFIX;
  attempt(target, () => makePrivate(staged));
  try {
    await writeTree(staged, entries, options);
    attempt(target, () => fs.chmodSync(staged, place.mode));
    options.signal?.throwIfAborted();
    const replaced = attempt(target, () => moveInto(place, staged, `${name}-old${STAGING_SUFFIX}`));
    if (replaced !== undefined) await remove(replaced);
  } catch (error) {
    await remove(staged);
    throw error;
  }
  await sweepAbandoned(place.path);
}

/** Where the tree goes. */
interface Place {
  /** The target's real path, or the path that it will have. */
  readonly path: string;
  readonly mode: number;
  readonly holds: 'nothing' | 'an empty folder' | 'a folder';
}

function lookAt(target: string, replace: boolean): Place {
  const stat = fs.statSync(target, { throwIfNoEntry: false });
  if (stat === undefined) {
    // Not merely a link that leads nowhere: the rename would take its place.
    if (fs.lstatSync(target, { throwIfNoEntry: false }) !== undefined) {
      throw new RestoreError(`${target} is a link that leads nowhere; name the folder itself`);
    }
    return { path: resolve(target), mode: 0o777 & ~process.umask(), holds: 'nothing' };
  }
  if (!stat.isDirectory()) throw new RestoreError(`${target} is a file; name a folder`);
  const path = fs.realpathSync(target);
  const mode = stat.mode & 0o777;
  if (fs.readdirSync(path).length === 0) return { path, mode, holds: 'an empty folder' };
  if (!replace) throw new RestoreError(`${target} is not empty; name a folder that is, or does not exist yet`);
  return { path, mode, holds: 'a folder' };
}

function makePrivate(folder: string): void {
  makeFolders(dirname(folder));
  fs.mkdirSync(folder, 0o700);
}

async function writeTree(
  root: string,
  entries: AsyncIterable<TreeEntry>,
  { content, files: total, signal, onProgress }: RestoreTreeOptions,
): Promise<void> {
  const breathe = createBreather();
  const made = new Set(['']);
  const modes: [path: string, mode: number][] = [];
  const links: [path: string, target: string][] = [];
  let files = 0;
  let bytes = 0;
  for await (const entry of entries) {
    signal?.throwIfAborted();
    const { path } = entry;
    await attemptAsync(path, async () => {
      if (entry.type === 'folder') {
        makeFolder(root, path, made);
        modes.push([path, entry.mode]);
        return;
      }
      makeFolder(root, path.slice(0, Math.max(0, path.lastIndexOf('/'))), made);
      if (entry.type === 'link') {
        links.push([path, entry.target]);
        return;
      }
      await restoreFile(join(root, path), entry, content);
      files += 1;
      bytes += entry.size;
      onProgress?.({ files, bytes, fraction: total === 0 ? 1 : Math.min(1, files / total) });
    });
    await breathe();
  }
  for (const [path, leadsTo] of links) attempt(path, () => fs.symlinkSync(leadsTo, join(root, path)));
  // Now that all is in them: a folder may be one that nothing can be written into.
  for (const [path, mode] of modes.reverse()) attempt(path, () => fs.chmodSync(join(root, path), mode));
}

/** Makes a folder and those that it lies in. */
function makeFolder(root: string, path: string, made: Set<string>): void {
  if (made.has(path)) return;
  makeFolder(root, path.slice(0, Math.max(0, path.lastIndexOf('/'))), made);
  fs.mkdirSync(join(root, path));
  made.add(path);
}

/** Puts the tree in its place. @returns where what it replaced is now. */
function moveInto(place: Place, staged: string, aside: string): string | undefined {
  // Some systems rename onto an empty folder, some don't.
  if (place.holds === 'an empty folder') fs.rmdirSync(place.path);
  if (place.holds === 'a folder') fs.renameSync(place.path, aside);
  try {
    fs.renameSync(staged, place.path);
  } catch (error) {
    if (place.holds === 'an empty folder' && !fs.existsSync(place.path)) fs.mkdirSync(place.path, place.mode);
    if (place.holds === 'a folder') fs.renameSync(aside, place.path);
    throw error;
  }
  return place.holds === 'a folder' ? aside : undefined;
}

async function sweepAbandoned(target: string): Promise<void> {
  const prefix = `.${basename(target)}.`;
  const parent = dirname(target);
  for (const name of fs.readdirSync(parent)) {
    if (!name.startsWith(prefix) || !/^[0-9a-f]{12}(?:-old)?\.glovebox-tmp$/.test(name.slice(prefix.length))) continue;
    const stat = fs.lstatSync(join(parent, name), { throwIfNoEntry: false });
    if (stat !== undefined && Date.now() - stat.ctimeMs > ABANDONED_MS) await remove(join(parent, name));
  }
}

/** Removes a folder with all in it; what can't be removed now is swept up later. */
async function remove(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    try {
      makeWritable(folder);
      await rm(folder, { recursive: true, force: true });
    } catch {
      // The system refuses.
    }
  }
}

/** Nothing can be removed from a folder that is not writable. */
function makeWritable(folder: string): void {
  fs.chmodSync(folder, 0o700);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) makeWritable(join(folder, entry.name));
  }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw named(path, cause);
  }
}

async function attemptAsync(path: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    throw named(path, cause);
  }
}

function named(path: string, cause: unknown): unknown {
  if (!isSystemError(cause)) return cause;
  return new RestoreError(`${path} can't be written: ${REASONS.get(cause.code ?? '') ?? cause.message}`, { cause });
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['EEXIST', 'there is one already, perhaps in another case'],
  ['ENOTEMPTY', 'somebody else has put something there meanwhile'],
]);
