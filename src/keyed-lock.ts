/**
 * Mutual exclusion per key within one process.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { CacheTimeoutError } from './errors.ts';
import { LONGEST_TIMER_MS } from './timers.ts';

/** How a caller of {@link KeyedLock.run} waits. */
export interface Wait {
  /** The longest wait, in seconds. */
  readonly timeout: number;
  /** Called once if there is anything to wait for. */
  readonly onWait?: (() => void) | undefined;
}

/** Runs actions under the same key one after the other, in the order in which they came. */
export class KeyedLock {
  /** For each key in use, what resolves when everybody who has come so far has gone. */
  readonly #queues = new Map<string, Promise<void>>();

  /**
   * Runs `action` when all who came before under `key` have finished.
   * @throws a {@link CacheTimeoutError} if that took longer than `timeout`; `action` was not called.
   */
  async run<T>(key: string, action: () => Promise<T> | T, { timeout, onWait }: Wait): Promise<T> {
    const before = this.#queues.get(key);
    const leave = this.#join(key, before);
    try {
      if (before !== undefined) {
        onWait?.();
        if (!(await resolvesWithin(before, timeout))) {
          throw new CacheTimeoutError(
            `withLock waited ${timeout} s for another call under the same key; try again, or raise timeout`,
            { key },
          );
        }
      }
      return await action();
    } finally {
      leave();
    }
  }

  #join(key: string, before: Promise<void> | undefined): () => void {
    let leave = () => {};
    const gone = new Promise<void>((resolve) => {
      leave = resolve;
    });
    // Who gives up waiting leaves before those in front, who must be waited for all the same.
    const queue = Promise.all([before, gone]).then(() => {
      if (this.#queues.get(key) === queue) this.#queues.delete(key);
    });
    this.#queues.set(key, queue);
    return leave;
  }
}

async function resolvesWithin(promise: Promise<void>, seconds: number): Promise<boolean> {
  const alarm = new AbortController();
  const ring = delay(Math.min(seconds * 1000, LONGEST_TIMER_MS), false, { signal: alarm.signal }).catch(() => false);
  try {
    return await Promise.race([promise.then(() => true), ring]);
  } finally {
    alarm.abort();
  }
}
