/**
 * Whether what was set outlives the process: `killed set <contestant> <folder> <entries>` sets and is killed at once, by
 * its own hand; `killed get ...` prints how many of them are there.
 */

import { isDeepStrictEqual } from 'node:util';
import { keyFor, valueFor } from '../harness/values.ts';
import { loadContestant } from './open-store.ts';

const [, , operation = '', name = '', folder = '', count = '0'] = process.argv;
const VALUE_BYTES = 1024;

const open = await loadContestant(name);
const store = await open(folder, { memory: true, valueBytes: VALUE_BYTES });
if (store.face === 'remote') throw new Error(`${name} does not run in Node`);
let found = 0;
for (let number = 0; number < Number(count); number++) {
  if (operation === 'set') await store.set(keyFor(number), valueFor(number, VALUE_BYTES));
  else if (isDeepStrictEqual(await store.get(keyFor(number)), valueFor(number, VALUE_BYTES))) found++;
}
// Before anything that waits for its turn could still run.
if (operation === 'set') process.kill(process.pid, 'SIGKILL');
console.log(JSON.stringify({ found }));
await store.close();
