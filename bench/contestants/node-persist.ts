import type { Contestant, OpenStore } from '../harness/contestant.ts';

export const nodePersist: Contestant = {
  name: 'node-persist',
  kind: 'javascript',
  about: 'one file per key, written at once (no write queue)',
  lacks: ['limit', 'sync'],
  notes: ['writes in place: another process may read a torn file'],
  packageName: 'node-persist',
  load: async () => {
    const { default: library } = await import('node-persist');
    const open: OpenStore = async (folder) => {
      const storage = library.create({ dir: folder, writeQueue: false, expiredInterval: false });
      await storage.init();
      return {
        face: 'async',
        set: (key, value, ttl) => storage.setItem(key, value, ttl === undefined ? {} : { ttl: ttl * 1000 }),
        get: (key) => storage.getItem(key),
        has: async (key) => Object.keys((await storage.getDatum(key)) ?? {}).length > 0,
        delete: (key) => storage.removeItem(key),
        close: () => {
          storage.stopExpiredKeysInterval();
          storage.stopWriteQueueInterval();
        },
      };
    };
    return open;
  },
};
