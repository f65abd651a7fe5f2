import type { Contestant, OpenStore } from '../harness/contestant.ts';

export const keyvFile: Contestant = {
  name: 'keyv-file',
  kind: 'javascript',
  about: 'keyv with keyv-file, which writes its one file at once (writeDelay 0) and is awaited',
  lacks: ['limit', 'processes', 'sync'],
  notes: ['each set rewrites everything, so few entries favour it; get never looks at the disk'],
  packageName: 'keyv-file',
  load: async () => {
    const { Keyv } = await import('keyv');
    const { KeyvFile } = await import('keyv-file');
    const open: OpenStore = (folder) => {
      const keyv = new Keyv({ store: new KeyvFile({ filename: `${folder}/cache.msgpack`, writeDelay: 0 }) });
      return {
        face: 'async',
        set: (key, value, ttl) => keyv.set(key, value, ttl === undefined ? undefined : ttl * 1000),
        get: (key) => keyv.get(key),
        has: (key) => keyv.has(key),
        delete: (key) => keyv.delete(key),
        close: () => keyv.disconnect(),
      };
    };
    return open;
  },
};
