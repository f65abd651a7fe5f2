/**
 * The protocol: what every cache of this package can do, and all that domains and adapters may rely on.
 */

import type { CacheKey } from './cache-key.ts';
import type { CacheMetadata, CacheStats } from './models.ts';

/** Anything JSON can say. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/**
 * What a key can be made of.
 *
 * A string is used as it is, a {@link CacheKey} by its `toString()`. Anything else is canonicalised (object members
 * sorted by name), so `{ a: 1, b: 2 }` and `{ b: 2, a: 1 }` are one key.
 */
export type CacheKeyLike = string | CacheKey | { readonly [name: string]: JsonValue } | readonly JsonValue[];

/** Options of a single `set`. */
export interface SetOptions {
  /**
   * Time to live in seconds, counted from this call; a positive finite number.
   * @default no expiry
   */
  readonly ttl?: number | undefined;
}

/** Options of {@link CacheManager.copyToFile}. */
export interface CopyOptions {
  /**
   * Make a file only if it shares its blocks with the cache. Where the file system is known not to do that, nothing is
   * read: who has a use for the bytes does better with `get`.
   * @default false
   */
  readonly sharedOnly?: boolean | undefined;
}

/** Options of {@link CacheManager.withLock}. */
export interface LockOptions {
  /**
   * The longest wait for the lock, in seconds.
   * @default the instance's own `timeout`
   */
  readonly timeout?: number | undefined;
  /** Called once when the lock is held by somebody else and the wait begins. */
  readonly onWait?: (() => void) | undefined;
}

/**
 * A cache: keys to values, with expiry, within a size limit.
 *
 * Wrong arguments always throw ({@link CacheKeyError}, {@link CacheArgumentError}), and so does every call after
 * `close()` ({@link CacheClosedError}). `get` and `exists` never throw for a fault of the store: what can't be read is
 * a miss. `set` throws when it could not store.
 */
export interface CacheManager extends AsyncDisposable {
  /** The value under `key`, or `undefined` when there is none (any more). */
  get<T = unknown>(key: CacheKeyLike): Promise<T | undefined>;
  /** The value under `key`, or `defaultValue` when there is none (any more). */
  get<T>(key: CacheKeyLike, defaultValue: T): Promise<T>;
  /**
   * Stores `value` under `key`. When the promise resolves, every process reads the new value.
   *
   * The value is read before the call returns its promise, so it may be changed afterwards.
   * @throws a {@link CacheValueError} if the value can't be stored; nothing was written.
   * @throws a {@link CacheEntryTooLargeError} if the entry alone is larger than the limit; nothing was evicted.
   * @throws a {@link CacheWriteError} if the system refused the write.
   */
  set(key: CacheKeyLike, value: unknown, options?: SetOptions): Promise<void>;
  /** The most disk space that entries may take, in bytes; caches without such a limit need not have it. */
  readonly maxSizeBytes?: number;
  /**
   * Copies the text or the bytes under `key` into a new file, private to the user. A cache that keeps its entries in
   * files can do that without writing them a second time, where the file system lets files share blocks (reflinks: XFS,
   * Btrfs, APFS); a cache that can't need not have the method. Counts as a read.
   * @returns `false` if there is no entry, or blocks were to be shared and can't be; then there is no file either.
   * @throws a {@link CacheValueError} if the value is neither text nor bytes.
   * @throws a {@link CacheWriteError} if the file can't be written, or is there already.
   */
  copyToFile?(key: CacheKeyLike, path: string, options?: CopyOptions): Promise<boolean>;
  /** Removes `key`; `true` if there was a live entry. */
  delete(key: CacheKeyLike): Promise<boolean>;
  /** Removes several keys; resolves to the number of live entries removed. */
  deleteMany(keys: Iterable<CacheKeyLike>): Promise<number>;
  /** Removes every entry. Entries set while it runs may stay. Waits for the tag's lock. */
  clear(): Promise<void>;
  /** Whether `key` has a live entry. Doesn't count as an access. */
  exists(key: CacheKeyLike): Promise<boolean>;
  /** What is known about the entry under `key`; doesn't count as an access. */
  getMetadata(key: CacheKeyLike): Promise<CacheMetadata | undefined>;
  /** This instance's counters and the tag's totals. */
  getStats(): Promise<CacheStats>;
  /**
   * Removes expired entries, evicts what is over the limit, sweeps up after killed processes.
   * @returns the number of entries expired and evicted.
   */
  cleanup(): Promise<number>;
  /** The live keys, in no particular order. */
  keys(): Promise<string[]>;
  /**
   * Runs `action` while no other process or thread runs one under the same key: read-modify-write, or work that should
   * happen once. The lock is not needed for single operations and does not keep them out. It is not reentrant: an action
   * that asks for the lock it runs under waits for itself.
   * @throws a {@link CacheTimeoutError} if the lock was not had within `timeout`.
   */
  withLock<T>(key: CacheKeyLike, action: () => Promise<T> | T, options?: LockOptions): Promise<T>;
  /** Gives back descriptors and memory. Idempotent; entries stay. */
  close(): Promise<void>;
}

/** A cache whose every operation but `withLock` has a synchronous twin with the same arguments and results. */
export interface SyncCacheManager extends CacheManager, Disposable {
  /** The namespace. */
  readonly tag: string;
  /** Whether the instance was closed; any other call would throw then. */
  readonly closed: boolean;
  /** {@link CacheManager.get}, synchronously. */
  getSync<T = unknown>(key: CacheKeyLike): T | undefined;
  /**
   * {@link CacheManager.get}, synchronously. A literal default is taken literally: write `getSync<string>('theme', 'light')`
   * where other strings may be stored.
   */
  getSync<T>(key: CacheKeyLike, defaultValue: T): T;
  /** {@link CacheManager.set}, synchronously. */
  setSync(key: CacheKeyLike, value: unknown, options?: SetOptions): void;
  /** {@link CacheManager.delete}, synchronously. */
  deleteSync(key: CacheKeyLike): boolean;
  /** {@link CacheManager.deleteMany}, synchronously. */
  deleteManySync(keys: Iterable<CacheKeyLike>): number;
  /** {@link CacheManager.clear}, synchronously. */
  clearSync(): void;
  /** {@link CacheManager.exists}, synchronously. */
  existsSync(key: CacheKeyLike): boolean;
  /** {@link CacheManager.getMetadata}, synchronously. */
  getMetadataSync(key: CacheKeyLike): CacheMetadata | undefined;
  /** {@link CacheManager.getStats}, synchronously. */
  getStatsSync(): CacheStats;
  /** {@link CacheManager.cleanup}, synchronously. */
  cleanupSync(): number;
  /** {@link CacheManager.keys}, synchronously. */
  keysSync(): string[];
  /** {@link CacheManager.close}, synchronously. */
  closeSync(): void;
}

const PROTOCOL_METHODS = [
  'get',
  'set',
  'delete',
  'deleteMany',
  'clear',
  'exists',
  'getMetadata',
  'getStats',
  'cleanup',
  'keys',
  'withLock',
  'close',
] as const satisfies readonly (keyof CacheManager)[];

/** Whether `candidate` offers the whole {@link CacheManager} protocol, whichever package or copy it came from. */
export function isCacheManager(candidate: unknown): candidate is CacheManager {
  if (typeof candidate !== 'object' || candidate === null) return false;
  return PROTOCOL_METHODS.every((method) => typeof Reflect.get(candidate, method) === 'function');
}
