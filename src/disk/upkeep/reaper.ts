/**
 * Removing the sidecars of dead keys, in batches. Two reapers of one shard do no harm, but one undoes the other's work:
 * the tag's lock keeps those apart that take over what a killed one has left.
 *
 * A dead sidecar can come to life between the look at it and its removal. So it is moved into a folder that every set
 * looks for after it has put its sidecar in place: a set that sees the folder removes it with all in it, after which
 * the reaper's next move fails, and a set whose own sidecar was in it starts over.
 */

import * as fs from 'node:fs';
import { emptyReapFolder } from '../entry/reap-folder.ts';
import type { Store } from '../entry/store.ts';
import { errorCode, isMissing, makeFolder, statOf, takeAway } from '../files/files.ts';
import { newGeneration, REAP_FOLDER } from '../files/paths.ts';

/** Removes those sidecars of `hashes` that are dead; a step a shard. The tag's lock should be held. */
export function* reap(store: Store, hashes: Iterable<string>): Generator<void, void> {
  const shards = new Map<string, Condemned[]>();
  for (const hash of hashes) {
    if (!store.hasShard(hash)) continue;
    const shard = store.paths.shardOf(hash);
    const members = shards.get(shard) ?? [];
    members.push(deadSidecar(store, hash));
    shards.set(shard, members);
  }
  for (const [shard, members] of shards) {
    reapShard(shard, members);
    yield;
  }
}

/** {@link reap} of keys of one shard without the lock; leaves them to the next sweep if another reaper is there. */
export function reapQuietly(store: Store, hashes: readonly string[]): void {
  const [first] = hashes;
  if (first === undefined || !store.hasShard(first)) return;
  const members = hashes.map((hash) => deadSidecar(store, hash));
  reapShard(store.paths.shardOf(first), members, { takeOver: false });
}

function deadSidecar(store: Store, hash: string): Condemned {
  return { name: `${hash}.json`, isDead: () => isDead(store, hash) };
}

/** A file of a shard that is to be removed if it still belongs to nothing once the reap folder stands. */
export interface Condemned {
  readonly name: string;
  isDead(): boolean;
}

/**
 * Removes files of one shard.
 * @param options.takeOver whether a reap folder that stands there is taken for a killed reaper's; otherwise nothing is
 * done where one stands.
 */
export function reapShard(shard: string, condemned: readonly Condemned[], { takeOver = true } = {}): void {
  if (condemned.length === 0) return;
  const folder = `${shard}/${REAP_FOLDER}`;
  // A folder of its own within: one who was stopped, and fenced, must not find a successor's in its place.
  const own = `${folder}/${newGeneration()}`;
  try {
    if (!makeFolder(folder)) {
      if (!takeOver) return;
      emptyReapFolder(folder);
      if (!makeFolder(folder)) return;
    }
    makeFolder(own);
    const moved = condemned.filter(({ name, isDead }) => {
      if (!isDead()) return false;
      fs.renameSync(`${shard}/${name}`, `${own}/${name}`);
      return true;
    });
    for (const { name } of moved) takeAway(`${own}/${name}`);
    fs.rmdirSync(own);
    fs.rmdirSync(folder);
  } catch (error) {
    emptyReapFolder(folder);
    // A set has removed the folder under our hands, or somebody the shard: what is dead is so for the next time, too.
    if (!isMissing(error) && errorCode(error) !== 'ENOTEMPTY') throw error;
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
