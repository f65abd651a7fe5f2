/**
 * For Vitest: importing this gives each test of the importing file caches of its own.
 *
 * ```ts
 * import { testCacheRoot } from 'glovebox-cache/testing/vitest';
 *
 * test('starts empty', async () => {
 *   const cache = createDefaultCache({ tag: 'layout' }); // lies in testCacheRoot()
 *   expect(await cache.keys()).toEqual([]);
 * });
 * ```
 *
 * For all files at once: `setupFiles: ['glovebox-cache/testing/vitest']` in the configuration. With `isolate: false`
 * Vitest imports a module once for many files; there each file calls {@link isolateEachTest} instead.
 *
 * Before each test the shared instances are closed and `GLOVEBOX_CACHE_DIR` names a fresh temporary root; afterwards
 * they are closed again, the environment is put back and the root removed (see `isolateCaches`).
 *
 * Tests that run at the same time (`test.concurrent`) are in one process with one environment, so they can't have this
 * each: all that overlap get one fresh root together, and `testCacheRoot()` refuses to name it. Let those that touch a
 * cache use `withTestCache` of `glovebox-cache/testing`.
 */

import { afterEach, beforeEach } from 'vitest';
import { type CacheIsolation, isolateCaches } from './isolation.ts';

/** The isolation in force and the number of running tests that have it; more than one only if they are concurrent. */
interface Shelter {
  readonly isolation: CacheIsolation;
  readonly concurrent: boolean;
  tests: number;
}

const shelters: Shelter[] = [];

function enter(concurrent: boolean): void {
  const current = shelters.at(-1);
  if (concurrent && current?.concurrent === true) current.tests++;
  else shelters.push({ isolation: isolateCaches(), concurrent, tests: 1 });
}

function leave(): void {
  const current = shelters.at(-1);
  if (current === undefined) return;
  current.tests--;
  if (current.tests > 0) return;
  shelters.pop();
  current.isolation.restore();
}

/**
 * Registers the hooks for the tests of the calling file, or of the `describe` block around the call. The import has done
 * so already for the first file that imports this module; see above for when a call is needed.
 */
export function isolateEachTest(): void {
  beforeEach(({ task }) => enter(task.concurrent === true));
  afterEach(leave);
}

/**
 * The fresh root of the running test.
 * @throws if no test is running, or it runs concurrently with others.
 */
export function testCacheRoot(): string {
  const current = shelters.at(-1);
  if (current === undefined) {
    throw new Error(
      "testCacheRoot() is for a running test whose file imports 'glovebox-cache/testing/vitest' (with Vitest's isolate: false, call isolateEachTest() in each file)",
    );
  }
  if (current.concurrent) {
    throw new Error(
      "testCacheRoot() can't tell concurrent tests apart; give each a cache by withTestCache() of 'glovebox-cache/testing'",
    );
  }
  return current.isolation.root;
}

isolateEachTest();
