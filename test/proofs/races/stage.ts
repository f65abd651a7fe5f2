/**
 * What the proofs of races and locks share: a fresh tag, processes that use it, and a look at what they left.
 */

import { appendFileSync, existsSync, lstatSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import type { DiskCacheOptions } from '../../../src/disk/options.ts';
import { tagFolder } from '../../support/store-files.ts';
import { withTempRoot } from '../../support/temp-root.ts';
import { bundleWithout } from '../rules/bundle-without.ts';
import type { RuleName } from '../rules/rules.ts';
import { Actor, type RemoteCache } from './actors.ts';

const ACTOR = new URL('./actor.ts', import.meta.url);

/** A tag of its own, and the processes on it. */
export class Stage {
  readonly cacheRoot: string;
  readonly tag = 'stage';
  readonly #bundle: string;
  readonly #soundBundle: string;
  readonly #actors: Actor[] = [];
  #opened = 0;
  #audience: Actor | undefined;

  constructor(cacheRoot: string, bundle: string, soundBundle: string) {
    this.cacheRoot = cacheRoot;
    this.#bundle = bundle;
    this.#soundBundle = soundBundle;
  }

  /** Starts a process that has no cache open. */
  actor(): Actor {
    return this.#start(this.#bundle);
  }

  /** {@link actor}, with the engine as it is, whichever rule the others lack. */
  soundActor(): Actor {
    return this.#start(this.#soundBundle);
  }

  #start(bundle: string): Actor {
    const actor = new Actor(bundle);
    this.#actors.push(actor);
    return actor;
  }

  /** Opens the tag in a process, a new one unless one is given; the cache knows nothing yet. */
  cold(options: Partial<DiskCacheOptions> = {}, actor = this.actor()): Promise<RemoteCache> {
    const { cacheRoot, tag } = this;
    this.#opened++;
    return actor.open(`cache ${this.#opened}`, { cacheRoot, tag, timeout: 10, ...options });
  }

  /** The process of those who only look on. */
  get audience(): Actor {
    this.#audience ??= this.actor();
    return this.#audience;
  }

  /** Opens the tag for one who has not seen any of it yet, and will only look. */
  observer(): Promise<RemoteCache> {
    return this.cold({}, this.audience);
  }

  /** Opens the tag in a process and lets it read all of the index, and `keys` into its memory. */
  async hot(
    keys: readonly string[] = [],
    options: Partial<DiskCacheOptions> = {},
    actor = this.actor(),
  ): Promise<RemoteCache> {
    const cache = await this.cold(options, actor);
    await cache.call('keysSync');
    // The first read goes to the file, the second comes from memory.
    for (const key of [...keys, ...keys]) await cache.call('getSync', key);
    return cache;
  }

  get index(): string {
    return join(tagFolder(this), 'index.jsonl');
  }

  get lock(): string {
    return join(tagFolder(this), 'index.lock');
  }

  /** Puts a line into the index that is no record: whoever cleans up writes a new index. */
  litter(): void {
    appendFileSync(this.index, '\nno record\n');
  }

  /** Fills the index with history, so that whoever sets or deletes next writes a new index. */
  fillIndex(): void {
    const line = `\n["evict","${'0'.repeat(40)}","${'0'.repeat(24)}"]\n`;
    appendFileSync(this.index, line.repeat(5_000));
  }

  /** Makes the tag's lock look as if its holder had not refreshed it for so long that it is stale. */
  ageLock(seconds = 60): void {
    const then = Date.now() / 1000 - seconds;
    utimesSync(this.lock, then, then);
  }

  /**
   * Holds what caches say of a key against what it may have.
   * @param allowed the values that it may have, `undefined` for none. All must say the same.
   * @returns what is wrong, in words.
   */
  async look(caches: readonly RemoteCache[], key: string, allowed: readonly unknown[]): Promise<string[]> {
    const wrong = new Set<string>();
    let agreed: { readonly value: unknown } | undefined;
    // A second round finds in memory what the first one put there.
    for (let round = 0; round < 2; round++) {
      for (const [position, cache] of caches.entries()) {
        for (const method of ['getSync', 'get']) {
          const value = await cache.call(method, key);
          const who = `cache ${position}`;
          if (!allowed.includes(value)) wrong.add(`${who} reads ${value} under ${key}, not ${allowed.join(' or ')}`);
          agreed ??= { value };
          if (agreed.value !== value) wrong.add(`${who} reads ${value} under ${key}, others ${agreed.value}`);
        }
        const exists = await cache.call('existsSync', key);
        if (exists !== (agreed?.value !== undefined)) wrong.add(`existsSync says ${exists} of ${key}`);
      }
    }
    return [...wrong];
  }

  /**
   * Holds the tag's files and lists against each other, once nobody is at work.
   * @returns what is left over, leaks, or is listed wrongly, in words.
   */
  async lookAround(caches: readonly RemoteCache[]): Promise<string[]> {
    const wrong = findLeaks(tagFolder(this));
    const live = liveKeys(tagFolder(this)).sort();
    for (const [position, cache] of caches.entries()) {
      const keys = await cache.call('keysSync');
      const listed = Array.isArray(keys) ? keys.map(String).sort() : [];
      if (listed.join() !== live.join()) wrong.push(`cache ${position} lists ${listed}, live are ${live}`);
    }
    const [first] = caches;
    const report = await (await this.cold({}, first?.actor)).call('check');
    const problems = typeof report === 'object' && report !== null && 'problems' in report ? report.problems : report;
    if (!Array.isArray(problems) || problems.length > 0) wrong.push(`check finds ${JSON.stringify(problems)}`);
    return wrong;
  }

  /** Ends all processes that still run; fails if one ended in another way than it should. */
  async end(): Promise<void> {
    for (const actor of this.#actors) {
      if (actor.isAlive) expect(await actor.end()).toEqual({ code: 0, signal: null, said: '' });
    }
  }

  /** Ends all processes, whatever they do. */
  async abandon(): Promise<void> {
    await Promise.all(this.#actors.map((actor) => actor.kill()));
  }
}

/** Runs `play` with a stage whose processes run the engine without `rule`, and ends them. */
export async function onStage<T>(rule: RuleName | undefined, play: (stage: Stage) => Promise<T>): Promise<T> {
  const [bundle, soundBundle] = await Promise.all([bundleWithout(rule, ACTOR), bundleWithout(undefined, ACTOR)]);
  return withTempRoot(async (root) => {
    const stage = new Stage(root, bundle, soundBundle);
    try {
      const result = await play(stage);
      await stage.end();
      return result;
    } finally {
      await stage.abandon();
    }
  });
}

interface ShardFiles {
  readonly folder: string;
  readonly names: readonly string[];
}

function shardsOf(folder: string): ShardFiles[] {
  const entries = join(folder, 'entries');
  if (!existsSync(entries)) return [];
  return readdirSync(entries).map((name) => ({
    folder: join(entries, name),
    names: readdirSync(join(entries, name)),
  }));
}

/** What a sidecar says; nothing if it is empty, as that of a dead key is. */
function readFields(path: string): { readonly key: string; readonly generation: string } | undefined {
  const text = readFileSync(path, 'utf8');
  if (text === '') return undefined;
  const fields: unknown = JSON.parse(text);
  if (typeof fields !== 'object' || fields === null) return undefined;
  return { key: String(Reflect.get(fields, 'key')), generation: String(Reflect.get(fields, 'generation')) };
}

function sidecarsOf({ folder, names }: ShardFiles) {
  return names
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const fields = readFields(join(folder, name));
      return fields === undefined ? [] : [{ ...fields, entry: `${basename(name, '.json')}.${fields.generation}` }];
    });
}

/** The keys whose sidecar names an entry file that is there. */
function liveKeys(folder: string): string[] {
  return shardsOf(folder).flatMap((shard) =>
    sidecarsOf(shard).flatMap(({ key, entry }) => (shard.names.includes(entry) ? [key] : [])),
  );
}

/** Files of a tag that no live entry explains, in words. */
export function findLeaks(folder: string): string[] {
  return [...leaks(folder)];
}

/** Empty sidecars are no leak: they wait to be reaped. */
function* leaks(folder: string): Generator<string> {
  for (const shard of shardsOf(folder)) {
    const named = new Set(sidecarsOf(shard).map(({ entry }) => entry));
    for (const name of shard.names) {
      if (!name.endsWith('.json') && !named.has(name)) yield `${kindOf(name)} is left over`;
    }
  }
  for (const name of readdirSync(folder)) {
    if (/^index\.jsonl\..+/.test(name)) yield 'a temporary index is left over';
    if (name === 'index.lock') yield `the lock is left over (${lstatSync(join(folder, name)).mtime.toISOString()})`;
  }
}

function kindOf(name: string): string {
  if (name === '.reap') return 'a reap folder';
  return name.endsWith('.tmp') ? 'a temporary sidecar' : 'an entry file';
}
