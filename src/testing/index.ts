/**
 * For test suites, with whatever runner: caches that no other test sees, and that are gone afterwards.
 *
 * For Vitest there is `glovebox-cache/testing/vitest`, which does all of it on import.
 */

export { type CacheIsolation, isolateCaches } from './isolation.ts';
export { createTestCacheRoot, type TestCacheRoot } from './test-cache-root.ts';
export { type TestCacheOptions, withTestCache } from './with-test-cache.ts';
