/**
 * Putting together the parts of one open tag.
 */

import type { TagContext } from './access/context.ts';
import { Graves } from './access/graves.ts';
import { MemoryTier } from './access/memory-tier.ts';
import { Store } from './entry/store.ts';
import { TagPaths } from './files/paths.ts';
import { isOnNetwork, prepareFolders } from './files/root.ts';
import { Catalog } from './index/catalog.ts';
import { type HeldDescriptor, IndexFile } from './index/index-file.ts';
import type { ResolvedOptions } from './options.ts';
import { ShardWalker } from './upkeep/walk.ts';

/** An open tag, and the real path of the root that it lies in. */
export interface OpenTag {
  readonly root: string;
  readonly context: TagContext;
}

/**
 * Prepares a tag's folders and what works on them. The index is opened when it is first needed.
 * @param held keeps the index's descriptor, apart from all that refers to the instance.
 * @throws a {@link CacheRootError}, {@link CacheOwnerError} or {@link CacheTagError} if the folders can't be used.
 */
export function openTag(options: ResolvedOptions, held: HeldDescriptor): OpenTag {
  const { root, folder } = prepareFolders(options.cacheRoot, options.tag);
  const coherent = !isOnNetwork(folder);
  const store = new Store(new TagPaths(folder), options.fsync);
  const file = new IndexFile(store.paths.index, held, () => store.restoreFolder());
  const context: TagContext = {
    tag: options.tag,
    store,
    catalog: new Catalog(file, options.tag, { coherent, shards: new ShardWalker(store) }),
    memory: coherent && options.memoryMaxBytes > 0 ? new MemoryTier(options.memoryMaxBytes) : undefined,
    counters: { hits: 0, misses: 0, evictions: 0, expirations: 0, errors: 0 },
    graves: new Graves(),
    clock: options.clock,
    ownClock: options.clock !== Date.now,
    maxSizeBytes: options.maxSizeBytes,
    atimeResolutionMs: options.atimeResolution * 1000,
    timeout: options.timeout,
  };
  return { root, context };
}
