import type { Contestant, OpenStore } from '../harness/contestant.ts';

const shared = {
  kind: 'native',
  lacks: ['ttl', 'limit'],
  packageName: 'lmdb',
} as const;

/** As it comes: a write is awaited until it is committed and flushed. */
export const lmdb: Contestant = {
  ...shared,
  name: 'lmdb',
  about: 'with its defaults; each write awaited; values as MessagePack',
  lacks: ['ttl', 'limit', 'sync'],
  notes: ['flushes to the device with each commit, which nobody else here does'],
  load: async () => {
    const { open } = await import('lmdb');
    const openStore: OpenStore = (folder) => {
      const database = open({ path: folder });
      return {
        face: 'async',
        set: (key, value) => database.put(key, value),
        get: (key) => database.get(key),
        has: (key) => database.doesExist(key),
        delete: (key) => database.remove(key),
        close: () => database.close(),
      };
    };
    return openStore;
  },
};

/** No flush: as durable as the others here as long as the power stays on. */
export const lmdbNoSync: Contestant = {
  ...shared,
  name: 'lmdb noSync',
  about: 'without flushing, synchronous calls; a batch is one transaction; values as MessagePack',
  notes: ['a power cut may leave the whole database damaged'],
  load: async () => {
    const { open } = await import('lmdb');
    const openStore: OpenStore = (folder) => {
      const database = open({ path: folder, noSync: true });
      return {
        face: 'sync',
        set: (key, value) => {
          database.putSync(key, value);
        },
        setMany: (pairs) =>
          database.transactionSync(() => {
            for (const { key, value } of pairs) database.putSync(key, value);
          }),
        get: (key) => database.get(key),
        has: (key) => database.doesExist(key),
        delete: (key) => {
          database.removeSync(key);
        },
        close: () => database.close(),
      };
    };
    return openStore;
  },
};
