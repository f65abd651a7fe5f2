/**
 * A temporary cache root.
 */

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh, empty, private folder; removed by `remove()`, or by `using` when its block ends. */
export interface TestCacheRoot extends Disposable {
  /** The folder's real path. */
  readonly path: string;
  /** Removes the folder and all that is in it. Idempotent. Close the caches in it first. */
  remove(): void;
}

/**
 * Makes a cache root for one test. Touches nothing else, so tests that run at the same time may each have one.
 *
 * ```ts
 * using root = createTestCacheRoot();
 * using cache = createDiskCacheManager({ cacheRoot: root.path });
 * ```
 */
export function createTestCacheRoot(): TestCacheRoot {
  const path = mkdtempSync(join(realpathSync(tmpdir()), 'glovebox-cache-test-'));
  // A process that is still writing into the folder makes the removal fail for a moment.
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  return { path, remove, [Symbol.dispose]: remove };
}
