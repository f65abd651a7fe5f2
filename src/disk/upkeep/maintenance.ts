/**
 * When what spans entries is done, and under which lock.
 *
 * Single operations never wait: they take the tag's lock if it is free and leave the work to its holder if it isn't.
 * Calls that ask for the work itself wait for the lock, up to their timeout.
 */

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CacheError } from '../../errors.ts';
import type { TagContext } from '../access/context.ts';
import type { Deleter } from '../access/deleter.ts';
import { isFolder, namesIn } from '../files/files.ts';
import { isKeyLock, SHARD_COUNT } from '../files/paths.ts';
import { FolderLock, type Release, sleepSync, timedOut } from '../lock/lock.ts';
import { compactIndex, isCompactionDue, isRebuildUnderWay, removeAbandonedIndexes } from './compaction.ts';
import type { Evicted, Evictor } from './evictor.ts';
import { reap, reapQuietly } from './reaper.ts';
import { clearTag, isOld, sweep, sweepShard } from './sweep.ts';
import { runAsync, runSync } from './walk.ts';

/** So many dead sidecars are reaped when an instance is closed, for at most so many milliseconds. */
const GRAVES_AT_CLOSE = 32;
const REAP_AT_CLOSE_MS = 20;
/** After finding the lock taken, an operation's own housekeeping leaves it alone for this long, in milliseconds. */
const RETRY_MS = 100;
/** An index that stays incomplete for so long while nobody writes another is rebuilt without the lock, in milliseconds. */
const ABANDONED_MS = 1_000;
const REBUILD = 'rebuilding the index';
/** Shards swept with each compaction. */
const SWEPT_SHARDS = 16;

/** The housekeeping of one tag. */
export class Maintenance {
  readonly #context: TagContext;
  readonly #deleter: Deleter;
  readonly #evictor: Evictor;
  readonly #lock: FolderLock;
  #retryAt = 0;
  /** The index that was seen to be incomplete, and when. */
  #incompleteEpoch = -1;
  #incompleteSince = 0;
  /** What this process has written since. */
  #unlistedBytes = 0;

  constructor(context: TagContext, deleter: Deleter, evictor: Evictor) {
    this.#context = context;
    this.#deleter = deleter;
    this.#evictor = evictor;
    this.#lock = new FolderLock(context.store.paths.lock);
  }

  /** Gives a new tag its index. */
  start(): void {
    const { catalog, store, counters } = this.#context;
    try {
      if (catalog.checkHeader() || store.hasEntries()) return;
      // Nobody can be in the way of it yet, and whoever comes is safe from it: the lock would only cost time.
      runSync(compactIndex(this.#context));
    } catch (error) {
      if (error instanceof CacheError) throw error;
      // A folder that can't be written may still be read.
      counters.errors++;
    }
  }

  /** Before an instance is closed: dead sidecars should not wait for the next sweep. */
  finish(): void {
    const { graves, store } = this.#context;
    if (graves.size < GRAVES_AT_CLOSE) return;
    const deadline = performance.now() + REAP_AT_CLOSE_MS;
    try {
      for (const hashes of graves.takeAll()) {
        reapQuietly(store, hashes);
        if (performance.now() > deadline) return;
      }
    } catch {
      // The next sweep reaps them.
    }
  }

  /** After a set of so many bytes: evicts what is over the limit, reaps and compacts when it pays. Faults are counted, not thrown. */
  afterWrite(spared: string, bytes: number): void {
    const { catalog, counters, graves } = this.#context;
    graves.delete(spared);
    try {
      // What the operation itself has just seen of the index is as good as another look.
      if (!catalog.trusted) catalog.load();
      if (catalog.needsRebuild) this.#rebuild(bytes);
      if (catalog.trusted) this.#evictor.enforce(spared);
    } catch {
      counters.errors++;
    }
    this.afterDelete();
  }

  /** After a read, which may have found entries expired: reaps when it pays. */
  afterRead(): void {
    if (this.#context.graves.areDue) this.afterDelete();
  }

  /** After a delete: reaps and compacts when it pays. Faults are counted, not thrown. */
  afterDelete(): void {
    const { graves, counters } = this.#context;
    try {
      if (graves.areDue) this.#reapFullest();
      if (isCompactionDue(this.#context)) this.#ifLockIsFree(() => this.#compactAndSweep());
    } catch {
      counters.errors++;
    }
  }

  #ifLockIsFree(work: () => Generator<void, void>): void {
    if (performance.now() < this.#retryAt) return;
    const release = this.#lock.tryAcquire();
    if (release === undefined) this.#retryAt = performance.now() + RETRY_MS;
    else this.#holdSync(release, work);
  }

  /** Without a list nobody keeps the limit, and `bytes` more were written. */
  #rebuild(bytes: number): void {
    const { catalog, maxSizeBytes } = this.#context;
    this.#ifLockIsFree(() => compactIndex(this.#context));
    if (!catalog.needsRebuild) return;
    const now = performance.now();
    this.#retryAt = now + RETRY_MS;
    if (this.#incompleteEpoch !== catalog.epoch) {
      this.#incompleteEpoch = catalog.epoch;
      this.#incompleteSince = now;
      this.#unlistedBytes = 0;
    }
    this.#unlistedBytes += bytes;
    const isUrgent = now - this.#incompleteSince > ABANDONED_MS || this.#unlistedBytes > maxSizeBytes / 16;
    // Whoever has the lock does other things, or is dead.
    if (isUrgent && !isRebuildUnderWay(this.#context)) runSync(compactIndex(this.#context));
  }

  #acquireSync(what: string): Release {
    this.#context.store.restoreFolder();
    return this.#lock.acquireSync(this.#context.timeout, what);
  }

  async #acquire(what: string): Promise<Release> {
    this.#context.store.restoreFolder();
    return this.#lock.acquire(this.#context.timeout, what);
  }

  /** What killed processes leave behind is swept up along the way, a few shards at a time. */
  *#compactAndSweep(): Generator<void, void> {
    yield* compactIndex(this.#context);
    const first = Math.floor(Math.random() * SHARD_COUNT);
    for (let offset = 0; offset < SWEPT_SHARDS; offset++) {
      yield* sweepShard(this.#context, (first + offset) % SHARD_COUNT);
    }
    this.#enforce();
  }

  /** Whoever sets while an index is being replaced leaves what is over the limit to the one who replaces it. */
  #enforce(): Evicted {
    const { catalog } = this.#context;
    catalog.load();
    if (!catalog.trusted) return { expired: 0, evicted: 0 };
    this.#evictor.countOrphans();
    return this.#evictor.enforce();
  }

  #reapFullest(): void {
    const { store, graves } = this.#context;
    const hashes = graves.takeFullest();
    // Where another process is at it, the next sweep does it: coming back with each delete would not end.
    reapQuietly(store, hashes);
  }

  *#reapGraves(): Generator<void, void> {
    const { store, graves } = this.#context;
    for (const hashes of graves.takeAll()) yield* reap(store, hashes);
  }

  /**
   * Makes sure that the catalog lists every entry, rebuilding the index if need be.
   * @throws a {@link CacheTimeoutError} if others kept this from being done for `timeout` seconds.
   */
  ensureListedSync(): void {
    const deadline = this.#deadline();
    while (!this.#isListed()) {
      this.#holdSync(this.#acquireSync(REBUILD), () => this.#rebuildUnlessListed());
      if (this.#context.catalog.trusted) continue;
      if (performance.now() > deadline) throw timedOut(REBUILD, this.#context.timeout);
      sleepSync(RETRY_MS);
    }
    this.afterDelete();
  }

  /** {@link ensureListedSync}, letting the event loop turn. */
  async ensureListed(): Promise<void> {
    const deadline = this.#deadline();
    await runAsync(this.#loadAndVerify());
    while (!this.#isListed()) {
      await this.#hold(await this.#acquire(REBUILD), () => this.#rebuildUnlessListed());
      if (this.#context.catalog.trusted) continue;
      if (performance.now() > deadline) throw timedOut(REBUILD, this.#context.timeout);
      await delay(RETRY_MS);
    }
    this.afterDelete();
  }

  /** Most of what {@link Maintenance.#isListed} does, in steps. */
  *#loadAndVerify(): Generator<void, void> {
    const { catalog } = this.#context;
    yield* catalog.loadSteps();
    if (catalog.trusted) yield* catalog.reconciler.verifySteps();
  }

  #deadline(): number {
    return performance.now() + this.#context.timeout * 1000;
  }

  #isListed(): boolean {
    const { catalog } = this.#context;
    catalog.load();
    if (!catalog.trusted) return false;
    catalog.reconciler.verifyAll();
    catalog.reconciler.settleAll();
    catalog.reconciler.proveAll();
    return true;
  }

  *#rebuildUnlessListed(): Generator<void, void> {
    yield* this.#loadAndVerify();
    if (this.#isListed()) return;
    yield* compactIndex(this.#context);
    this.#enforce();
  }

  /** Removes every entry. Waits for the lock. */
  clearSync(): void {
    const release = this.#acquireSync('clear');
    this.#holdSync(release, () => this.#clear());
  }

  /** {@link clearSync}, letting the event loop turn. */
  async clear(): Promise<void> {
    const release = await this.#acquire('clear');
    await this.#hold(release, () => this.#clear());
  }

  *#clear(): Generator<void, void> {
    yield* clearTag(this.#context, this.#deleter);
    yield* compactIndex(this.#context);
    this.#enforce();
  }

  /** Expires, evicts, sweeps and compacts. Waits for the lock. Returns how many entries were expired and evicted. */
  cleanupSync(): number {
    const release = this.#acquireSync('cleanup');
    return this.#holdSync(release, () => this.#cleanup());
  }

  /** {@link cleanupSync}, letting the event loop turn. */
  async cleanup(): Promise<number> {
    const release = await this.#acquire('cleanup');
    return this.#hold(release, () => this.#cleanup());
  }

  *#cleanup(): Generator<void, number> {
    const { catalog } = this.#context;
    yield* this.#rebuildUnlessListed();
    const expired = yield* this.#evictor.expire();
    yield* sweep(this.#context);
    removeAbandonedIndexes(this.#context);
    yield* this.#dropKeyLocks();
    if (isCompactionDue(this.#context) || catalog.garbageLines > 0) yield* compactIndex(this.#context);
    const removed = this.#enforce();
    yield* this.#reapGraves();
    return expired + removed.expired + removed.evicted;
  }

  /** The locks of killed holders go when nobody has taken them for an hour. */
  *#dropKeyLocks(): Generator<void, void> {
    const { locks } = this.#context.store.paths;
    if (!isFolder(locks)) return;
    for (const name of namesIn(locks)) {
      if (!isKeyLock(name)) continue;
      const path = join(locks, name);
      if (isOld(path)) new FolderLock(path).tryAcquire()?.();
      yield;
    }
  }

  /** Runs work that puts files and index right, under the lock. */
  async repair<T>(work: () => Generator<unknown, T>): Promise<T> {
    const release = await this.#acquire('repair');
    return this.#hold(release, () => this.#repairThenCompact(work));
  }

  *#repairThenCompact<T>(work: () => Generator<unknown, T>): Generator<unknown, T> {
    const result = yield* work();
    yield* compactIndex(this.#context);
    this.#enforce();
    yield* this.#reapGraves();
    return result;
  }

  #holdSync<T>(release: Release, work: () => Generator<void, T>): T {
    try {
      return runSync(work());
    } finally {
      release();
    }
  }

  async #hold<T>(release: Release, work: () => Generator<unknown, T>): Promise<T> {
    try {
      return await runAsync(work());
    } finally {
      release();
    }
  }
}
