/**
 * The user's configuration file: JSON, in the platform's folder for configuration.
 */

import { accessSync, constants, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CacheConfigError } from '../errors.ts';
import { isObject } from '../guards.ts';
import { currentPlatform, type Platform, platformConfigFolder } from './platform-folders.ts';

/** What the file holds, not yet checked, and where it lies. */
export interface ConfigFile {
  readonly path: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Where the file lies, if it exists. */
export function configFilePath(platform: Platform = currentPlatform()): string | undefined {
  const folder = platformConfigFolder(platform);
  return folder === undefined ? undefined : join(folder, 'config.json');
}

/**
 * Reads the file.
 * @returns `undefined` if there is none.
 * @throws a {@link CacheConfigError} if it can't be read, or doesn't hold one JSON object.
 */
export function readConfigFile(path: string | undefined = configFilePath()): ConfigFile | undefined {
  const text = path === undefined ? undefined : readText(path);
  if (path === undefined || text === undefined) return undefined;
  let content: unknown;
  try {
    // Some editors on Windows begin a file with a byte order mark.
    content = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CacheConfigError(`configuration file ${path} must be valid JSON: ${reason}`, { cause });
  }
  if (!isObject(content)) {
    throw new CacheConfigError(`configuration file ${path} must hold one JSON object, such as {"maxSizeGb": 5}`);
  }
  return { path, content };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    // A home that belongs to somebody else (a container's, a service's) holds no configuration of ours.
    if (code === 'EACCES' && !canSearch(dirname(path))) return undefined;
    throw new CacheConfigError(`configuration file ${path} can't be read (${String(code)}); make it a readable file`, {
      cause,
    });
  }
}

function canSearch(folder: string): boolean {
  try {
    accessSync(folder, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
