/** Folders that hold many entries, made once a run and used by several scenarios, which add few. */

import type { Pair } from './contestant.ts';
import type { Bench, Entrant } from './scenario.ts';
import { setTogether } from './timing.ts';
import { keyFor, valueFor } from './values.ts';

const CHUNK = 1000;
const made = new WeakMap<Bench, Map<string, Promise<string>>>();

/**
 * A folder in which a contestant has stored the first `entries` keys, and that no open store uses.
 * @param user a scenario that adds so many that it needs its own.
 */
export function filledFolder(
  bench: Bench,
  entrant: Entrant,
  entries: number,
  valueBytes: number,
  user = '',
): Promise<string> {
  const folders = made.get(bench) ?? new Map<string, Promise<string>>();
  made.set(bench, folders);
  const label = `${entrant.name}|${entries}|${valueBytes}|${user}`;
  let folder = folders.get(label);
  if (folder === undefined) {
    folder = make(bench, entrant, entries, valueBytes);
    folders.set(label, folder);
  }
  return folder;
}

async function make(bench: Bench, entrant: Entrant, entries: number, valueBytes: number): Promise<string> {
  const folder = bench.freshFolder(entrant.name);
  const store = await entrant.open(folder, { memory: false, valueBytes });
  for (let first = 0; first < entries; first += CHUNK) {
    bench.progress(`storing ${entries} entries with ${entrant.name}: ${Math.round((first / entries) * 100)} %`);
    const pairs = Array.from({ length: Math.min(CHUNK, entries - first) }, (_, at): Pair => {
      return { key: keyFor(first + at), value: valueFor(first + at, valueBytes) };
    });
    await setTogether(store, pairs);
  }
  await store.close();
  return folder;
}
