/**
 * Walking all files of a tag, a shard at a time.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { LiveEntry } from '../entry/listing.ts';
import type { Store } from '../entry/store.ts';
import { namesIn } from '../files/files.ts';
import { parseShardName, SHARD_COUNT, type ShardName } from '../files/paths.ts';
import type { ShardSource } from '../index/reconciler.ts';

/** Files that belong to nothing are left alone for this long, since a slow writer may be about to name them. */
export const ORPHAN_AGE_MS = 3_600_000;

/** Sidecars read between two steps. */
const STEP_ENTRIES = 256;

/** A file in a shard folder. */
export type ShardFile = ShardName & { readonly name: string };

/** The files of one shard; none if something else is in the place of its folder. */
export function shardFiles(store: Store, shard: number): ShardFile[] {
  if (!store.isShard(shard)) return [];
  return namesIn(store.paths.shard(shard)).map((name) => ({ name, ...parseShardName(name) }));
}

/** The files, as the catalog asks for them. */
export class ShardWalker implements ShardSource {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  hasSidecar(hash: string): boolean {
    return this.#store.hasSidecar(hash);
  }

  readLive(hash: string): LiveEntry | undefined {
    return this.#store.readLive(hash);
  }

  namesIn(shard: number): { sidecars: string[]; entries: Set<string> } {
    const sidecars: string[] = [];
    const entries = new Set<string>();
    for (const file of shardFiles(this.#store, shard)) {
      if (file.kind === 'sidecar') sidecars.push(file.hash);
      else if (file.kind === 'entry') entries.add(file.name);
    }
    return { sidecars, entries };
  }
}

/**
 * What a walk finds: a live entry, a sidecar that can't be read, now or by this version, or an entry file that its
 * key's sidecar does not name.
 */
export type WalkedFile =
  | { readonly kind: 'live'; readonly live: LiveEntry }
  | { readonly kind: 'unreadable'; readonly hash: string }
  | { readonly kind: 'unnamed'; readonly hash: string; readonly generation: string };

/**
 * All live entries as sidecars and entry files tell, expired ones included, and the entry files that no sidecar names;
 * now and then `undefined`, to let others run.
 */
export function* walkEntries(store: Store): Generator<WalkedFile | undefined, void> {
  let steps = 0;
  for (let shard = 0; shard < SHARD_COUNT; shard++) {
    const files = shardFiles(store, shard);
    const named = new Set<string>();
    for (const file of files) {
      if (++steps % STEP_ENTRIES === 0) yield undefined;
      if (file.kind !== 'sidecar') continue;
      const found = walked(store, file.hash);
      if (found === undefined) continue;
      if (found.kind === 'live') named.add(found.live.listing.generation);
      yield found;
    }
    for (const file of files) {
      if (file.kind === 'entry' && !named.has(file.generation)) {
        yield { kind: 'unnamed', hash: file.hash, generation: file.generation };
      }
    }
  }
}

function walked(store: Store, hash: string): WalkedFile | undefined {
  try {
    const live = store.readLive(hash);
    return live && { kind: 'live', live };
  } catch {
    return { kind: 'unreadable', hash };
  }
}

/** Runs steps without giving control back. */
export function runSync<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Steps go on for so long before the event loop turns, in milliseconds: in a busy process a turn takes far longer. */
const TURN_MS = 4;

/** Runs steps, letting the event loop turn now and then; a step that is a number is a wait, in milliseconds. */
export async function runAsync<T>(steps: Generator<unknown, T>): Promise<T> {
  for (let began = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (typeof value === 'number') await delay(value);
    else if (performance.now() - began < TURN_MS) continue;
    else await new Promise((resolve) => setImmediate(resolve));
    began = performance.now();
  }
}
