/**
 * Where everything of a tag lies. Names are made of hashes and generations only, so no key ever becomes a path.
 */

import { join } from 'node:path';
import { builtin } from '../../builtin.ts';

/** Hexadecimal digits of a generation: 96 random bits. */
export const GENERATION_DIGITS = 24;
/** Number of shard folders of a tag. */
export const SHARD_COUNT = 256;
/** The folder that fences a reaper, in each shard. */
export const REAP_FOLDER = '.reap';

const pool = Buffer.alloc((GENERATION_DIGITS / 2) * 512);
let poolPosition = pool.length;

/** A name for one write, unique across processes, containers and machines. */
export function newGeneration(): string {
  if (poolPosition === pool.length) {
    // One call for the random source serves many writes.
    builtin('node:crypto').randomFillSync(pool);
    poolPosition = 0;
  }
  const start = poolPosition;
  poolPosition += GENERATION_DIGITS / 2;
  return pool.toString('hex', start, poolPosition);
}

/** The paths of one tag's folder. */
export class TagPaths {
  /** The tag's folder. */
  readonly folder: string;
  /** The folder of the shards. */
  readonly entries: string;
  /** The JSON-lines index. */
  readonly index: string;
  /** What the tag's lock is taken on. */
  readonly lock: string;
  /** The folder of the locks that single keys are taken by. */
  readonly locks: string;

  constructor(folder: string) {
    this.folder = folder;
    this.entries = join(folder, 'entries');
    this.index = join(folder, 'index.jsonl');
    this.lock = join(folder, 'index.lock');
    this.locks = join(folder, 'locks');
  }

  /** The folder of the shard with a number from 0 to 255. */
  shard(number: number): string {
    return `${this.entries}/${number.toString(16).padStart(2, '0')}`;
  }

  /** The folder that a key's files are in. */
  shardOf(hash: string): string {
    return `${this.entries}/${hash.slice(0, 2)}`;
  }

  /** A key's sidecar. */
  sidecar(hash: string): string {
    return `${this.entries}/${hash.slice(0, 2)}/${hash}.json`;
  }

  /** The entry file of one generation of a key. */
  entry(hash: string, generation: string): string {
    return `${this.entries}/${hash.slice(0, 2)}/${hash}.${generation}`;
  }

  /** A sidecar on its way to its name. */
  temporarySidecar(hash: string, generation: string): string {
    return `${this.entries}/${hash.slice(0, 2)}/${hash}.${generation}.tmp`;
  }

  /** An index on its way to its name. */
  temporaryIndex(generation: string): string {
    return `${this.index}.${generation}.tmp`;
  }

  /** The lock of a single key. */
  keyLock(hash: string): string {
    return join(this.locks, `${hash}.lock`);
  }
}

const KEY_LOCK = /^[0-9a-f]{40}\.lock$/;

/** Whether a name is that of a single key's lock. */
export function isKeyLock(name: string): boolean {
  return KEY_LOCK.test(name);
}

/** The number of the shard that a hash belongs to. */
export function shardNumber(hash: string): number {
  return Number.parseInt(hash.slice(0, 2), 16);
}

/** What a name in a shard folder stands for. */
export type ShardName =
  | { readonly kind: 'sidecar'; readonly hash: string }
  | {
      readonly kind: 'entry';
      readonly hash: string;
      readonly generation: string;
    }
  | {
      readonly kind: 'temporary';
      readonly hash: string;
      readonly generation: string;
    }
  | { readonly kind: 'reap' }
  | { readonly kind: 'foreign' };

const SHARD_NAME = /^([0-9a-f]{40})\.(?:(json)|([0-9a-f]{24})(\.tmp)?)$/;

/** Reads a name found in a shard folder. */
export function parseShardName(name: string): ShardName {
  if (name === REAP_FOLDER) return { kind: 'reap' };
  const match = SHARD_NAME.exec(name);
  const hash = match?.[1];
  if (match === null || hash === undefined) return { kind: 'foreign' };
  const generation = match[3];
  if (generation === undefined) return { kind: 'sidecar', hash };
  return {
    kind: match[4] === undefined ? 'entry' : 'temporary',
    hash,
    generation,
  };
}
