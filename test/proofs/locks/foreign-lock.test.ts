/**
 * What another machine, or a user, can leave in the place of the lock; and clocks that jump.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MOMENTS } from '../races/moments.ts';
import { onStage, type Stage } from '../races/stage.ts';

const HOUR = 3600;

function date(path: string, seconds: number): void {
  const time = Date.now() / 1000 + seconds;
  utimesSync(path, time, time);
}

/** What may lie in the place of the lock, and is nobody's. */
const LEFT: Readonly<Record<string, (stage: Stage) => void>> = {
  'an old folder': ({ lock }) => {
    mkdirSync(lock);
    date(lock, -HOUR);
  },
  'a folder from the future': ({ lock }) => {
    mkdirSync(lock);
    date(lock, HOUR);
  },
  'a file': ({ lock }) => writeFileSync(lock, 'no lock'),
  'a pipe': ({ lock }) => execFileSync('mkfifo', [lock]),
  'a dangling link': ({ lock }) => symlinkSync('nowhere', lock),
  'a link to a file': ({ cacheRoot, lock }) => {
    writeFileSync(join(cacheRoot, 'precious'), 'kept');
    symlinkSync(join(cacheRoot, 'precious'), lock);
  },
  'a link to a folder': ({ cacheRoot, lock }) => {
    mkdirSync(join(cacheRoot, 'folder'), { recursive: true });
    date(join(cacheRoot, 'folder'), -HOUR);
    symlinkSync(join(cacheRoot, 'folder'), lock);
  },
  'an old folder with something in it': ({ lock }) => {
    mkdirSync(join(lock, 'folder'), { recursive: true });
    writeFileSync(join(lock, 'file'), '');
    date(lock, -HOUR);
  },
};

describe('what is left in the place of the lock', () => {
  it.concurrent.each(Object.entries(LEFT))('%s keeps nobody from working', (_, leave) => {
    return onStage(undefined, async (stage) => {
      const cache = await stage.hot([], { timeout: 3 });
      await cache.call('setSync', 'key', 'old');
      leave(stage);
      await cache.call('setSync', 'key', 'value');
      await cache.call('cleanupSync');
      expect(await stage.look([cache, await stage.observer()], 'key', ['value'])).toEqual([]);
      expect(await stage.lookAround([cache])).toEqual([]);
      leave(stage);
      await cache.call('clear');
      expect(await stage.look([cache, await stage.observer()], 'key', [undefined])).toEqual([]);
      expect(await stage.lookAround([cache])).toEqual([]);
    });
  });

  it.concurrent('is not followed out of the cache', () => {
    return onStage(undefined, async (stage) => {
      const cache = await stage.hot([], { timeout: 3 });
      LEFT['a link to a file']?.(stage);
      await cache.call('cleanupSync');
      LEFT['a link to a folder']?.(stage);
      await cache.call('cleanupSync');
      expect(readFileSync(join(stage.cacheRoot, 'precious'), 'utf8')).toBe('kept');
      expect(existsSync(join(stage.cacheRoot, 'folder'))).toBe(true);
    });
  });

  it.concurrent('a fresh folder with something in it is waited for, and not longer than the timeout', () => {
    return onStage(undefined, async (stage) => {
      const cache = await stage.hot([], { timeout: 0.3 });
      mkdirSync(join(stage.lock, 'folder'), { recursive: true });
      await expect(cache.call('clearSync')).rejects.toThrow(/clear waited 0\.3 s/);
      await cache.call('setSync', 'key', 'value');
      expect(await cache.call('getSync', 'key')).toBe('value');
      rmdirSync(join(stage.lock, 'folder'));
      rmdirSync(stage.lock);
    });
  });
});

describe('a clock that is set', () => {
  it.concurrent.each([2 * HOUR, -2 * HOUR])('by %i s while its process holds the lock costs no entry', (seconds) => {
    return onStage(undefined, async (stage) => {
      const [holder, waiter] = [await stage.hot(), await stage.hot()];
      await waiter.call('setSync', 'key', 'old');
      stage.litter();
      const holding = await holder.stopAt(MOMENTS.beforeNewIndex, 'cleanupSync');
      // To the waiter's clock the lock is stale, or from the future: it takes it over.
      await waiter.actor.stepClock(seconds);
      await waiter.call('setSync', 'key', 'new');
      await waiter.call('cleanup');
      await holding.go();
      const caches = [holder, waiter, await stage.observer()];
      expect(await stage.look(caches, 'key', ['new'])).toEqual([]);
      expect(await stage.lookAround(caches)).toEqual([]);
    });
  });

  it.concurrent.each([2 * HOUR, -2 * HOUR])('by %i s makes no wait longer than its timeout', (seconds) => {
    return onStage(undefined, async (stage) => {
      const cache = await stage.hot([], { timeout: 1 });
      await cache.actor.stepClock(seconds);
      const holder = await stage.hot();
      await holder.actor.stepClock(seconds);
      const holding = await holder.stopAt(MOMENTS.beforeReleasing, 'clearSync');
      date(stage.lock, seconds);
      const { took, error } = await cache.actor.tell({ act: 'call', cache: cache.name, method: 'clear', args: [] });
      expect(error?.name).toBe('CacheTimeoutError');
      expect(took).toBeGreaterThanOrEqual(999);
      expect(took).toBeLessThan(4_000);
      await holding.go();
      expect(await stage.lookAround([cache, holder])).toEqual([]);
    });
  });
});

describe('a waiter that is stopped while it takes the lock', () => {
  it.concurrent.each(['clear', 'clearSync'])('and loses it at once waits on: %s', (method) => {
    return onStage(undefined, async (stage) => {
      const [slow, fast] = [await stage.hot(), await stage.hot()];
      await fast.call('setSync', 'key', 'old');
      const taking = await slow.stopAt(MOMENTS.lockTaken, method);
      stage.ageLock();
      await fast.call('cleanupSync');
      await taking.go();
      const caches = [slow, fast, await stage.observer()];
      expect(await stage.look(caches, 'key', [undefined])).toEqual([]);
      expect(await stage.lookAround(caches)).toEqual([]);
    });
  });
});
