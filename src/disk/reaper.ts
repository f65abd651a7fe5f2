/**
 * Removing the sidecars of dead keys, in batches. The tag's lock should be held.
 *
 * A dead sidecar can come to life between the look at it and its removal. So it is moved into a folder that every set
 * looks for after it has put its sidecar in place: a set that sees the folder removes it with all in it, after which
 * the reaper's next move fails, and a set whose own sidecar was in it starts over.
 */

import * as fs from 'node:fs';
import { isMissing, makeFolder } from './files.ts';
import { REAP_FOLDER } from './paths.ts';
import { emptyReapFolder, type Store } from './store.ts';

/** Removes those sidecars of `hashes` that are dead; a step a shard. */
export function* reap(store: Store, hashes: Iterable<string>): Generator<void, void> {
  for (const [shard, members] of groupByShard(store, hashes)) {
    reapShard(store, shard, members);
    yield;
  }
}

function groupByShard(store: Store, hashes: Iterable<string>): Map<string, string[]> {
  const shards = new Map<string, string[]>();
  for (const hash of hashes) {
    const shard = store.paths.shardOf(hash);
    const members = shards.get(shard);
    if (members === undefined) shards.set(shard, [hash]);
    else members.push(hash);
  }
  return shards;
}

function reapShard(store: Store, shard: string, hashes: readonly string[]): void {
  const folder = `${shard}/${REAP_FOLDER}`;
  try {
    if (!makeFolder(folder)) {
      // A reaper that was killed has left it.
      emptyReapFolder(folder);
      if (!makeFolder(folder)) return;
    }
    for (const hash of hashes) {
      if (isDead(store, hash)) fs.renameSync(store.paths.sidecar(hash), `${folder}/${hash}`);
    }
  } catch (error) {
    // A set has removed the folder under our hands: what is dead is so for the next time, too.
    if (!isMissing(error)) throw error;
  } finally {
    emptyReapFolder(folder);
  }
}

function isDead(store: Store, hash: string): boolean {
  const stat = fs.lstatSync(store.paths.sidecar(hash), { throwIfNoEntry: false });
  if (stat === undefined || stat.isDirectory()) return false;
  return stat.size === 0 || !store.isLive(hash);
}
