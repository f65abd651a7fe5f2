/**
 * The folder for caches when nobody named one: the platform's or, where that can't be used, a temporary one.
 */

import { accessSync, constants, lstatSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CacheOwnerError, CacheRootError } from '../errors.ts';
import { currentPlatform, platformCacheFolder } from './platform-folders.ts';

const OTHERS_MAY_WRITE = 0o022;
const OTHERS_MAY_ANYTHING = 0o077;
const WAY_OUT = 'name a folder of your own in GLOVEBOX_CACHE_DIR';

/** Where caches would lie by default, found without looking whether they can. */
export function nominalCacheFolder(): string {
  return platformCacheFolder(currentPlatform()) ?? temporaryFolderPath();
}

/**
 * The platform's folder for caches or, where it can't be written (a serverless function, a service without a home), a
 * private one under the system's folder for temporary files. Only the latter is created, so that nobody else can.
 * @throws a {@link CacheOwnerError} if the temporary folder's name is taken by another user.
 * @throws a {@link CacheRootError} if it is taken by something that is no private folder, or can't be created.
 */
export function defaultCacheFolder(): string {
  const folder = platformCacheFolder(currentPlatform());
  return folder !== undefined && canBeUsed(folder) ? folder : privateTemporaryFolder();
}

/** Whether `folder` is a cache folder that would not be refused or, where it doesn't exist, can be created. */
function canBeUsed(folder: string): boolean {
  try {
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat === undefined) return canCreateIn(dirname(folder));
    return isWritableFolder(folder, stat) && (isOwn(stat) || (stat.mode & OTHERS_MAY_WRITE) !== 0);
  } catch {
    return false;
  }
}

function canCreateIn(folder: string): boolean {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat !== undefined) return isWritableFolder(folder, stat);
  const parent = dirname(folder);
  return parent !== folder && canCreateIn(parent);
}

function isWritableFolder(folder: string, stat: Stats): boolean {
  if (!stat.isDirectory()) return false;
  // Throws also where the whole file system is read-only, which the folder's mode doesn't tell.
  accessSync(folder, constants.W_OK | constants.X_OK);
  return true;
}

/**
 * A folder that is this user's alone, though it lies where everybody may write.
 *
 * Its name can be guessed, so somebody may have been there first: what is found is used only if it is a folder, ours,
 * and closed to others.
 */
function privateTemporaryFolder(): string {
  const user = process.geteuid?.();
  const folder = temporaryFolderPath();
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) {
      throw new CacheRootError(`no folder for caches can be created, the last one tried was ${folder}; ${WAY_OUT}`, {
        cause,
      });
    }
  }
  const stat = lstatSync(folder);
  if (!isOwn(stat)) {
    throw new CacheOwnerError(
      `temporary cache folder ${folder} belongs to user ${stat.uid}, not to ${user}; ${WAY_OUT}`,
    );
  }
  if (!stat.isDirectory()) {
    throw new CacheRootError(`temporary cache folder ${folder} is not a folder; remove it, or ${WAY_OUT}`);
  }
  if (user !== undefined && (stat.mode & OTHERS_MAY_ANYTHING) !== 0) {
    throw new CacheRootError(`temporary cache folder ${folder} is open to other users; remove it, or ${WAY_OUT}`);
  }
  return folder;
}

function temporaryFolderPath(): string {
  // Windows has a temporary folder, and no number, for each user.
  const user = process.geteuid?.();
  return join(tmpdir(), user === undefined ? 'glovebox-cache' : `glovebox-cache-${user}`);
}

function isOwn(stat: Stats): boolean {
  const user = process.geteuid?.();
  return user === undefined || stat.uid === user;
}
