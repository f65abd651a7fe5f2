/**
 * The folder that fences a reaper. What a set and a reaper of its shard do to each other goes through it.
 */

import * as fs from 'node:fs';
import { errorCode, isMissing, takeAway, unlinkIfThere } from '../files/files.ts';
import { REAP_FOLDER, type TagPaths } from '../files/paths.ts';

/**
 * A set's answer to a reaper at work in its shard: what the reaper has taken is removed, and so is its folder, which
 * makes its next move fail.
 */
export function fenceReaper(paths: TagPaths, hash: string): void {
  const folder = `${paths.shardOf(hash)}/${REAP_FOLDER}`;
  // Half the price of a stat. It can't fail for a folder in which a sidecar was just created.
  if (fs.existsSync(folder)) emptyReapFolder(folder);
}

/** Removes a reap folder and all in it; whoever else does the same at the same time is welcome. */
export function emptyReapFolder(folder: string): void {
  for (;;) {
    try {
      fs.rmdirSync(folder);
      return;
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT') return;
      if (code === 'ENOTDIR') {
        unlinkIfThere(folder);
        return;
      }
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    }
    for (const name of readNames(folder)) removeReaped(`${folder}/${name}`);
  }
}

/** A reaper's own folder within the reap folder, or one of the files in that. */
function removeReaped(path: string): void {
  try {
    takeAway(path);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'EISDIR' && code !== 'EPERM') throw error;
    emptyReapFolder(path);
  }
}

function readNames(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
