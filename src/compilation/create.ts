/**
 * The services of compilation as the user configured them.
 */

import type { SyncCacheManager } from '../cache-manager.ts';
import { configuredTtls, type UserConfig } from '../config.ts';
import { createCacheFromUserConfig } from '../factories.ts';
import { BuildCacheService } from './build/build-cache-service.ts';
import { ZmkWorkspaceCacheService } from './workspace/workspace-cache-service.ts';

/** What {@link createCompilationCacheService} gives. */
export type CompilationCacheServices = readonly [
  cacheManager: SyncCacheManager,
  workspaceService: ZmkWorkspaceCacheService,
  buildService: BuildCacheService,
];

/** The tag of all that has to do with compilation. */
const TAG = 'compilation';

/**
 * The services of compilation on the shared cache of the tag `compilation`, where and as `userConfig` says. Others may
 * hold that cache too: don't close it.
 *
 * ```ts
 * const [cache, workspaces, builds] = createCompilationCacheService(createUserConfig());
 * ```
 * @throws what `createCacheFromUserConfig` throws.
 */
export function createCompilationCacheService(userConfig: UserConfig): CompilationCacheServices {
  const cache = createCacheFromUserConfig(userConfig, { tag: TAG });
  const ttls = configuredTtls(userConfig);
  return [cache, new ZmkWorkspaceCacheService(cache, { ttls }), new BuildCacheService(cache)];
}
