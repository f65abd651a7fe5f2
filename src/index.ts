/**
 * glovebox-cache: a file-system cache in pure TypeScript, shared by every part of an application and by every process of
 * the machine.
 *
 * @packageDocumentation
 */

export { CacheKey, type CacheKeyParts } from './cache-key.ts';
export {
  type CacheKeyLike,
  type CacheManager,
  type CopyOptions,
  isCacheManager,
  type JsonValue,
  type LockOptions,
  type SetOptions,
  type SyncCacheManager,
} from './cache-manager.ts';
export {
  type CacheStrategy,
  createUserConfig,
  TTL_DEFAULTS,
  type TtlOverrides,
  type TtlSettings,
  USER_CONFIG_DEFAULTS,
  type UserConfig,
  type UserConfigOverrides,
} from './config.ts';
export {
  cleanupSharedCacheInstances,
  getAggregatedCacheStats,
  getCacheInstanceCount,
  getCacheInstanceKeys,
  getSharedCacheInstance,
  getSharedCacheInstances,
  resetSharedCacheInstances,
  type SharedCacheInstance,
  type SharedCacheOptions,
} from './coordinator.ts';
export { DisabledCache, type DisabledCacheOptions } from './disabled-cache.ts';
export { type CleanupPlan, DiskCacheManager } from './disk/disk-cache-manager.ts';
export { listTags } from './disk/files/root.ts';
export { DISK_CACHE_DEFAULTS, type DiskCacheOptions } from './disk/options.ts';
export type { CheckOptions, CheckProblem, CheckProblemKind, CheckReport, CheckSeverity } from './disk/upkeep/check.ts';
export {
  CacheArgumentError,
  CacheClosedError,
  CacheConfigError,
  CacheEntryTooLargeError,
  CacheError,
  type CacheErrorCode,
  type CacheErrorDetails,
  CacheFormatError,
  CacheKeyError,
  CacheOwnerError,
  CacheRootError,
  CacheTagError,
  CacheTimeoutError,
  CacheValueError,
  CacheWriteError,
} from './errors.ts';
export {
  type ConfiguredCacheOptions,
  createCacheFromUserConfig,
  createDefaultCache,
  createDiskCacheManager,
} from './factories.ts';
export type { CacheMetadata, CacheStats } from './models.ts';
