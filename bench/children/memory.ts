/**
 * What knowing all entries costs in memory: `memory <contestant> <folder>`, run with `--expose-gc`, prints how many entries
 * there are, the bytes of heap and buffers that they take, and the microseconds until all were known.
 */

import { loadContestant } from './open-store.ts';

const [, , name = '', folder = ''] = process.argv;

function used(): number {
  // Twice: the first finds what the second can free.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const open = await loadContestant(name);
const store = await open(folder, { memory: false, valueBytes: 1024 });
if (store.face === 'remote') throw new Error(`${name} does not run in Node`);
const before = used();
const started = performance.now();
const entries = store.count?.() ?? 0;
const time = (performance.now() - started) * 1000;
const after = used();
await store.close();
console.log(JSON.stringify({ entries, bytes: after - before, time }));
