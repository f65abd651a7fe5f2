/**
 * The settings a user has, and the check of what a source of settings gives for them.
 */

import { isAbsolute } from 'node:path';
import { inspect } from 'node:util';
import type { CacheError } from '../errors.ts';
import { isObject, isPositive } from '../guards.ts';
import { assertTtls, type TtlOverrides } from '../ttls.ts';

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
  /**
   * How long the domains (compilation, layout, metrics) keep what they make, in seconds.
   * @default TTL_DEFAULTS, also for each level that is not given
   */
  readonly ttls?: TtlOverrides | undefined;
}

/** All settings, each of them given. */
export type Settings = { readonly [Name in keyof UserConfig]-?: NonNullable<UserConfig[Name]> };

/** What a {@link UserConfig} holds where nobody said otherwise; the folder depends on the platform. */
export const USER_CONFIG_DEFAULTS = {
  cacheStrategy: 'shared',
  maxSizeGb: 2,
  timeout: 30,
} as const satisfies Omit<UserConfig, 'cacheDir' | 'ttls'>;

/** Where settings come from. */
export interface Source {
  readonly values: Readonly<Record<string, unknown>>;
  /** How an error calls a setting of this source. */
  readonly nameOf: (setting: string) => string;
  readonly error: (message: string) => CacheError;
  /** Whether a relative path means something here. */
  readonly relativePaths: boolean;
}

interface Setting<T> {
  readonly expected: string;
  readonly accepts: (value: unknown, source: Source) => value is T;
}

const SETTINGS: { readonly [Name in keyof Settings]: Setting<Settings[Name]> } = {
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
  ttls: {
    expected: 'an object with times to live in seconds, such as { session: 604800 }',
    accepts: (value, source): value is TtlOverrides => {
      if (!isObject(value)) return false;
      assertTtls(value, source);
      return true;
    },
  },
};

/** What one source gives. */
export type Layer = { readonly [Name in keyof Settings]: Settings[Name] | undefined };

/**
 * Reads and checks a source.
 * @throws the source's error for a setting that is wrong and, unless `extras` are allowed, for one that doesn't exist.
 */
export function readLayer(source: Source, { extras = false } = {}): Layer {
  const unknown = Object.keys(source.values).find((name) => !Object.hasOwn(SETTINGS, name));
  if (unknown !== undefined && !extras) {
    throw source.error(`${source.nameOf(unknown)} is not a setting; there are ${Object.keys(SETTINGS).join(', ')}`);
  }
  const read = <Name extends keyof Settings>(name: Name): Settings[Name] | undefined => {
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
    ttls: read('ttls'),
  };
}
