import type { Contestant, OpenStore } from '../harness/contestant.ts';

export const flatCache: Contestant = {
  name: 'flat-cache',
  kind: 'javascript',
  about: 'saved after each change, so that it is on disk when the call returns',
  lacks: ['limit', 'processes'],
  notes: ['each save rewrites everything, so few entries favour it; get never looks at the disk'],
  packageName: 'flat-cache',
  load: async () => {
    const { FlatCache } = await import('flat-cache');
    const open: OpenStore = (folder) => {
      const cache = new FlatCache({ cacheDir: folder, cacheId: 'cache' });
      cache.load();
      return {
        face: 'sync',
        set: (key, value, ttl) => {
          cache.setKey(key, value, ttl === undefined ? undefined : ttl * 1000);
          cache.save();
        },
        get: (key) => cache.getKey(key),
        has: (key) => cache.getKey(key) !== undefined,
        delete: (key) => {
          cache.removeKey(key);
          cache.save();
        },
        close: () => {},
      };
    };
    return open;
  },
};
