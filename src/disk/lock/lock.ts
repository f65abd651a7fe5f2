/**
 * Locks, for what spans entries: compaction, rebuild, reap, sweep, clear, read-modify-write.
 *
 * Nothing in the engine is correct only because a lock is held. proper-lockfile can be held by two (two waiters that
 * both remove a stale lock), and by nobody without the holder knowing (an event loop blocked for longer than
 * {@link STALE_MS}). So a lock here keeps work from being done twice; the protocol keeps it right.
 */

import * as fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { CacheTimeoutError } from '../../errors.ts';
import { errorCode, statOf } from '../files/files.ts';
import { lockLibrary } from './lock-library.ts';

/** A lock that its holder has not refreshed for this long is taken over, in milliseconds. */
const STALE_MS = 5_000;
const UPDATE_MS = 1_500;
/** After the clock stepped back, a dead holder's lock lies this far in the future, in milliseconds. */
const FUTURE_MS = 60_000;
const MIN_WAIT_MS = 5;
const MAX_WAIT_MS = 100;

/** Gives a lock back. Never throws. */
export type Release = () => void;

/** Options of a wait. */
export interface WaitOptions {
  /** What the lock is for, for the error to tell. */
  readonly key?: string;
  /** Called once if somebody else has the lock. */
  readonly onWait?: (() => void) | undefined;
}

interface Identity {
  readonly inode: bigint;
  readonly birth: bigint;
}

/** A lock that is a folder at a path. */
export class FolderLock {
  /** The locks that this thread holds, in any instance, each with a mark of its own. */
  static readonly #heldHere = new Map<string, symbol>();

  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Takes the lock if nobody has it. */
  tryAcquire(): Release | undefined {
    this.#clearWay();
    try {
      this.#take();
    } catch (error) {
      if (errorCode(error) === 'ELOCKED' || isTakeover(error)) return undefined;
      throw error;
    }
    const identity = this.#identity();
    const mark = Symbol(this.#path);
    FolderLock.#heldHere.set(this.#path, mark);
    return () => this.#release(identity, mark);
  }

  #release(held: Identity | undefined, mark: symbol): void {
    // This thread has lost it and taken it again: what stands there is the newer holder's, and so is the timer.
    if (FolderLock.#heldHere.get(this.#path) !== mark) return;
    FolderLock.#heldHere.delete(this.#path);
    const found = this.#identity();
    const isOurs = found !== undefined && found.inode === held?.inode && found.birth === held.birth;
    try {
      this.#forget(isOurs);
    } catch {
      // The library had given ours up, because somebody else had touched it.
      if (isOurs) removeQuietly(this.#path);
    }
  }

  /**
   * Makes the library forget the lock and its timer, which would go on refreshing whatever has its name.
   * @param isOurs whether the folder that stands there is to be removed; otherwise it is its new holder's.
   */
  #forget(isOurs: boolean): void {
    const options = { lockfilePath: this.#path, realpath: false };
    lockLibrary().unlockSync(this.#path, isOurs ? options : { ...options, fs: { ...fs, rmdirSync: () => {} } });
  }

  /**
   * Takes the lock, waiting for it without giving control back; unless this thread's own asynchronous work has it: that
   * could not go on meanwhile, and nothing goes wrong when two are at work.
   * @throws a {@link CacheTimeoutError} after `timeout` seconds.
   */
  acquireSync(timeout: number, what: string): Release {
    if (FolderLock.#heldHere.has(this.#path)) return () => {};
    for (const wait of this.#waits(timeout, what)) {
      if (typeof wait === 'function') return wait;
      sleepSync(wait);
    }
    throw timedOut(what, timeout);
  }

  /**
   * Takes the lock, waiting for it without blocking the event loop.
   * @throws a {@link CacheTimeoutError} after `timeout` seconds.
   */
  async acquire(timeout: number, what: string, { key, onWait }: WaitOptions = {}): Promise<Release> {
    let waiting = false;
    for (const wait of this.#waits(timeout, what, key)) {
      if (typeof wait === 'function') return wait;
      if (!waiting) onWait?.();
      waiting = true;
      await delay(wait);
    }
    throw timedOut(what, timeout, key);
  }

  /** Yields how long to wait before the next try, in milliseconds, then the release. */
  *#waits(timeout: number, what: string, key?: string): Generator<number | Release, void> {
    const deadline = performance.now() + timeout * 1000;
    for (let wait = MIN_WAIT_MS; ; wait = Math.min(wait * 2, MAX_WAIT_MS)) {
      const release = this.tryAcquire();
      if (release !== undefined) {
        yield release;
        return;
      }
      const left = deadline - performance.now();
      if (left <= 0) throw timedOut(what, timeout, key);
      // Waiters that came together shouldn't stay in step.
      yield Math.min(left, wait * (0.5 + Math.random()));
    }
  }

  #take(): void {
    const { lockSync } = lockLibrary();
    lockSync(this.#path, {
      lockfilePath: this.#path,
      realpath: false,
      stale: STALE_MS,
      update: UPDATE_MS,
      // It must be there: without a handler the library throws from a timer, which ends the process.
      onCompromised: () => {},
    });
  }

  /** Removes what would never become stale by itself: something that is no folder, or one from the future. */
  #clearWay(): void {
    try {
      const stat = statOf(this.#path);
      if (stat === undefined) return;
      const age = Date.now() - stat.mtimeMs;
      if (!stat.isDirectory()) fs.unlinkSync(this.#path);
      else if (age < -FUTURE_MS) fs.rmdirSync(this.#path);
      // A lock is empty; what somebody has put into a dead one would keep it there for ever.
      else if (age > STALE_MS && fs.readdirSync(this.#path).length > 0) fs.rmSync(this.#path, { recursive: true });
    } catch {
      // Somebody else removed it, or it can't be removed: then taking the lock says so.
    }
  }

  #identity(): Identity | undefined {
    try {
      // Inode numbers of folders are reused at once; the time of birth tells them apart.
      const stat = fs.lstatSync(this.#path, { bigint: true });
      return { inode: stat.ino, birth: stat.birthtimeNs };
    } catch {
      return undefined;
    }
  }
}

function removeQuietly(folder: string): void {
  try {
    fs.rmdirSync(folder);
  } catch {
    // Gone already; if not, it will be stale soon.
  }
}

/**
 * Whether the lock changed hands while the library was at it: one who stands still in between finds that its fresh lock
 * was stale, or that the stale one which it was about to remove is fresh.
 */
function isTakeover(error: unknown): boolean {
  if (!(error instanceof Error) || !('syscall' in error) || error.syscall === 'mkdir') return false;
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTEMPTY' || code === 'ENOTDIR';
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Waits without giving control back, in milliseconds. */
export function sleepSync(milliseconds: number): void {
  Atomics.wait(sleeper, 0, 0, milliseconds);
}

/** The error of a wait that came to its end. */
export function timedOut(what: string, timeout: number, key?: string): CacheTimeoutError {
  return new CacheTimeoutError(`${what} waited ${timeout} s for whoever holds the lock; try again, or raise timeout`, {
    key,
  });
}
