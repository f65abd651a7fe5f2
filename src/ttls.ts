/**
 * How long the domains keep what they make.
 */

import { inspect } from 'node:util';
import { CacheArgumentError, type CacheError } from './errors.ts';
import { isPositive } from './guards.ts';

/** Times to live in seconds, one for each kind of thing that the domains keep. */
export interface TtlSettings {
  /**
   * A firmware workspace without a branch of its own: what all branches of a repository have in common.
   * @default 2592000 (30 days)
   */
  readonly workspaceBase: number;
  /**
   * A workspace of one branch.
   * @default 86400 (1 day)
   */
  readonly workspaceBranch: number;
  /**
   * A workspace of one branch that has all its components: firmware, operating system and modules.
   * @default 43200 (12 hours)
   */
  readonly workspaceFull: number;
  /**
   * A workspace that holds the folder of a build.
   * @default 3600 (1 hour)
   */
  readonly workspaceBuild: number;
  /**
   * A layout, compiled.
   * @default 604800 (7 days)
   */
  readonly layoutProcessing: number;
  /**
   * What differs between two layouts.
   * @default 259200 (3 days)
   */
  readonly layoutComparison: number;
  /**
   * A layout, parsed.
   * @default 3600 (1 hour)
   */
  readonly layoutParsed: number;
  /**
   * What is wrong with a layout, if anything.
   * @default 259200 (3 days)
   */
  readonly layoutValidation: number;
  /**
   * A layout that was rendered with a template.
   * @default 604800 (7 days)
   */
  readonly layoutTemplate: number;
  /**
   * A firmware's artifacts.
   * @default 604800 (7 days)
   */
  readonly firmwareBuild: number;
  /**
   * What a firmware build was made of, kept to tell what changed since.
   * @default 86400 (1 day)
   */
  readonly firmwareMetadata: number;
  /**
   * The metrics of a session.
   * @default 604800 (7 days)
   */
  readonly session: number;
}

/** Times to live of a user's choice; what is not given has its default. */
export type TtlOverrides = { readonly [Level in keyof TtlSettings]?: TtlSettings[Level] | undefined };

const HOUR = 3600;
const DAY = 24 * HOUR;

/** How long the domains keep what they make where nobody said otherwise, in seconds. */
export const TTL_DEFAULTS: TtlSettings = {
  workspaceBase: 30 * DAY,
  workspaceBranch: DAY,
  workspaceFull: 12 * HOUR,
  workspaceBuild: HOUR,
  layoutProcessing: 7 * DAY,
  layoutComparison: 3 * DAY,
  layoutParsed: HOUR,
  layoutValidation: 3 * DAY,
  layoutTemplate: 7 * DAY,
  firmwareBuild: 7 * DAY,
  firmwareMetadata: DAY,
  session: 7 * DAY,
};

/** Whether `name` is one of the {@link TtlSettings}. */
function isTtlLevel(name: string): name is keyof TtlSettings {
  return Object.hasOwn(TTL_DEFAULTS, name);
}

/** What `layers` say about times to live, of each level the first that says anything. */
export function mergeTtls(layers: readonly TtlOverrides[]): Partial<TtlSettings> {
  const merged: { -readonly [Level in keyof TtlSettings]?: number } = {};
  for (const level of Object.keys(TTL_DEFAULTS).filter(isTtlLevel)) {
    const seconds = layers.find((layer) => layer[level] !== undefined)?.[level];
    if (seconds !== undefined) merged[level] = seconds;
  }
  return merged;
}

/** Where times to live are said, and how a mistake in them is told. */
export interface TtlSource {
  readonly nameOf: (setting: string) => string;
  readonly error: (message: string) => CacheError;
}

/**
 * Checks that `ttls` has times to live only.
 * @throws the source's error, which names the level, for one that is wrong or doesn't exist.
 */
export function assertTtls(ttls: object, { nameOf, error }: TtlSource): asserts ttls is TtlOverrides {
  for (const [level, seconds] of Object.entries(ttls)) {
    if (!isTtlLevel(level)) {
      const levels = Object.keys(TTL_DEFAULTS).join(', ');
      throw error(`${nameOf(`ttls.${level}`)} is not a time to live; there are ${levels}`);
    }
    if (seconds !== undefined && !isPositive(seconds)) {
      const got = inspect(seconds, { depth: 0 });
      throw error(`${nameOf(`ttls.${level}`)} must be a positive finite number of seconds, got ${got}`);
    }
  }
}

/**
 * What the option `ttls` of a service says, and the defaults for the rest.
 * @throws a {@link CacheArgumentError} that names the level if it is wrong.
 */
export function resolveTtls(ttls: TtlOverrides = {}): TtlSettings {
  const error = (message: string) => new CacheArgumentError(message);
  if (typeof ttls !== 'object' || ttls === null) {
    throw error(`ttls must be an object with times to live in seconds, got ${inspect(ttls)}`);
  }
  assertTtls(ttls, { nameOf: (level) => level, error });
  return { ...TTL_DEFAULTS, ...mergeTtls([ttls]) };
}
