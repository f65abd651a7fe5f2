/**
 * The user's configuration, for people to read: what it is, and where it comes from.
 */

import { readConfigFile } from '../config/config-file.ts';
import { type Environment, OFF, ON, readSettings } from '../config/environment.ts';
import type { UserConfig } from '../config.ts';

/** A setting and where it comes from: a variable, a file, `default`, or `argument` of {@link getCacheDebugInfo}. */
export interface DebugSetting {
  readonly value: unknown;
  readonly origin: string;
}

/** What the settings are. @param isGiven whether a program gave them, and nobody gathered them. */
export function describeSettings(config: UserConfig, isGiven: boolean): Record<string, DebugSetting> {
  const { cacheDir, cacheStrategy, maxSizeGb, timeout, ttls = {} } = config;
  const originOf = isGiven ? () => 'argument' : originFinder();
  const settings = Object.entries({ cacheDir, cacheStrategy, maxSizeGb, timeout, ttls });
  return Object.fromEntries(settings.map(([name, value]) => [name, { value, origin: originOf(name) }]));
}

/** In the order in which {@link createUserConfig} asks. */
function originFinder(): (name: string) => string {
  const variables = readSettings(process.env);
  const file = readConfigFile();
  return (name) => {
    const variable = variables.find((setting) => setting.name === name)?.variable;
    if (variable !== undefined) return `environment variable ${variable}`;
    return file?.content[name] === undefined ? 'default' : `configuration file ${file.path}`;
  };
}

/**
 * What the environment says about caches, by variable: settings as they are, switches if they are known words. What else
 * somebody keeps under such a name is nobody's business.
 */
export function describeEnvironment(environment: Environment): Record<string, string> {
  const settings = new Set<string>(readSettings(environment).map(({ variable }) => variable));
  const described = Object.keys(environment)
    .filter((variable) => variable.startsWith('GLOVEBOX_CACHE_'))
    .sort()
    .map((variable) => {
      const text = environment[variable] ?? '';
      const word = text.trim().toLowerCase();
      const isShown = settings.has(variable) || word === '' || OFF.has(word) || ON.has(word);
      return [variable, isShown ? text : '(neither on nor off)'] as const;
    });
  return Object.fromEntries(described);
}
