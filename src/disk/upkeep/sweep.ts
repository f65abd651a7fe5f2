/**
 * What keeps a tag tidy beyond single entries, in short steps: clearing it, and sweeping up after killed processes.
 * The tag's lock should be held.
 */

import { join } from 'node:path';
import type { TagContext } from '../access/context.ts';
import type { Deleter } from '../access/deleter.ts';
import { emptyReapFolder } from '../entry/reap-folder.ts';
import type { Store } from '../entry/store.ts';
import { statOf } from '../files/files.ts';
import { newGeneration, REAP_FOLDER, SHARD_COUNT } from '../files/paths.ts';
import type { Catalog } from '../index/catalog.ts';
import type { IndexRecord, PlainRecord } from '../index/index-record.ts';
import { NO_ROW } from '../index/index-table.ts';
import { type Condemned, reap, reapShard } from './reaper.ts';
import { ORPHAN_AGE_MS, type ShardFile, shardFiles } from './walk.ts';

/** Rows looked at between two steps. */
const STEP_ROWS = 512;

/** Deletes every key, shard by shard, sidecar by sidecar; keys set meanwhile may stay. */
export function* clearTag(context: TagContext, deleter: Deleter): Generator<void, void> {
  const { store, catalog, graves } = context;
  let failure: unknown;
  for (let shard = 0; shard < SHARD_COUNT; shard++) {
    const hashes = shardFiles(store, shard).flatMap((file) => (file.kind === 'sidecar' ? [file.hash] : []));
    if (hashes.length === 0) continue;
    const operations = new Map(hashes.map((hash) => [hash, newGeneration()]));
    const time = Date.now();
    const opens = [...operations].map(([hash, generation]) => ({ kind: 'open' as const, hash, generation, time }));
    const announced = deleter.announce(opens);
    const records: IndexRecord[] = [];
    for (const [hash, operation] of operations) {
      try {
        records.push({ kind: 'del', hash, operation, generation: deleter.killCurrent(hash).generation });
      } catch (error) {
        // One that can't be removed keeps none of the others.
        failure ??= error;
      }
    }
    if (announced) catalog.append(records);
    yield* reap(store, hashes);
    for (const hash of hashes) graves.delete(hash);
  }
  yield* dropUnnamed(context);
  if (failure !== undefined) throw failure;
}

/** Ends what is listed though its sidecar is damaged or gone. */
function* dropUnnamed({ store, catalog }: TagContext): Generator<void, void> {
  catalog.poll();
  if (!catalog.trusted) return;
  yield* eachRow(catalog, (hash, generation) => {
    const sidecar = store.readSidecar(hash);
    if (typeof sidecar !== 'string') return false;
    store.unlinkEntry(hash, generation);
    return true;
  });
}

/**
 * Removes orphans and temporary files that are older than an hour, reaps dead sidecars, and puts right what index and
 * files tell differently.
 */
export function* sweep(context: TagContext): Generator<void, void> {
  for (let shard = 0; shard < SHARD_COUNT; shard++) {
    yield* sweepShard(context, shard);
    yield;
  }
  yield* dropGhosts(context);
}

/** {@link sweep} of one shard. */
export function* sweepShard(context: TagContext, shard: number): Generator<void, void> {
  const { store, catalog, graves } = context;
  const files = shardFiles(store, shard);
  if (files.length === 0) return;
  const folder = store.paths.shard(shard);
  const entries = new Set(files.flatMap((file) => (file.kind === 'entry' ? [file.name] : [])));
  // The reaper leaves alone what is live.
  const dead: string[] = [];
  const orphans: Condemned[] = [];
  const unlisted: IndexRecord[] = [];
  for (const file of files) {
    if (file.kind === 'sidecar') {
      const listed = listedGeneration(context, file.hash);
      if (listed !== undefined && entries.has(`${file.hash}.${listed}`)) continue;
      dead.push(file.hash);
      if (listed === undefined && catalog.trusted) unlisted.push({ kind: 'ask', hash: file.hash, generation: '' });
    } else if (file.kind !== 'entry' || listedGeneration(context, file.hash) !== file.generation) {
      const isDead = () => isOld(join(folder, file.name)) && isOrphan(store, file);
      if (isDead()) orphans.push({ name: file.name, isDead });
      else if (file.kind === 'entry') unlisted.push(...unfinishedSet(store, file));
    }
  }
  if (unlisted.length > 0) catalog.append(unlisted);
  if (files.some((file) => file.kind === 'reap')) emptyReapFolder(join(folder, REAP_FOLDER));
  reapShard(folder, orphans);
  yield* reap(store, dead);
  for (const hash of dead) graves.delete(hash);
}

function listedGeneration({ catalog }: TagContext, hash: string): string | undefined {
  const row = catalog.trusted ? catalog.table.find(hash) : NO_ROW;
  return row === NO_ROW ? undefined : catalog.table.generationAt(row);
}

/** Whether a file is one that nothing names: a temporary one, or the entry file of a generation not its key's. */
export function isOrphan(store: Store, file: ShardFile): boolean {
  if (file.kind === 'temporary') return true;
  if (file.kind !== 'entry') return false;
  const sidecar = store.readSidecar(file.hash);
  return typeof sidecar === 'string' || sidecar.generation !== file.generation;
}

/**
 * A young entry file that no sidecar names may be a set's that is under way, or of a writer that was killed. What the
 * set has said of it may be lost with an index, or was never said. So it is said again: until it ends, everybody asks
 * the sidecar, and its space is counted.
 */
export function unfinishedSet(
  store: Store,
  { hash, generation }: { readonly hash: string; readonly generation: string },
): readonly PlainRecord[] {
  const stat = statOf(store.paths.entry(hash, generation));
  if (stat === undefined || Math.abs(Date.now() - stat.ctimeMs) >= ORPHAN_AGE_MS) return [];
  const sidecar = store.readSidecar(hash);
  if (typeof sidecar !== 'string' && sidecar.generation === generation) return [];
  return [{ kind: 'open', hash, generation, time: Math.floor(stat.ctimeMs) }];
}

/** Whether nobody has touched something for so long that its owner is dead. */
export function isOld(path: string): boolean {
  const stat = statOf(path);
  return stat !== undefined && Date.now() - stat.ctimeMs > ORPHAN_AGE_MS;
}

/** Takes rows whose entry file is gone off the list: a killed process has not said so. */
function* dropGhosts(context: TagContext): Generator<void, void> {
  const { store, catalog } = context;
  yield* eachRow(catalog, (hash, generation) => !store.hasEntry(hash, generation) && !isLiveOtherwise(context, hash));
}

/** Whether a key is live as another generation than the listed one; then its sidecar is to be asked. */
function isLiveOtherwise({ store, catalog }: TagContext, hash: string): boolean {
  if (!store.isLive(hash)) return false;
  catalog.append([{ kind: 'ask', hash, generation: '' }]);
  return true;
}

/** Takes those rows off the list that `isGone` picks. */
function* eachRow(catalog: Catalog, isGone: (hash: string, generation: string) => boolean): Generator<void, void> {
  for (let row = 0; row < catalog.table.rowLimit; ) {
    const { table } = catalog;
    const gone: IndexRecord[] = [];
    for (const end = Math.min(row + STEP_ROWS, table.rowLimit); row < end; row++) {
      if (!table.isLive(row)) continue;
      const hash = table.hashAt(row);
      const generation = table.generationAt(row);
      if (isGone(hash, generation)) gone.push({ kind: 'evict', hash, generation });
    }
    if (gone.length > 0) catalog.append(gone);
    yield;
  }
}
