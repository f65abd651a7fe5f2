/**
 * Ways to open a cache: on its own, the user's default one, or as a configuration says.
 */

import { inspect } from 'node:util';
import type { SyncCacheManager } from './cache-manager.ts';
import { isSwitchedOff } from './config/environment.ts';
import {
  assertUserConfig,
  type CacheStrategy,
  createUserConfig,
  USER_CONFIG_DEFAULTS,
  type UserConfig,
} from './config.ts';
import { getSharedCacheInstance, type SharedCacheOptions } from './coordinator.ts';
import { DiskCacheManager } from './disk/disk-cache-manager.ts';
import { assertTag, listTags } from './disk/files/root.ts';
import { DISK_CACHE_DEFAULTS, type DiskCacheOptions } from './disk/options.ts';
import { CacheArgumentError } from './errors.ts';

// For those who know nothing of the engine.
export { listTags };

/** Options of {@link createDefaultCache} and {@link createCacheFromUserConfig}; they come before the configuration. */
export interface ConfiguredCacheOptions extends Omit<SharedCacheOptions, 'cacheRoot'> {}

/**
 * Opens a disk cache that is the caller's alone, to be closed by the caller. The environment has no say.
 *
 * Other instances of the same folder, in this process or elsewhere, see the same entries.
 * @throws what the constructor of {@link DiskCacheManager} throws.
 */
export function createDiskCacheManager(options: DiskCacheOptions): DiskCacheManager {
  return new DiskCacheManager(options);
}

/**
 * The shared cache of a tag, where and as the user configured it ({@link createUserConfig}); one that stores nothing if
 * the user switched it off, by `cacheStrategy`, `GLOVEBOX_CACHE_GLOBAL` or `GLOVEBOX_CACHE_<TAG>`. Others may hold it too:
 * don't close it.
 *
 * ```ts
 * const cache = createDefaultCache({ tag: 'layout' });
 * ```
 * @throws what {@link createUserConfig} and {@link getSharedCacheInstance} throw.
 */
export function createDefaultCache(options: ConfiguredCacheOptions = {}): SyncCacheManager {
  assertConfigurable(options);
  return createCacheFromUserConfig(createUserConfig({ cacheStrategy: settledStrategy(options) }), options);
}

/** A cache that is off for sure must not ask for a folder: there may be none, and that be the reason. */
function settledStrategy({
  enabled,
  tag = DISK_CACHE_DEFAULTS.tag,
}: ConfiguredCacheOptions): CacheStrategy | undefined {
  if (enabled !== undefined) return enabled ? 'shared' : 'disabled';
  assertTag(tag);
  return isSwitchedOff(tag) ? 'disabled' : undefined;
}

/**
 * The shared cache of a tag as `userConfig` says. The environment's switches (`GLOVEBOX_CACHE_GLOBAL`,
 * `GLOVEBOX_CACHE_<TAG>`) count beside it; its settings don't, they are {@link createUserConfig}'s to read.
 *
 * @param userConfig a complete configuration; members of other names are ignored.
 * @throws a {@link CacheArgumentError} if a setting is missing or wrong.
 * @throws what {@link getSharedCacheInstance} throws.
 */
export function createCacheFromUserConfig(
  userConfig: UserConfig,
  options: ConfiguredCacheOptions = {},
): SyncCacheManager {
  assertUserConfig(userConfig);
  assertConfigurable(options);
  return getSharedCacheInstance({
    ...options,
    ...configuredLimits(userConfig, options),
    cacheRoot: userConfig.cacheDir,
    enabled: options.enabled ?? (userConfig.cacheStrategy === 'disabled' ? false : undefined),
  });
}

/** A tag in the place of options, or a folder among them, would pass unnoticed and open another cache. */
function assertConfigurable(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new CacheArgumentError(`options must be an object such as { tag: 'layout' }, got ${inspect(options)}`);
  }
  if ('cacheRoot' in options && options.cacheRoot !== undefined) {
    throw new CacheArgumentError('cacheRoot comes from the configuration; to name one, call getSharedCacheInstance');
  }
}

/** A default is nobody's wish: handed on, it would seem at odds with what another caller chose for the same tag. */
function configuredLimits(
  { maxSizeGb, timeout }: UserConfig,
  options: ConfiguredCacheOptions,
): Pick<SharedCacheOptions, 'maxSizeGb' | 'timeout'> {
  const sized = options.maxSizeGb !== undefined || options.maxSizeBytes !== undefined;
  return {
    maxSizeGb: sized || maxSizeGb === USER_CONFIG_DEFAULTS.maxSizeGb ? options.maxSizeGb : maxSizeGb,
    timeout: options.timeout ?? (timeout === USER_CONFIG_DEFAULTS.timeout ? undefined : timeout),
  };
}
