import { deepStrictEqual } from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openCache } from '../support/open-cache.ts';

/** How often the event loop turns while `action` is under way. */
async function turnsDuring(action: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let over = false;
  const acting = action().finally(() => {
    over = true;
  });
  while (!over) {
    await nextTurn();
    turns++;
  }
  await acting;
  return turns;
}

describe('the asynchronous face', () => {
  it('writes a large value after it has returned its promise', async () => {
    const cache = openCache();
    const other = openCache({ cacheRoot: cache.cacheRoot });
    const storing = cache.set('large', Buffer.alloc(8 * 2 ** 20, 1));
    expect(other.existsSync('large')).toBe(false);
    await storing;
    expect(other.existsSync('large')).toBe(true);
  });

  it('lets the event loop turn while a tag is checked, cleaned up and cleared', async () => {
    const cache = openCache();
    for (let turn = 0; turn < 2000; turn++) cache.setSync(['n', turn], turn);
    expect(await turnsDuring(() => cache.check())).toBeGreaterThan(4);
    expect(await turnsDuring(() => cache.cleanup())).toBeGreaterThan(2);
    expect(await turnsDuring(() => cache.clear())).toBeGreaterThan(4);
  });

  it('tells how far a check has come', async () => {
    const cache = openCache();
    cache.setSync('key', 1);
    const progress: [number, number][] = [];
    await cache.check({ onProgress: (done, total) => progress.push([done, total]) });
    expect(progress.length).toBeGreaterThan(0);
    const [done, total] = progress.at(-1) ?? [];
    expect(done).toBe(total);
    expect(progress.map(([count]) => count)).toEqual(progress.map(([count]) => count).sort((a, b) => a - b));
  });

  it('stays right when sets, reads and a clean-up overlap', async () => {
    const cache = openCache();
    const other = openCache({ cacheRoot: cache.cacheRoot });
    const keys = Array.from({ length: 40 }, (_, number) => ['n', number]);
    const value = (number: number) => Buffer.alloc(number % 5 === 0 ? 300_000 : 50, number);
    await Promise.all([
      ...keys.map((key, number) => (number % 2 === 0 ? cache : other).set(key, value(number))),
      cache.cleanup(),
      other.check(),
      ...keys.map((key) => other.get(key)),
    ]);
    for (const [number, key] of keys.entries()) {
      deepStrictEqual(await cache.get(key), value(number));
      deepStrictEqual(await other.get(key), value(number));
    }
    expect((await cache.check()).problems).toEqual([]);
  });
});
