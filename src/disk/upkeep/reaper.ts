/**
 * Removing the sidecars of dead keys, in batches. The tag's lock should be held.
 *
 * A dead sidecar can come to life between the look at it and its removal. So it is moved into a folder that every set
 * looks for after it has put its sidecar in place: a set that sees the folder removes it with all in it, after which
 * the reaper's next move fails, and a set whose own sidecar was in it starts over.
 */

import * as fs from 'node:fs';
import { emptyReapFolder } from '../entry/reap-folder.ts';
import type { Store } from '../entry/store.ts';
import { isMissing, makeFolder, statOf } from '../files/files.ts';
import { newGeneration, REAP_FOLDER } from '../files/paths.ts';

/** Removes those sidecars of `hashes` that are dead; a step a shard. */
export function* reap(store: Store, hashes: Iterable<string>): Generator<void, void> {
  const shards = new Map<string, Condemned[]>();
  for (const hash of hashes) {
    if (!store.hasShard(hash)) continue;
    const shard = store.paths.shardOf(hash);
    const members = shards.get(shard) ?? [];
    members.push({ name: `${hash}.json`, isDead: () => isDead(store, hash) });
    shards.set(shard, members);
  }
  for (const [shard, members] of shards) {
    reapShard(shard, members);
    yield;
  }
}

/** A file of a shard that is to be removed if it still belongs to nothing once the reap folder stands. */
export interface Condemned {
  readonly name: string;
  isDead(): boolean;
}

/** Removes files of one shard. */
export function reapShard(shard: string, condemned: readonly Condemned[]): void {
  if (condemned.length === 0) return;
  const folder = `${shard}/${REAP_FOLDER}`;
  // A folder of its own within: one who was stopped, and fenced, must not find a successor's in its place.
  const own = `${folder}/${newGeneration()}`;
  try {
    if (!makeFolder(folder)) {
      // A reaper that was killed has left it.
      emptyReapFolder(folder);
      if (!makeFolder(folder)) return;
    }
    makeFolder(own);
    for (const { name, isDead } of condemned) {
      if (isDead()) fs.renameSync(`${shard}/${name}`, `${own}/${name}`);
    }
  } catch (error) {
    // A set has removed the folder under our hands: what is dead is so for the next time, too.
    if (!isMissing(error)) throw error;
  } finally {
    emptyReapFolder(folder);
  }
}

function isDead(store: Store, hash: string): boolean {
  const stat = statOf(store.paths.sidecar(hash));
  if (stat === undefined || stat.isDirectory()) return false;
  try {
    return stat.size === 0 || !store.isLive(hash);
  } catch {
    // What can't be read now may be read later.
    return false;
  }
}
