/**
 * One of several that all write, delete and read the same few keys, and at the end tell what they see.
 */

import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { hangUp, instruction, programArguments, report } from '../../support/program-side.ts';
import { makeProven, readProven } from './proven-value.ts';
import { seededRandom } from './random.ts';

/** What the program is told. */
export interface ContentionArguments {
  readonly cacheRoot: string;
  readonly writer: number;
  readonly keys: number;
  readonly operations: number;
}

/** What the program found while it ran, and when all had stopped. */
export interface ContentionReport {
  readonly wrong: readonly string[];
  /** For each key the writer and version that it holds, or nothing. */
  readonly seen: readonly string[];
}

async function run({ cacheRoot, writer, keys, operations }: ContentionArguments): Promise<void> {
  const random = seededRandom(writer + 1);
  const pick = (count: number) => Math.floor(random() * count);
  const cache = new DiskCacheManager({ cacheRoot });
  const wrong: string[] = [];
  // A reader that has seen a writer's second value must not see its first one again: it was replaced.
  const newest = new Map<string, number>();
  let version = 0;

  function note(value: unknown, key: number): void {
    const proven = readProven(value);
    const name = `${key} by ${proven.writer}`;
    if (proven.key !== key) wrong.push(`key ${key} had a value of key ${proven.key}`);
    const last = newest.get(name) ?? 0;
    if (proven.version < last) wrong.push(`key ${name} went back from ${last} to ${proven.version}`);
    newest.set(name, Math.max(last, proven.version));
  }

  for (let count = 0; count < operations; count++) {
    const key = pick(keys);
    const choice = random();
    try {
      if (choice < 0.35) {
        version++;
        const value = makeProven({ key, version, writer }, pick(3000));
        if (choice < 0.1) await cache.set(['n', key], value);
        else cache.setSync(['n', key], value);
        newest.set(`${key} by ${writer}`, version);
      } else if (choice < 0.45) cache.deleteSync(['n', key]);
      else if (choice < 0.452) await cache.clear();
      else if (choice < 0.454) await cache.cleanup();
      else {
        const value = choice < 0.6 ? await cache.get(['n', key]) : cache.getSync(['n', key]);
        if (value !== undefined) note(value, key);
      }
    } catch (error) {
      wrong.push(String(error));
    }
  }
  report({ stopped: true });
  await instruction();
  const seen = Array.from({ length: keys }, (_, key) => {
    const value = cache.getSync(['n', key]);
    return value === undefined ? 'nothing' : `${readProven(value).version} by ${readProven(value).writer}`;
  });
  cache.closeSync();
  report({ wrong, seen } satisfies ContentionReport);
  hangUp();
}

function isContentionArguments(args: unknown): args is ContentionArguments {
  return typeof args === 'object' && args !== null && 'cacheRoot' in args && 'operations' in args;
}

const args = programArguments();
if (!isContentionArguments(args)) throw new Error('the arguments of contention are missing');
run(args);
