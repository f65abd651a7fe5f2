/**
 * What a disk cache can be told, the defaults with their units, and the check of both.
 */

import type { SetOptions } from '../cache-manager.ts';
import { CacheArgumentError } from '../errors.ts';
import { positive, shown } from '../guards.ts';
import { assertTag } from './files/root.ts';

/** The defaults. Durations are seconds, sizes are bytes. */
export const DISK_CACHE_DEFAULTS = {
  tag: 'default',
  maxSizeBytes: 2 * 2 ** 30,
  timeout: 30,
  memoryMaxBytes: 32 * 2 ** 20,
  atimeResolution: 1,
  fsync: false,
} as const;

/** Options of a disk cache. Durations are seconds, sizes are bytes unless the name says otherwise. */
export interface DiskCacheOptions {
  /** The folder that holds one folder per tag. Created, private to the user, when missing. */
  readonly cacheRoot: string;
  /**
   * The namespace: a plain folder name of up to 64 characters (letters, digits, `.`, `_`, `-`).
   * @default 'default'
   */
  readonly tag?: string | undefined;
  /**
   * The most disk space the tag's entries may take, in bytes. Entries least recently read are evicted to stay within.
   * @default 2147483648 (2 GiB)
   */
  readonly maxSizeBytes?: number | undefined;
  /** The same limit in GiB; give one of the two. */
  readonly maxSizeGb?: number | undefined;
  /**
   * The longest wait, in seconds, of calls that must wait for other processes: `clear`, `cleanup`, `withLock`.
   * `get`, `exists`, `set` and `delete` never wait.
   * @default 30
   */
  readonly timeout?: number | undefined;
  /**
   * The most memory, in bytes, for values kept ready to be read again without touching their files; coherent with all
   * other processes. 0 keeps none.
   * @default 33554432 (32 MiB)
   */
  readonly memoryMaxBytes?: number | undefined;
  /**
   * How exactly reads are remembered for eviction, in seconds: an entry's access time is written at most once in this
   * window. Smaller is more exact and costs one system call (about 3 µs) per read outside the window.
   * @default 1
   */
  readonly atimeResolution?: number | undefined;
  /**
   * Flush entry, sidecar and their folder to the device before `set` returns, so that it survives a power cut; costs
   * milliseconds, during which small values block the event loop.
   * @default false
   */
  readonly fsync?: boolean | undefined;
  /**
   * The source of time, in milliseconds since the epoch, for expiry and recency.
   * @default Date.now
   */
  readonly clock?: (() => number) | undefined;
}

const OPTION_NAMES = [
  'cacheRoot',
  'tag',
  'maxSizeBytes',
  'maxSizeGb',
  'timeout',
  'memoryMaxBytes',
  'atimeResolution',
  'fsync',
  'clock',
] as const satisfies readonly (keyof DiskCacheOptions)[];

const SET_OPTION_NAMES = ['ttl'] as const satisfies readonly (keyof SetOptions)[];

/** An option whose name is misspelt would be ignored without a word. */
function assertKnown(options: object, names: readonly string[]): void {
  for (const name in options) {
    if (names.includes(name)) continue;
    throw new CacheArgumentError(
      `${name} is not an option; there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`,
    );
  }
}

/** Options with every default filled in. */
export interface ResolvedOptions {
  readonly cacheRoot: string;
  readonly tag: string;
  readonly maxSizeBytes: number;
  readonly timeout: number;
  readonly memoryMaxBytes: number;
  readonly atimeResolution: number;
  readonly fsync: boolean;
  readonly clock: () => number;
}

/**
 * Checks options and fills in the defaults.
 * @throws a {@link CacheArgumentError} naming the option that is wrong and what would be right; {@link CacheTagError}.
 */
export function resolveOptions(options: DiskCacheOptions): ResolvedOptions {
  if (typeof options !== 'object' || options === null) {
    throw new CacheArgumentError(`options must be an object with at least cacheRoot, got ${shown(options)}`);
  }
  assertKnown(options, OPTION_NAMES);
  const { cacheRoot, tag = DISK_CACHE_DEFAULTS.tag, fsync = DISK_CACHE_DEFAULTS.fsync, clock = Date.now } = options;
  if (typeof cacheRoot !== 'string' || cacheRoot.length === 0 || cacheRoot.includes('\0')) {
    throw new CacheArgumentError(`cacheRoot must be the path of a folder, a non-empty string, got ${shown(cacheRoot)}`);
  }
  assertTag(tag);
  if (typeof fsync !== 'boolean') throw new CacheArgumentError(`fsync must be true or false, got ${shown(fsync)}`);
  if (typeof clock !== 'function') {
    throw new CacheArgumentError(
      `clock must be a function that returns milliseconds since the epoch, got ${shown(clock)}`,
    );
  }
  return {
    cacheRoot,
    tag,
    maxSizeBytes: resolveLimit(options),
    timeout: positive('timeout', options.timeout ?? DISK_CACHE_DEFAULTS.timeout, 'seconds'),
    memoryMaxBytes: notNegative(
      'memoryMaxBytes',
      options.memoryMaxBytes ?? DISK_CACHE_DEFAULTS.memoryMaxBytes,
      'bytes',
    ),
    atimeResolution: notNegative(
      'atimeResolution',
      options.atimeResolution ?? DISK_CACHE_DEFAULTS.atimeResolution,
      'seconds',
    ),
    fsync,
    clock,
  };
}

/**
 * The time to live that a `set` was given, in seconds.
 * @throws a {@link CacheArgumentError} unless it is a positive finite number.
 */
export function resolveTtl(options: SetOptions | undefined): number | undefined {
  if (options === undefined) return undefined;
  if (typeof options !== 'object' || options === null) {
    throw new CacheArgumentError(`options must be an object such as { ttl: 60 }, got ${String(options)}`);
  }
  assertKnown(options, SET_OPTION_NAMES);
  return options.ttl === undefined ? undefined : positive('ttl', options.ttl, 'seconds');
}

function resolveLimit({ maxSizeBytes, maxSizeGb }: DiskCacheOptions): number {
  const bytes = maxSizeGb === undefined ? undefined : Math.floor(positive('maxSizeGb', maxSizeGb, 'GiB') * 2 ** 30);
  if (maxSizeBytes === undefined) return bytes ?? DISK_CACHE_DEFAULTS.maxSizeBytes;
  const limit = positive('maxSizeBytes', maxSizeBytes, 'bytes');
  if (bytes !== undefined && bytes !== limit) {
    throw new CacheArgumentError(`maxSizeBytes (${limit}) and maxSizeGb (${maxSizeGb}) disagree; give one of the two`);
  }
  return limit;
}

function notNegative(name: string, value: unknown, unit: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new CacheArgumentError(`${name} must be 0 or a positive finite number of ${unit}, got ${shown(value)}`);
}
