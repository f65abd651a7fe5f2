/**
 * What the first operation of a fresh process costs: `first-use <contestant> <folder> get|set <number> <bytes>` prints the
 * microseconds from before the store is opened, with the library loaded, until the operation is done.
 */

import { isDeepStrictEqual } from 'node:util';
import { keyFor, valueFor } from '../harness/values.ts';
import { loadContestant } from './open-store.ts';

const [, , name = '', folder = '', operation = '', index = '0', bytes = '1024'] = process.argv;

const open = await loadContestant(name);
const key = keyFor(Number(index));
const value = valueFor(Number(index), Number(bytes));
const started = performance.now();
const store = await open(folder, { memory: true, valueBytes: Number(bytes) });
if (store.face === 'remote') throw new Error(`${name} does not run in Node`);
const opened = performance.now();
let found: unknown = value;
if (operation === 'get') found = await store.get(key);
else await store.set(key, value);
const stopped = performance.now();
await store.close();
if (!isDeepStrictEqual(found, value)) throw new Error(`${name} gave a wrong value`);
console.log(JSON.stringify({ open: (opened - started) * 1000, total: (stopped - started) * 1000 }));
