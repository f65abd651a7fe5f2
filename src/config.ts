/**
 * What the user wants of caches, gathered from arguments, environment, configuration file and platform.
 */

import { isAbsolute, resolve } from 'node:path';
import { inspect } from 'node:util';
import { readConfigFile } from './config/config-file.ts';
import { defaultCacheFolder, nominalCacheFolder } from './config/default-folder.ts';
import { readSettings } from './config/environment.ts';
import { CacheArgumentError, CacheConfigError, type CacheError } from './errors.ts';

/** Whether caches are shared through the coordinator, or store nothing. */
export type CacheStrategy = 'shared' | 'disabled';

/** What a user can set, once for all caches. */
export interface UserConfig {
  /**
   * The folder that holds the caches, one folder per tag.
   * @default the platform's folder for caches, or a private temporary one where that can't be written
   */
  readonly cacheDir: string;
  /**
   * `disabled` makes every cache one that stores nothing.
   * @default 'shared'
   */
  readonly cacheStrategy: CacheStrategy;
  /**
   * The most disk space that each tag may take, in GiB.
   * @default 2
   */
  readonly maxSizeGb: number;
  /**
   * The longest wait for other processes, in seconds.
   * @default 30
   */
  readonly timeout: number;
}

/** Settings that come before all others; one that is `undefined` is not given. */
export type UserConfigOverrides = { readonly [Name in keyof UserConfig]?: UserConfig[Name] | undefined };

/** What a {@link UserConfig} holds where nobody said otherwise; the folder depends on the platform. */
export const USER_CONFIG_DEFAULTS = {
  cacheStrategy: 'shared',
  maxSizeGb: 2,
  timeout: 30,
} as const satisfies Omit<UserConfig, 'cacheDir'>;

/**
 * Gathers the user's configuration. Each setting comes from the first of these that has it:
 *
 * 1. `overrides`;
 * 2. the environment: `GLOVEBOX_CACHE_DIR`, `GLOVEBOX_CACHE_STRATEGY`, `GLOVEBOX_CACHE_MAX_SIZE_GB`;
 * 3. `glovebox-cache/config.json` in the platform's folder for configuration (`$XDG_CONFIG_HOME` or `~/.config`;
 *    `~/Library/Application Support`; `%APPDATA%`), a JSON object with any of the four settings;
 * 4. the defaults. The folder is `glovebox-cache` in the platform's folder for caches (`$XDG_CACHE_HOME` or `~/.cache`;
 *    `~/Library/Caches`; `%LOCALAPPDATA%`). Where that can't be written it is `glovebox-cache-<uid>` in the system's
 *    folder for temporary files, created private; a folder that was named is never exchanged for another.
 *
 * @throws {@link CacheArgumentError} if an override is wrong.
 * @throws {@link CacheConfigError} if a variable or the file holds something unusable; the message says where.
 * @throws {@link CacheOwnerError}, {@link CacheRootError} if no folder was named and the temporary one can't be had.
 */
export function createUserConfig(overrides: UserConfigOverrides = {}): UserConfig {
  const layers = [fromOverrides(overrides), fromEnvironment(), fromFile()].map(readLayer);
  const given = <Name extends keyof UserConfig>(name: Name): UserConfig[Name] | undefined =>
    layers.find((layer) => layer[name] !== undefined)?.[name];

  const cacheStrategy = given('cacheStrategy') ?? USER_CONFIG_DEFAULTS.cacheStrategy;
  const cacheDir = given('cacheDir');
  return {
    cacheDir: cacheDir === undefined ? defaultFolder(cacheStrategy) : resolve(cacheDir),
    cacheStrategy,
    maxSizeGb: given('maxSizeGb') ?? USER_CONFIG_DEFAULTS.maxSizeGb,
    timeout: given('timeout') ?? USER_CONFIG_DEFAULTS.timeout,
  };
}

/** Who disables caches because no folder can be written must not need one. */
function defaultFolder(strategy: CacheStrategy): string {
  return strategy === 'disabled' ? nominalCacheFolder() : defaultCacheFolder();
}

/** Where settings come from. */
interface Source {
  readonly values: Readonly<Record<string, unknown>>;
  /** How an error calls a setting of this source. */
  readonly nameOf: (setting: string) => string;
  readonly error: (message: string) => CacheError;
  /** Whether a relative path means something here. */
  readonly relativePaths: boolean;
}

function fromOverrides(overrides: unknown): Source {
  const error = (message: string) => new CacheArgumentError(message);
  if (typeof overrides !== 'object' || overrides === null) {
    throw error('overrides must be an object with some of the settings of a UserConfig');
  }
  return { values: { ...overrides }, nameOf: (setting) => `overrides.${setting}`, error, relativePaths: true };
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

interface Setting<T> {
  readonly expected: string;
  readonly accepts: (value: unknown, source: Source) => value is T;
}

const SETTINGS: { readonly [Name in keyof UserConfig]: Setting<UserConfig[Name]> } = {
  cacheDir: {
    expected: "the path of a folder ('~' is not expanded), absolute in a configuration file",
    accepts: (value, source): value is string =>
      typeof value === 'string' &&
      value !== '' &&
      !value.includes('\0') &&
      !/^~(?:[/\\]|$)/.test(value) &&
      (source.relativePaths || isAbsolute(value)),
  },
  cacheStrategy: {
    expected: "'shared' or 'disabled'",
    accepts: (value): value is CacheStrategy => value === 'shared' || value === 'disabled',
  },
  maxSizeGb: { expected: 'a positive finite number of GiB', accepts: isPositive },
  timeout: { expected: 'a positive finite number of seconds', accepts: isPositive },
};

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

type Layer = { readonly [Name in keyof UserConfig]: UserConfig[Name] | undefined };

/** Checks all that a source gives, also what another source comes before: a mistake is told when it is made. */
function readLayer(source: Source): Layer {
  const unknown = Object.keys(source.values).find((name) => !Object.hasOwn(SETTINGS, name));
  if (unknown !== undefined) {
    throw source.error(`${source.nameOf(unknown)} is not a setting; there are ${Object.keys(SETTINGS).join(', ')}`);
  }
  const read = <Name extends keyof UserConfig>(name: Name): UserConfig[Name] | undefined => {
    const value = source.values[name];
    if (value === undefined) return undefined;
    const setting = SETTINGS[name];
    if (setting.accepts(value, source)) return value;
    throw source.error(`${source.nameOf(name)} must be ${setting.expected}, got ${inspect(value, { depth: 0 })}`);
  };
  return {
    cacheDir: read('cacheDir'),
    cacheStrategy: read('cacheStrategy'),
    maxSizeGb: read('maxSizeGb'),
    timeout: read('timeout'),
  };
}
