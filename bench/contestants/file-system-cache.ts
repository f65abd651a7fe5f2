import * as fs from 'node:fs';
import type { Contestant, OpenStore } from '../harness/contestant.ts';

export const fileSystemCache: Contestant = {
  name: 'file-system-cache',
  kind: 'javascript',
  about: 'one file per key, its synchronous calls',
  lacks: ['limit'],
  notes: [
    'writes in place: another process may read a torn file',
    'has no synchronous exists or delete: a stat and an unlink of the path that it names',
  ],
  packageName: 'file-system-cache',
  load: async () => {
    const { Cache } = await import('file-system-cache');
    const open: OpenStore = (folder) => {
      const cache = new Cache({ basePath: folder, hash: 'sha1' });
      return {
        face: 'sync',
        set: (key, value, ttl) => {
          cache.setSync(key, value, ttl);
        },
        get: (key) => cache.getSync(key),
        has: (key) => fs.existsSync(cache.path(key)),
        delete: (key) => fs.rmSync(cache.path(key), { force: true }),
        close: () => {},
      };
    };
    return open;
  },
};
