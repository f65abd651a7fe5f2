import type { Contestant, OpenStore } from '../harness/contestant.ts';

export const bentocache: Contestant = {
  name: 'bentocache file',
  kind: 'javascript',
  about: 'bentocache with its file driver alone, no memory layer, since that is not coherent without a message bus',
  lacks: ['limit', 'sync'],
  notes: ['writes in place: another process may read a torn file'],
  packageName: 'bentocache',
  load: async () => {
    const { BentoCache, bentostore } = await import('bentocache');
    const { fileDriver } = await import('bentocache/drivers/file');
    const open: OpenStore = (folder) => {
      const driver = fileDriver({ directory: folder, pruneInterval: false });
      const cache = new BentoCache({ default: 'file', stores: { file: bentostore().useL2Layer(driver) } });
      return {
        face: 'async',
        // Its times to live are milliseconds.
        set: (key, value, ttl) => cache.set({ key, value, ...(ttl === undefined ? {} : { ttl: ttl * 1000 }) }),
        get: (key) => cache.get({ key }),
        has: (key) => cache.has({ key }),
        delete: (key) => cache.delete({ key }),
        close: () => cache.disconnectAll(),
      };
    };
    return open;
  },
};
