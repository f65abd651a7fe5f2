/**
 * The root and tag folders: created private, and refused where they could be somebody else's.
 */

import * as fs from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CacheArgumentError, CacheOwnerError, CacheRootError, CacheTagError } from '../../errors.ts';
import {
  closeQuietly,
  createExclusively,
  errorCode,
  isMissing,
  makeFolder,
  makeFolders,
  namesIn,
  statOf,
  writeAll,
} from './files.ts';

const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;
/** Names that Windows keeps for devices, whatever follows the first dot. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;
/** https://bford.info/cachedir/ */
const CACHEDIR_TAG = `Signature: 8a477f597d28d172789f06886806bc55
# This file marks a cache folder, so that backup tools leave it out.
`;
const CACHEDIR_TAG_NAME = 'CACHEDIR.TAG';
const OTHERS_MAY_WRITE = 0o022;
const ADVICE = 'name a folder that can be created and written';

/**
 * Checks that `tag` is a plain folder name everywhere.
 * @throws a {@link CacheTagError} if it isn't.
 */
export function assertTag(tag: unknown): asserts tag is string {
  const shown = typeof tag === 'string' ? JSON.stringify(tag) : typeof tag;
  if (typeof tag !== 'string' || !TAG.test(tag) || tag.endsWith('.')) {
    throw new CacheTagError(
      `tag must be a plain name of 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter, digit or '_' and not ending with '.'; got ${shown}`,
    );
  }
  if (RESERVED.test(tag))
    throw new CacheTagError(`tag ${shown} is a reserved device name on some systems; choose another`);
}

/**
 * Creates what is missing of `cacheRoot` and of the tag's folder in it.
 * @returns the root's and the tag's real paths.
 * @throws a {@link CacheRootError} if one of them is not a folder, or can't be created.
 * @throws a {@link CacheOwnerError} if one of them belongs to another user.
 * @throws a {@link CacheTagError} if a folder whose name differs in case only stands in the tag's place.
 */
export function prepareFolders(cacheRoot: string, tag: string): { readonly root: string; readonly folder: string } {
  if (typeof cacheRoot !== 'string' || cacheRoot.length === 0 || cacheRoot.includes('\0')) {
    throw new CacheArgumentError('cacheRoot must be the path of a folder, a non-empty string');
  }
  const root = prepareRoot(resolve(cacheRoot));
  const folder = join(root, tag);
  try {
    // Most often it is there, and to be told so by a refusal takes ten times as long as to look.
    const stat = statOf(folder) ?? makeTagFolder(folder);
    if (!stat.isDirectory())
      throw new CacheRootError(`tag folder ${folder} is not a folder but ${kindOf(stat)}; move it away`);
    assertOwned(stat, `tag folder ${folder}`);
    assertSameName(tag, basename(fs.realpathSync.native(folder)));
  } catch (cause) {
    throw asRootError(cause, `tag folder ${folder} can't be used`);
  }
  return { root, folder };
}

function makeTagFolder(folder: string): fs.Stats {
  makeFolder(folder);
  return fs.lstatSync(folder);
}

/**
 * Checks that the folder which answers to `tag` has that very name.
 * @throws a {@link CacheTagError} if it has another: on a case-insensitive file system two tags would share it.
 */
export function assertSameName(tag: string, real: string): void {
  if (real === tag) return;
  throw new CacheTagError(
    `tag '${tag}' collides with '${real}' on this case-insensitive file system; use one spelling`,
  );
}

function prepareRoot(path: string): string {
  try {
    const found = statOf(path);
    if (found?.isSymbolicLink() === true && !fs.existsSync(path)) {
      throw new CacheRootError(`cacheRoot ${path} can't be used: a link to nowhere is in its place; ${ADVICE}`);
    }
    // Only what did not exist is ours to mark as a cache.
    const created = found === undefined && makeFolders(path);
    const root = fs.realpathSync.native(path);
    const stat = fs.statSync(root);
    if (!stat.isDirectory()) {
      throw new CacheRootError(`cacheRoot ${path} can't be used: ${kindOf(stat)} is in its place; ${ADVICE}`);
    }
    // A volume that an orchestrator mounted belongs to somebody else and is open to us: there our own folder counts.
    if ((stat.mode & OTHERS_MAY_WRITE) === 0) assertOwned(stat, `cacheRoot ${path}`);
    if (created || !fs.existsSync(join(root, CACHEDIR_TAG_NAME))) markAsCache(root, created);
    return root;
  } catch (cause) {
    throw asRootError(cause, `cacheRoot ${path} can't be used`);
  }
}

/** A folder that existed is marked only when nothing but caches is in it. */
function markAsCache(root: string, created: boolean): void {
  if (!created && namesIn(root).some((name) => !isTagFolder(join(root, name)))) return;
  try {
    const descriptor = createExclusively(join(root, CACHEDIR_TAG_NAME));
    try {
      writeAll(descriptor, Buffer.from(CACHEDIR_TAG));
    } finally {
      closeQuietly(descriptor);
    }
  } catch {
    // Somebody else was first, or the root is read-only; the mark is a courtesy to backup tools.
  }
}

function assertOwned(stat: fs.Stats, what: string): void {
  const user = process.geteuid?.();
  if (user === undefined || stat.uid === user) return;
  throw new CacheOwnerError(
    `${what} belongs to user ${stat.uid}, not to user ${user} who runs this; use a folder of your own or have its owner changed`,
  );
}

function kindOf(stat: fs.Stats): string {
  if (stat.isFile()) return 'a file';
  if (stat.isSymbolicLink()) return 'a symbolic link';
  return 'something else';
}

function asRootError(cause: unknown, what: string): unknown {
  const code = errorCode(cause);
  if (code === undefined || code.startsWith('ERR_CACHE')) return cause;
  const hint = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file is in its place' : `the system says ${code}`;
  return new CacheRootError(`${what}: ${hint}; ${ADVICE}`, { cause });
}

function isTagFolder(folder: string): boolean {
  return fs.existsSync(join(folder, 'index.jsonl')) || fs.existsSync(join(folder, 'entries'));
}

/**
 * The tags that have a folder in `cacheRoot`, sorted; creates nothing.
 * @returns none if the root doesn't exist.
 * @throws a {@link CacheArgumentError} if `cacheRoot` is no path.
 */
export function listTags(cacheRoot: string): string[] {
  if (typeof cacheRoot !== 'string' || cacheRoot.length === 0) {
    throw new CacheArgumentError('cacheRoot must be the path of a folder, a non-empty string');
  }
  const root = resolve(cacheRoot);
  return namesIn(root)
    .filter((name) => TAG.test(name) && isTagFolder(join(root, name)))
    .sort();
}

/** The real path that `cacheRoot` has or, where it doesn't exist yet, will have. */
export function realRoot(cacheRoot: string): string {
  const path = resolve(cacheRoot);
  try {
    return fs.realpathSync.native(path);
  } catch (error) {
    const parent = dirname(path);
    if (!isMissing(error) || parent === path) return path;
    return join(realRoot(parent), basename(path));
  }
}

/** Types of file systems (as `statfs` numbers them) that reach other machines and so keep no coherent view of a file. */
const NETWORK_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xfe534d42, // SMB2
  0xff534d42, // CIFS
  0x01021997, // 9P
  0x65735546, // FUSE: sshfs, bucket mounts, shared folders of virtual machines
  0x786f4256, // VirtualBox's shared folders
  0x00c36400, // Ceph
  0x0bd00bd0, // Lustre
  0x5346414f, // AFS
]);

/** Whether `folder` lies on a network file system, where an open index doesn't tell what other machines do. */
export function isOnNetwork(folder: string): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return NETWORK_FILE_SYSTEMS.has(fs.statfsSync(folder).type >>> 0);
  } catch {
    return false;
  }
}
