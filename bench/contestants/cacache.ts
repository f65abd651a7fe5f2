import type { Contestant, OpenStore } from '../harness/contestant.ts';

export const cacache: Contestant = {
  name: 'cacache',
  kind: 'javascript',
  about: "npm's cache: content by its hash, an index file per key; values as JSON text or bytes",
  lacks: ['ttl', 'limit', 'sync'],
  notes: ['a delete removes the index entry and leaves the content'],
  packageName: 'cacache',
  load: async () => {
    const { default: library } = await import('cacache');
    const open: OpenStore = (folder, { bytes = false }) => ({
      face: 'async',
      set: (key, value) => library.put(folder, key, Buffer.isBuffer(value) ? value : JSON.stringify(value)),
      get: async (key) => {
        try {
          const { data } = await library.get(folder, key);
          return bytes ? data : JSON.parse(data.toString());
        } catch (error) {
          if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
          throw error;
        }
      },
      has: async (key) => (await library.get.info(folder, key)) !== null,
      delete: (key) => library.rm.entry(folder, key),
      close: () => {},
    });
    return open;
  },
};
