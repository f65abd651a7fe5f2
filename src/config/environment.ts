/**
 * What the environment says about caches.
 */

import { CacheConfigError } from '../errors.ts';

/** Variables as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that are settings, and so are never the switch of a tag. */
const SETTINGS = {
  cacheDir: 'GLOVEBOX_CACHE_DIR',
  cacheStrategy: 'GLOVEBOX_CACHE_STRATEGY',
  maxSizeGb: 'GLOVEBOX_CACHE_MAX_SIZE_GB',
} as const;
const GLOBAL_SWITCH = 'GLOVEBOX_CACHE_GLOBAL';
const RESERVED: ReadonlySet<string> = new Set([...Object.values(SETTINGS), GLOBAL_SWITCH]);

/** What a switch may say. */
export const OFF: ReadonlySet<string> = new Set(['disabled', '0', 'false']);
export const ON: ReadonlySet<string> = new Set(['enabled', '1', 'true']);

/** One setting found in the environment: where it stood and the text it had. */
export interface EnvironmentSetting {
  readonly name: keyof typeof SETTINGS;
  readonly variable: string;
  readonly text: string;
}

/** The settings that the environment gives; a variable that is empty counts as not given. */
export function readSettings(environment: Environment): EnvironmentSetting[] {
  const found: EnvironmentSetting[] = [];
  for (const name of ['cacheDir', 'cacheStrategy', 'maxSizeGb'] as const) {
    const variable = SETTINGS[name];
    const text = environment[variable]?.trim();
    if (text !== undefined && text !== '') found.push({ name, variable, text });
  }
  return found;
}

/**
 * The variable that switches one tag's caches off: `GLOVEBOX_CACHE_` and the tag in upper case, with `_` for whatever
 * a variable's name can't hold.
 * @returns `undefined` for the few tags, such as `dir`, whose variable is a setting already.
 */
export function tagVariable(tag: string): string | undefined {
  const variable = `GLOVEBOX_CACHE_${tag.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
  return RESERVED.has(variable) ? undefined : variable;
}

/**
 * Whether the environment switches off all caches (`GLOVEBOX_CACHE_GLOBAL`) or those of `tag`.
 * @throws a {@link CacheConfigError} if a switch has a value that is neither on nor off.
 */
export function isSwitchedOff(tag: string, environment: Environment = process.env): boolean {
  return [GLOBAL_SWITCH, tagVariable(tag)].some((variable) => {
    const text = variable === undefined ? undefined : environment[variable]?.trim().toLowerCase();
    if (text === undefined || text === '' || ON.has(text)) return false;
    if (OFF.has(text)) return true;
    throw new CacheConfigError(
      `environment variable ${variable} must be disabled, 0 or false (or enabled, 1 or true), got ${JSON.stringify(text)}`,
    );
  });
}
