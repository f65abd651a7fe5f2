/** This package, as it ships. */

import type * as Glovebox from '../../src/index.ts';
import type { Contestant, OpenStore, StoreOptions } from '../harness/contestant.ts';
import { packageModule } from '../harness/dist.ts';

type Package = Pick<typeof Glovebox, 'createDiskCacheManager'>;

const BLOCK_BYTES = 4096;

/** Both faces of the package; `load` says where it comes from. */
export function gloveboxContestants(load: () => Promise<Package> = loadDistributed): Contestant[] {
  const shared = { kind: 'ours', packageName: 'glovebox-cache' } as const;
  return [
    {
      ...shared,
      name: 'glovebox sync',
      about: 'the synchronous face',
      lacks: [],
      load: async () => openSync(await load()),
    },
    {
      ...shared,
      name: 'glovebox async',
      about: 'the asynchronous face, each call awaited',
      lacks: ['sync'],
      load: async () => openAsync(await load()),
    },
  ];
}

async function loadDistributed(): Promise<Package> {
  const module: unknown = await import(packageModule().href);
  if (!isPackage(module)) throw new Error(`${packageModule().pathname} is not this package`);
  return module;
}

function isPackage(module: unknown): module is Package {
  return typeof module === 'object' && module !== null && 'createDiskCacheManager' in module;
}

function create(glovebox: Package, folder: string, options: StoreOptions): Glovebox.DiskCacheManager {
  // An entry takes whole blocks, and its sidecar one.
  const entryBytes = Math.ceil(options.valueBytes / BLOCK_BYTES) * BLOCK_BYTES + BLOCK_BYTES;
  return glovebox.createDiskCacheManager({
    cacheRoot: folder,
    maxSizeBytes: options.maxEntries === undefined ? 2 ** 40 : options.maxEntries * entryBytes,
    ...(options.memory ? {} : { memoryMaxBytes: 0 }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
}

function openSync(glovebox: Package): OpenStore {
  return (folder, options) => {
    const cache = create(glovebox, folder, options);
    return {
      face: 'sync',
      set: (key, value, ttl) => cache.setSync(key, value, ttl === undefined ? undefined : { ttl }),
      get: (key) => cache.getSync(key),
      has: (key) => cache.existsSync(key),
      delete: (key) => {
        cache.deleteSync(key);
      },
      count: () => cache.getStatsSync().totalKeys,
      close: () => cache.closeSync(),
    };
  };
}

function openAsync(glovebox: Package): OpenStore {
  return (folder, options) => {
    const cache = create(glovebox, folder, options);
    return {
      face: 'async',
      set: (key, value, ttl) => cache.set(key, value, ttl === undefined ? undefined : { ttl }),
      get: (key) => cache.get(key),
      has: (key) => cache.exists(key),
      delete: (key) => cache.delete(key),
      count: () => cache.getStatsSync().totalKeys,
      close: () => cache.close(),
    };
  };
}
