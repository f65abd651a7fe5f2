import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testCacheRoot } from '../src/testing/vitest.ts';
import { bundle, runProgram } from './support/run-bundled.ts';

test.runIf(existsSync('/proc/self/fd'))(
  'an instance that nobody references is collected, forgotten, and its descriptors are closed',
  () => {
    const program = bundle(
      `
      import { readdirSync, readlinkSync } from 'node:fs';
      import { getCacheInstanceCount, getSharedCacheInstance, getSharedCacheInstances } from '../../src/index.ts';

      const cacheRoot = process.env['GLOVEBOX_CACHE_DIR'] ?? '';
      const descriptors = () => readdirSync('/proc/self/fd').filter((descriptor) => {
        try { return readlinkSync('/proc/self/fd/' + descriptor).startsWith(cacheRoot); } catch { return false; }
      }).length;

      // The clock refers to the cache, as a careless caller's might: that must not keep it alive either.
      function use(tag: string): void {
        const holder: { cache?: unknown } = {};
        const cache = getSharedCacheInstance({ cacheRoot, tag, clock: () => (holder.cache === undefined ? 0 : Date.now()) });
        holder.cache = cache;
        cache.setSync('key', { some: 'value' });
        cache.getSync('key');
      }

      const kept = getSharedCacheInstance({ cacheRoot, tag: 'kept' });
      kept.setSync('key', 'still here');
      use('a');
      use('b');
      const before = { instances: getCacheInstanceCount(), descriptors: descriptors() };
      for (let turn = 0; turn < 50 && (getCacheInstanceCount() > 1 || descriptors() >= before.descriptors); turn++) {
        await new Promise(setImmediate);
        gc();
      }
      const after = { tags: getSharedCacheInstances().map(({ tag }) => tag), descriptors: descriptors() };
      console.log(JSON.stringify({ before, after, kept: kept.getSync('key') }));
      `,
      'esm',
    );
    const report = runProgram(program, { flags: ['--expose-gc'] });
    expect(report).toMatchObject({ before: { instances: 3 }, after: { tags: ['kept'] }, kept: 'still here' });
    expect(report).toSatisfy(({ before, after }) => after.descriptors * 3 === before.descriptors);
  },
);

test('two copies of the package in one process share their instances', () => {
  const copy = bundle(`export * from '../../src/index.ts';`, 'cjs');
  const program = bundle(
    `
    import { getCacheInstanceCount, getSharedCacheInstance, resetSharedCacheInstances } from '../../src/index.ts';

    const copy = require(${JSON.stringify(copy)});
    const options = { cacheRoot: process.env['GLOVEBOX_CACHE_DIR'] ?? '', tag: 'layout' };
    const cache = getSharedCacheInstance(options);
    const same = copy.getSharedCacheInstance(options) === cache;
    const isCopy = copy.getSharedCacheInstance !== getSharedCacheInstance;
    copy.resetSharedCacheInstances();
    console.log(JSON.stringify({ isCopy, same, left: getCacheInstanceCount(), closed: cache.closed }));
    `,
    'esm',
  );
  expect(runProgram(program)).toEqual({ isCopy: true, same: true, left: 0, closed: true });
  expect(existsSync(testCacheRoot())).toBe(true);
});
