/**
 * The services of compilation as the user configured them.
 */

import type { SyncCacheManager } from '../cache-manager.ts';
import { configuredTtls, type UserConfig } from '../config.ts';
import { createCacheFromUserConfig } from '../factories.ts';
import { CompilationBuildCacheService } from './build/compilation-build-cache-service.ts';
import { ZmkWestService } from './west/zmk-west-service.ts';
import { ZmkWorkspaceCacheService } from './workspace/workspace-cache-service.ts';

/** What {@link createCompilationCacheService} gives. */
export type CompilationCacheServices = readonly [
  cacheManager: SyncCacheManager,
  workspaceService: ZmkWorkspaceCacheService,
  buildService: CompilationBuildCacheService,
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
  return [cache, new ZmkWorkspaceCacheService(cache, { ttls }), new CompilationBuildCacheService(cache)];
}

/**
 * The service of firmware builds on the same cache, with the times to live of `userConfig`.
 *
 * ```ts
 * const west = createZmkWestService(createUserConfig());
 * ```
 * @throws what `createCacheFromUserConfig` throws.
 */
export function createZmkWestService(userConfig: UserConfig): ZmkWestService {
  const [, , builds] = createCompilationCacheService(userConfig);
  const { firmwareBuild, firmwareMetadata } = configuredTtls(userConfig);
  return new ZmkWestService(builds, { ttl: firmwareBuild, historyTtl: firmwareMetadata });
}
