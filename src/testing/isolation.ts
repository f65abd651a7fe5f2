/**
 * One test's own view of all that is shared in a process: instances, environment, folder.
 */

import { resetSharedCacheInstances } from '../coordinator.ts';
import { createTestCacheRoot } from './test-cache-root.ts';

const PREFIX = 'GLOVEBOX_CACHE_';

/** What {@link isolateCaches} set up; undone by `restore()`, or by `using` when its block ends. */
export interface CacheIsolation extends Disposable {
  /** The fresh root that `createDefaultCache` and `createUserConfig` use meanwhile. */
  readonly root: string;
  /** Closes the shared instances, puts the environment back, removes the root. Idempotent. */
  restore(): void;
}

/**
 * Closes all shared instances and gives the code under test a fresh temporary root: `GLOVEBOX_CACHE_DIR` names it (for
 * child processes too), `GLOVEBOX_CACHE_STRATEGY` is `shared`, and no other `GLOVEBOX_CACHE_…` variable is set, so that
 * nothing of the machine's own configuration gets into the test.
 *
 * ```ts
 * import { afterEach, beforeEach } from 'node:test';
 * import { isolateCaches } from 'glovebox-cache/testing';
 *
 * let caches;
 * beforeEach(() => { caches = isolateCaches(); });
 * afterEach(() => caches.restore());
 * ```
 *
 * It changes the process, so it suits tests that run one after the other; for those that run at the same time there are
 * {@link withTestCache} and {@link createTestCacheRoot}. Calls may be nested, the last one being restored first.
 */
export function isolateCaches(): CacheIsolation {
  resetSharedCacheInstances();
  const root = createTestCacheRoot();
  const before = takeVariables();
  process.env['GLOVEBOX_CACHE_DIR'] = root.path;
  process.env['GLOVEBOX_CACHE_STRATEGY'] = 'shared';

  let restored = false;
  const restore = () => {
    if (restored) return;
    restored = true;
    resetSharedCacheInstances();
    takeVariables();
    Object.assign(process.env, before);
    root.remove();
  };
  return { root: root.path, restore, [Symbol.dispose]: restore };
}

/** Removes this package's variables from the environment. */
function takeVariables(): Record<string, string | undefined> {
  const taken: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!name.startsWith(PREFIX)) continue;
    taken[name] = value;
    delete process.env[name];
  }
  return taken;
}
