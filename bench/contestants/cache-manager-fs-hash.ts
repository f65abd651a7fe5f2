import type { Contestant, OpenStore } from '../harness/contestant.ts';

export const cacheManagerFsHash: Contestant = {
  name: 'cache-manager-fs-hash',
  kind: 'javascript',
  about: 'one file per key, under a lock file per key',
  lacks: ['limit', 'sync'],
  packageName: 'cache-manager-fs-hash',
  load: async () => {
    const { default: library } = await import('cache-manager-fs-hash');
    const open: OpenStore = (folder) => {
      const store = new library.DiskStore({ path: folder });
      return {
        face: 'async',
        set: (key, value, ttl) => store.set(key, value, ttl === undefined ? undefined : ttl * 1000),
        get: (key) => store.get(key),
        has: (key) => store.has(key),
        delete: (key) => store.del(key),
        close: () => {},
      };
    };
    return open;
  },
};
