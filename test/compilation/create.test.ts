import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createCompilationCacheService } from '../../src/compilation/index.ts';
import { createUserConfig } from '../../src/config.ts';
import { getSharedCacheInstance, resetSharedCacheInstances } from '../../src/coordinator.ts';
import { createTempRoot } from '../support/temp-root.ts';
import { build, FULL } from './workspace/depot.ts';

it('gives services on the one shared cache of compilation, with the times of the configuration', async () => {
  const cacheDir = createTempRoot();
  const folder = createTempRoot();
  build(folder, FULL);
  const config = createUserConfig({ cacheDir, ttls: { workspaceFull: 77 } });
  const [cache, workspaces, builds] = createCompilationCacheService(config);
  expect(cache).toBe(getSharedCacheInstance({ cacheRoot: cacheDir, tag: 'compilation' }));
  expect(createCompilationCacheService(config)[0]).toBe(cache);

  const { created, expires } = await workspaces.add({ repository: 'zmkfirmware/zmk', branch: 'main' }, folder);
  expect((expires?.getTime() ?? 0) - created.getTime()).toBe(77_000);
  const session = { stdout: () => {}, stderr: () => {} };
  const request = { command: process.execPath, args: ['-v'], cwd: join(folder, 'zmk') };
  expect((await builds.run(request, session)).outcome).toBe('miss');
  expect((await builds.run(request, session)).outcome).toBe('hit');
  expect((await cache.keys()).filter((key) => /^(workspace|build:run)/.test(key))).toHaveLength(2);
  resetSharedCacheInstances();
});
