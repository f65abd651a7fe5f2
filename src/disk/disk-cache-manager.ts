/**
 * The cache on disk, as its users see it: arguments checked, errors named, both faces.
 */

import type { CacheKeyLike, CopyOptions, LockOptions, SetOptions, SyncCacheManager } from '../cache-manager.ts';
import { CacheArgumentError, CacheClosedError } from '../errors.ts';
import { positive } from '../guards.ts';
import { type CacheMetadata, type CacheStats, createCacheStats } from '../models.ts';
import { SYNC_LIMIT_BYTES, type TagContext } from './access/context.ts';
import { copyValue } from './access/copier.ts';
import { Deleter } from './access/deleter.ts';
import { type Found, Reader } from './access/reader.ts';
import { Writer } from './access/writer.ts';
import { hasExpired } from './entry/sidecar.ts';
import { makeOwnFolder } from './files/files.ts';
import { type Attempt, namingSystemErrors, namingSystemErrorsAsync } from './files/system-errors.ts';
import { HeldDescriptor } from './index/index-file.ts';
import { eachKey } from './index/list-rows.ts';
import { FolderLock } from './lock/lock.ts';
import { openTag } from './open-tag.ts';
import { type DiskCacheOptions, resolveOptions, resolveTtl } from './options.ts';
import type { CheckOptions, CheckReport } from './upkeep/check.ts';
import { Evictor } from './upkeep/evictor.ts';
import { Maintenance } from './upkeep/maintenance.ts';
import { runAsync } from './upkeep/walk.ts';
import { type EncodedValue, encode, giveBack, ownEncoded } from './value/codec.ts';
import { canonicalKey, canonicalKeys, hashKey } from './value/key.ts';

/** An instance that nobody references any more gives back its descriptor. */
const abandoned = new FinalizationRegistry<HeldDescriptor>((held) => held.release());

/** What {@link DiskCacheManager.cleanup} would remove. */
export interface CleanupPlan {
  /** Keys whose time to live has run out. */
  readonly expired: readonly string[];
  /** Keys that must go to bring the tag within its limit, least recently used first. */
  readonly evicted: readonly string[];
}

/**
 * A cache in files, shared by all processes that open the same root and tag.
 *
 * Cost, in system calls: `get` from memory one, from disk four; `set` thirteen, two of which create a file;
 * `delete` nine. Memory: about 90 bytes an entry, and the values kept ready.
 *
 * ```ts
 * const cache = new DiskCacheManager({ cacheRoot: '/var/tmp/my-app', tag: 'layout', maxSizeBytes: 100_000_000 });
 * cache.setSync('answer', { value: 42 }, { ttl: 3600 });
 * cache.getSync('answer'); // { value: 42 }
 * ```
 */
export class DiskCacheManager implements SyncCacheManager {
  /** The real path of the folder that holds the tags. */
  readonly cacheRoot: string;
  /** The namespace of this instance. */
  readonly tag: string;
  /** The most disk space that the tag's entries may take, in bytes. */
  readonly maxSizeBytes: number;

  readonly #context: TagContext;
  readonly #reader: Reader;
  readonly #writer: Writer;
  readonly #deleter: Deleter;
  readonly #evictor: Evictor;
  readonly #maintenance: Maintenance;
  readonly #held = new HeldDescriptor();
  /** The last unfinished set or delete of each key. */
  readonly #underWay = new Map<string, Promise<unknown>>();
  #closed = false;

  /**
   * Opens a tag, creating its folder when missing. The index is read only when it is needed.
   * @throws a {@link CacheArgumentError}, {@link CacheTagError} for options that are wrong.
   * @throws a {@link CacheRootError} if the folder can't be used, {@link CacheOwnerError} if it is another user's.
   * @throws a {@link CacheFormatError} if a newer version of this package wrote it.
   */
  constructor(options: DiskCacheOptions) {
    const resolved = resolveOptions(options);
    const { root, context } = openTag(resolved, this.#held);
    this.cacheRoot = root;
    this.tag = resolved.tag;
    this.maxSizeBytes = resolved.maxSizeBytes;
    this.#context = context;
    this.#writer = new Writer(context);
    this.#deleter = new Deleter(context);
    this.#evictor = new Evictor(context);
    this.#maintenance = new Maintenance(context, this.#deleter, this.#evictor);
    this.#reader = new Reader(context);
    abandoned.register(this, this.#held, this.#held);
    try {
      this.#maintenance.start();
    } catch (error) {
      this.closeSync();
      throw error;
    }
  }

  /** Whether the instance was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  getSync<T = unknown>(key: CacheKeyLike): T | undefined;
  getSync<T>(key: CacheKeyLike, defaultValue: T): T;
  getSync(key: CacheKeyLike, defaultValue?: unknown): unknown {
    const found = this.#reader.get(this.#key(key));
    this.#maintenance.afterRead();
    return valueOr(found, defaultValue);
  }

  get<T = unknown>(key: CacheKeyLike): Promise<T | undefined>;
  get<T>(key: CacheKeyLike, defaultValue: T): Promise<T>;
  async get(key: CacheKeyLike, defaultValue?: unknown): Promise<unknown> {
    const result = this.#reader.getAsync(this.#key(key));
    const found = result instanceof Promise ? await result : result;
    if (!this.#closed) this.#maintenance.afterRead();
    return valueOr(found, defaultValue);
  }

  setSync(key: CacheKeyLike, value: unknown, options?: SetOptions): void {
    const name = this.#key(key);
    const ttl = resolveTtl(options);
    this.#set(name, hashKey(name), encode(value, name), ttl);
  }

  #set(name: string, hash: string, encoded: EncodedValue, ttl: number | undefined): void {
    try {
      this.#afterSet(name, hash, this.#writer.set(name, hash, encoded, ttl), encoded);
    } finally {
      giveBack(encoded);
    }
  }

  async set(key: CacheKeyLike, value: unknown, options?: SetOptions): Promise<void> {
    const name = this.#key(key);
    const ttl = resolveTtl(options);
    const encoded = encode(value, name);
    const hash = hashKey(name);
    const { catalog } = this.#context;
    if (encoded.bytes.length <= SYNC_LIMIT_BYTES && !this.#underWay.has(name) && !catalog.isFarBehind) {
      this.#set(name, hash, encoded, ttl);
      return;
    }
    // The value is still being written when the caller goes on, and may change it.
    const own = ownEncoded(encoded, value);
    await this.#inOrder(name, async () => {
      if (catalog.isFarBehind) await runAsync(catalog.loadSteps());
      const generation = await this.#writer.setAsync(name, hash, own, ttl);
      if (!this.#closed) this.#afterSet(name, hash, generation, own);
    });
  }

  /** A set of a large value may still be under way when the next call comes: those of the same key keep their order. */
  async #inOrder<T>(key: string, action: () => Promise<T> | T): Promise<T> {
    const before = this.#underWay.get(key);
    const result = before === undefined ? Promise.resolve(action()) : before.then(action, action);
    this.#underWay.set(key, result);
    try {
      return await result;
    } finally {
      if (this.#underWay.get(key) === result) this.#underWay.delete(key);
    }
  }

  async copyToFile(key: CacheKeyLike, path: string, options?: CopyOptions): Promise<boolean> {
    const copied = await copyValue(this.#context, this.#reader, this.#key(key), path, options);
    if (!this.#closed) this.#maintenance.afterRead();
    return copied;
  }

  deleteSync(key: CacheKeyLike): boolean {
    const name = this.#key(key);
    const deleted = this.#deleter.delete(name, hashKey(name));
    this.#maintenance.afterDelete();
    return deleted;
  }

  async delete(key: CacheKeyLike): Promise<boolean> {
    const name = this.#key(key);
    return this.#underWay.has(name) ? this.#inOrder(name, () => this.deleteSync(name)) : this.deleteSync(name);
  }

  deleteManySync(keys: Iterable<CacheKeyLike>): number {
    this.#assertOpen();
    const names = canonicalKeys(keys);
    let deleted = 0;
    try {
      for (const name of names) if (this.#deleter.delete(name, hashKey(name))) deleted++;
    } finally {
      this.#maintenance.afterDelete();
    }
    return deleted;
  }

  async deleteMany(keys: Iterable<CacheKeyLike>): Promise<number> {
    const names = canonicalKeys(keys);
    if (this.#underWay.size === 0) return this.deleteManySync(names);
    const deleted = await Promise.all(names.map((name) => this.delete(name)));
    return deleted.filter(Boolean).length;
  }

  clearSync(): void {
    this.#assertOpen();
    namingSystemErrors(failing('clear'), () => this.#maintenance.clearSync());
  }

  async clear(): Promise<void> {
    this.#assertOpen();
    await this.#settled();
    await namingSystemErrorsAsync(failing('clear'), () => this.#maintenance.clear());
  }

  existsSync(key: CacheKeyLike): boolean {
    const name = this.#key(key);
    return this.#reader.exists(name, hashKey(name));
  }

  async exists(key: CacheKeyLike): Promise<boolean> {
    return this.existsSync(key);
  }

  getMetadataSync(key: CacheKeyLike): CacheMetadata | undefined {
    const name = this.#key(key);
    return this.#reader.getMetadata(name, hashKey(name));
  }

  async getMetadata(key: CacheKeyLike): Promise<CacheMetadata | undefined> {
    return this.getMetadataSync(key);
  }

  getStatsSync(): CacheStats {
    this.#assertOpen();
    return namingSystemErrors(failing('getStats'), () => {
      this.#maintenance.ensureListedSync();
      return this.#stats();
    });
  }

  async getStats(): Promise<CacheStats> {
    this.#assertOpen();
    return namingSystemErrorsAsync(failing('getStats'), async () => {
      await this.#maintenance.ensureListed();
      return this.#stats();
    });
  }

  cleanupSync(): number {
    this.#assertOpen();
    return namingSystemErrors(failing('cleanup'), () => this.#maintenance.cleanupSync());
  }

  async cleanup(): Promise<number> {
    this.#assertOpen();
    return namingSystemErrorsAsync(failing('cleanup'), () => this.#maintenance.cleanup());
  }

  keysSync(): string[] {
    this.#assertOpen();
    return namingSystemErrors(failing('keys'), () => {
      this.#maintenance.ensureListedSync();
      return this.#liveKeys();
    });
  }

  async keys(): Promise<string[]> {
    this.#assertOpen();
    return namingSystemErrorsAsync(failing('keys'), async () => {
      await this.#maintenance.ensureListed();
      return this.#liveKeys();
    });
  }

  async withLock<T>(key: CacheKeyLike, action: () => Promise<T> | T, options: LockOptions = {}): Promise<T> {
    const name = this.#key(key);
    if (typeof action !== 'function') throw new CacheArgumentError('action must be a function');
    const timeout =
      options.timeout === undefined ? this.#context.timeout : positive('timeout', options.timeout, 'seconds');
    const { paths } = this.#context.store;
    const release = await namingSystemErrorsAsync(failing('withLock'), () => {
      makeOwnFolder(paths.locks);
      const lock = new FolderLock(paths.keyLock(hashKey(name)));
      return lock.acquire(timeout, `withLock(${JSON.stringify(name)})`, { key: name, onWait: options.onWait });
    });
    try {
      return await action();
    } finally {
      release();
    }
  }

  /**
   * What {@link DiskCacheManager.cleanup} would remove now. Changes nothing.
   *
   * Takes one system call for each entry, to learn when it was last used.
   */
  planCleanup(): CleanupPlan {
    this.#assertOpen();
    return namingSystemErrors(failing('planCleanup'), () => {
      this.#maintenance.ensureListedSync();
      const { expired, evicted } = this.#evictor.plan();
      const names = new Map<number, string>();
      const wanted = new Set([...expired, ...evicted]);
      // The names are in the file: who looks now and then mostly finds that none is needed.
      if (wanted.size === 0) return { expired: [], evicted: [] };
      eachKey(
        this.#context.catalog,
        (row) => wanted.has(row),
        (row, key) => names.set(row, key),
      );
      const named = (rows: readonly number[]) => rows.flatMap((row) => names.get(row) ?? []);
      return { expired: named(expired), evicted: named(evicted) };
    });
  }

  /**
   * Verifies every entry against its sidecar and the index against both, and repairs them if asked. Reads every byte
   * of the tag, letting the event loop turn. Others may go on using the tag; what is on its way while it is looked at
   * can be reported as an orphan.
   * @throws a {@link CacheTimeoutError} if a repair had to wait for another process's housekeeping longer than `timeout`.
   */
  async check(options: CheckOptions = {}): Promise<CheckReport> {
    this.#assertOpen();
    const { checkTag } = await import('./upkeep/check.ts');
    this.#assertOpen();
    return namingSystemErrorsAsync(failing('check'), () => {
      const steps = () => checkTag(this.#context, options);
      return options.repair === true ? this.#maintenance.repair(steps) : runAsync(steps());
    });
  }

  closeSync(): void {
    if (this.#closed) return;
    this.#maintenance.finish();
    this.#closed = true;
    this.#context.memory?.clear();
    this.#held.release();
    abandoned.unregister(this.#held);
  }

  async close(): Promise<void> {
    await this.#settled();
    this.closeSync();
  }

  /** Waits for the sets that were begun before. */
  async #settled(): Promise<void> {
    await Promise.allSettled(this.#underWay.values());
  }

  [Symbol.dispose](): void {
    this.closeSync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #assertOpen(): void {
    if (this.#closed) {
      throw new CacheClosedError(`the cache with tag '${this.tag}' was closed; create a new instance to go on`);
    }
  }

  #key(key: CacheKeyLike): string {
    this.#assertOpen();
    return canonicalKey(key);
  }

  #afterSet(key: string, hash: string, generation: string, encoded: EncodedValue): void {
    this.#maintenance.afterWrite(hash, encoded.bytes.length);
    this.#reader.keepWritten(key, hash, generation, encoded);
  }

  #liveKeys(): string[] {
    const { catalog, clock } = this.#context;
    const now = clock();
    const keys: string[] = [];
    eachKey(
      catalog,
      (row) => !hasExpired(catalog.table.expiresAt(row), now),
      (_, key) => keys.push(key),
    );
    return keys;
  }

  #stats(): CacheStats {
    const { catalog, clock, counters } = this.#context;
    const { table } = catalog;
    const now = clock();
    let totalKeys = 0;
    for (let row = 0; row < table.rowLimit; row++) {
      if (table.isLive(row) && !hasExpired(table.expiresAt(row), now)) totalKeys++;
    }
    return createCacheStats({ ...counters, totalKeys, sizeBytes: table.allocatedBytes });
  }
}

function valueOr(found: Found | undefined, defaultValue: unknown): unknown {
  return found === undefined ? defaultValue : found.value;
}

function failing(call: string): Attempt {
  return { failure: `${call} could not be carried out` };
}
