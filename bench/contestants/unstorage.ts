import type { Contestant, OpenStore } from '../harness/contestant.ts';

export const unstorage: Contestant = {
  name: 'unstorage fs',
  kind: 'javascript',
  about: 'unstorage with its fs driver',
  lacks: ['ttl', 'limit', 'sync'],
  notes: ['writes in place: another process may read a torn file'],
  packageName: 'unstorage',
  load: async () => {
    const { createStorage } = await import('unstorage');
    const { default: fsDriver } = await import('unstorage/drivers/fs');
    const open: OpenStore = (folder, { bytes = false }) => {
      const storage = createStorage({ driver: fsDriver({ base: folder }) });
      return {
        face: 'async',
        set: (key, value) => (Buffer.isBuffer(value) ? storage.setItemRaw(key, value) : storage.setItem(key, value)),
        get: async (key) => (await (bytes ? storage.getItemRaw(key) : storage.getItem(key))) ?? undefined,
        has: (key) => storage.hasItem(key),
        delete: (key) => storage.removeItem(key),
        close: () => storage.dispose(),
      };
    };
    return open;
  },
};
