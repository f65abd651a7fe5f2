/**
 * Metrics where the user wants them.
 */

import type { SyncCacheManager } from '../cache-manager.ts';
import { configuredTtls, type UserConfig } from '../config.ts';
import { createCacheFromUserConfig } from '../factories.ts';
import { MetricsService } from './metrics-service.ts';
import { SESSION_TAG } from './stored-session.ts';

/**
 * The service that keeps sessions in the user's shared cache with the tag `metrics`, for the configured time (`session`,
 * 7 days unless the user says otherwise). Others may hold the cache too: don't close it.
 * @throws a {@link CacheArgumentError} if the configuration is wrong, and what opening the cache throws.
 */
export function createMetricsService(
  userConfig: UserConfig,
): [cacheManager: SyncCacheManager, metricsService: MetricsService] {
  const { session } = configuredTtls(userConfig);
  const cacheManager = createCacheFromUserConfig(userConfig, { tag: SESSION_TAG });
  return [cacheManager, new MetricsService(cacheManager, { ttl: session })];
}
