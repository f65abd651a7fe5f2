/**
 * What the user wants of caches, gathered from arguments, environment, configuration file and platform.
 */

import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { readConfigFile } from './config/config-file.ts';
import { defaultCacheFolder, nominalCacheFolder } from './config/default-folder.ts';
import { readSettings } from './config/environment.ts';
import {
  type CacheStrategy,
  readLayer,
  type Settings,
  type Source,
  USER_CONFIG_DEFAULTS,
  type UserConfig,
} from './config/settings.ts';
import { CacheArgumentError, CacheConfigError } from './errors.ts';
import { mergeTtls, resolveTtls, type TtlSettings } from './ttls.ts';

export { type CacheStrategy, USER_CONFIG_DEFAULTS, type UserConfig } from './config/settings.ts';
export { TTL_DEFAULTS, type TtlOverrides, type TtlSettings } from './ttls.ts';

/** Settings that come before all others; one that is `undefined` is not given. */
export type UserConfigOverrides = { readonly [Name in keyof UserConfig]?: UserConfig[Name] | undefined };

/**
 * Gathers the user's configuration. Each setting comes from the first of these that has it:
 *
 * 1. `overrides`;
 * 2. the environment: `GLOVEBOX_CACHE_DIR`, `GLOVEBOX_CACHE_STRATEGY`, `GLOVEBOX_CACHE_MAX_SIZE_GB`;
 * 3. `glovebox-cache/config.json` in the platform's folder for configuration (`$XDG_CONFIG_HOME` or `~/.config`;
 *    `~/Library/Application Support`; `%APPDATA%`), a JSON object with any of the settings, such as `{"maxSizeGb": 5, "ttls": {"session": 86400}}`;
 * 4. the defaults. The folder is `glovebox-cache` in the platform's folder for caches (`$XDG_CACHE_HOME` or `~/.cache`;
 *    `~/Library/Caches`; `%LOCALAPPDATA%`). Where that can't be written it is `glovebox-cache-<uid>` in the system's
 *    folder for temporary files, created private; a folder that was named is never exchanged for another.
 *
 * @throws a {@link CacheArgumentError} if an override is wrong.
 * @throws a {@link CacheConfigError} if a variable or the file holds something unusable; the message says where.
 * @throws a {@link CacheOwnerError}, {@link CacheRootError} if no folder was named and the temporary one can't be had.
 */
export function createUserConfig(overrides: UserConfigOverrides = {}): UserConfig {
  // All are checked, also what is overridden: a mistake is told when it is made, not when it begins to count.
  const layers = [fromArgument('overrides', overrides), fromEnvironment(), fromFile()].map((source) =>
    readLayer(source),
  );
  const given = <Name extends keyof Settings>(name: Name): Settings[Name] | undefined =>
    layers.find((layer) => layer[name] !== undefined)?.[name];

  const cacheStrategy = given('cacheStrategy') ?? USER_CONFIG_DEFAULTS.cacheStrategy;
  const cacheDir = given('cacheDir');
  const ttls = layers.flatMap((layer) => layer.ttls ?? []);
  return {
    cacheDir: cacheDir === undefined ? defaultFolder(cacheStrategy) : resolve(cacheDir),
    cacheStrategy,
    maxSizeGb: given('maxSizeGb') ?? USER_CONFIG_DEFAULTS.maxSizeGb,
    timeout: given('timeout') ?? USER_CONFIG_DEFAULTS.timeout,
    ...(ttls.length === 0 ? {} : { ttls: mergeTtls(ttls) }),
  };
}

/**
 * How long the domains keep what they make under `userConfig`: what it says, and the defaults for the rest.
 * @throws a {@link CacheArgumentError} if the configuration is wrong.
 */
export function configuredTtls(userConfig: UserConfig): TtlSettings {
  assertUserConfig(userConfig);
  return resolveTtls(userConfig.ttls);
}

/**
 * Checks that `config` has all settings; it may have members of other names too.
 * @throws a {@link CacheArgumentError} if one is missing or wrong.
 */
export function assertUserConfig(config: unknown): asserts config is UserConfig {
  const layer = readLayer(fromArgument('userConfig', config), { extras: true });
  for (const [name, value] of Object.entries(layer)) {
    if (value !== undefined || name === 'ttls') continue;
    throw new CacheArgumentError(`userConfig.${name} is missing; createUserConfig() gives a complete configuration`);
  }
}

/** Who disables caches because no folder can be written must not need one. */
function defaultFolder(strategy: CacheStrategy): string {
  return strategy === 'disabled' ? nominalCacheFolder() : defaultCacheFolder();
}

function fromArgument(name: string, value: unknown): Source {
  const error = (message: string) => new CacheArgumentError(message);
  if (typeof value !== 'object' || value === null) {
    throw error(`${name} must be an object with the settings of a UserConfig, got ${inspect(value)}`);
  }
  return { values: { ...value }, nameOf: (setting) => `${name}.${setting}`, error, relativePaths: true };
}

function fromEnvironment(): Source {
  const settings = readSettings(process.env);
  const values = settings.map(({ name, text }) => [name, name === 'maxSizeGb' ? numberIn(text) : text] as const);
  return {
    values: Object.fromEntries(values),
    nameOf: (setting) => `environment variable ${settings.find(({ name }) => name === setting)?.variable ?? setting}`,
    error: (message) => new CacheConfigError(message),
    relativePaths: true,
  };
}

function fromFile(): Source {
  const file = readConfigFile();
  return {
    values: file?.content ?? {},
    nameOf: (setting) => `${setting} in configuration file ${file?.path ?? ''}`,
    error: (message) => new CacheConfigError(message),
    relativePaths: false,
  };
}

/** The number that a text says or, for the error to show, the text. */
function numberIn(text: string): number | string {
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}
