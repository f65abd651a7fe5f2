/** One of several processes that use a store at the same time. */

import { getOf } from '../harness/actions.ts';
import { check } from '../harness/check.ts';
import { answerParent } from '../harness/children.ts';
import type { AsyncStore, SyncStore } from '../harness/contestant.ts';
import { createRandom, keyFor, valueFor } from '../harness/values.ts';
import { loadContestant } from './open-store.ts';

/** Read values that are kept and looked at once the clock has stopped. */
const CHECKED = 32;
/** Looking at the clock after each operation would count. */
const STRIDE = 8;

let store: SyncStore | AsyncStore | undefined;
let name = '';
let valueBytes = 0;
let filled = 0;
let next = 0;
let seed = 0;

answerParent(async (message) => {
  if (message['do'] === 'open') {
    name = String(message['contestant']);
    valueBytes = Number(message['valueBytes']);
    filled = Number(message['filled']);
    // Each process has keys of its own to set.
    seed = Number(message['number']);
    next = (seed + 1) * 10_000_000;
    const open = await loadContestant(name);
    const opened = await open(String(message['folder']), { memory: true, valueBytes });
    if (opened.face === 'remote') throw new Error(`${name} does not run in Node`);
    store = opened;
    return {};
  }
  if (store === undefined) throw new Error('no store was opened');
  const ms = Number(message['ms']);
  return message['do'] === 'read' ? await read(store, ms) : await write(store, ms);
});

async function read(from: SyncStore | AsyncStore, ms: number): Promise<object> {
  const random = createRandom(++seed);
  const numbers = Array.from({ length: 4096 }, () => random.integer(filled));
  const keys = numbers.map((number) => keyFor(number));
  const results: unknown[] = [];
  let count = 0;
  const started = performance.now();
  let elapsed = 0;
  for (; elapsed < ms; elapsed = performance.now() - started) {
    for (let left = STRIDE; left > 0; left--) {
      const found = from.get(keys[count % keys.length] ?? '');
      results[count % CHECKED] = from.face === 'sync' ? found : await found;
      count++;
    }
  }
  const latest = results.map((_, slot) => count - 1 - ((count - 1 - slot) % CHECKED));
  const expected = latest.map((at) => getOf(numbers[at % numbers.length] ?? 0, valueBytes));
  check(name, expected, { results });
  return { rate: (count / elapsed) * 1000 };
}

async function write(to: SyncStore | AsyncStore, ms: number): Promise<object> {
  const values = Array.from({ length: 64 }, (_, index) => valueFor(index, valueBytes));
  let count = 0;
  const started = performance.now();
  let elapsed = 0;
  for (; elapsed < ms; elapsed = performance.now() - started) {
    for (let left = STRIDE; left > 0; left--) {
      const done = to.set(keyFor(next), values[count % values.length]);
      if (to.face === 'async') await done;
      next++;
      count++;
    }
  }
  const last = keyFor(next - 1);
  check(name, [{ operation: 'get', key: last, expected: values[(count - 1) % values.length] }], {
    results: [await to.get(last)],
  });
  return { rate: (count / elapsed) * 1000 };
}
