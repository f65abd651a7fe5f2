/**
 * The layout service as the user configured it.
 */

import type { SyncCacheManager } from '../cache-manager.ts';
import { configuredTtls, type UserConfig } from '../config.ts';
import { createCacheFromUserConfig } from '../factories.ts';
import { LayoutService } from './layout-service.ts';

const TAG = 'layout';

/**
 * The layout service on the shared cache of the tag `layout`, both as `userConfig` says. Others may hold the cache too:
 * don't close it.
 *
 * ```ts
 * const [cacheManager, layoutService] = createLayoutService(createUserConfig());
 * ```
 * @throws a {@link CacheArgumentError} if the configuration is wrong.
 */
export function createLayoutService(userConfig: UserConfig): [SyncCacheManager, LayoutService] {
  const ttls = configuredTtls(userConfig);
  const cache = createCacheFromUserConfig(userConfig, { tag: TAG });
  return [cache, new LayoutService(cache, { ttls })];
}
