/**
 * Where each platform keeps caches and configuration.
 */

import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import type { Environment } from './environment.ts';

const NAME = 'glovebox-cache';

/** The machine that the folders are looked up for. */
export interface Platform {
  readonly platform: NodeJS.Platform;
  readonly environment: Environment;
  /** The user's home folder, if there is one. */
  readonly home: string | undefined;
}

/** The machine this process runs on. */
export function currentPlatform(): Platform {
  return { platform: process.platform, environment: process.env, home: homeFolder() };
}

/**
 * The folder for caches: `$XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows;
 * in it, one of this package's own.
 * @returns `undefined` for a user without a home.
 */
export function platformCacheFolder({ platform, environment, home }: Platform): string | undefined {
  switch (platform) {
    case 'win32':
      return below(win32, environment['LOCALAPPDATA'], home, 'AppData', 'Local');
    case 'darwin':
      return below(posix, undefined, home, 'Library', 'Caches');
    default:
      return below(posix, environment['XDG_CACHE_HOME'], home, '.cache');
  }
}

/**
 * The folder for configuration: `$XDG_CONFIG_HOME` or `~/.config`, `~/Library/Application Support` on macOS,
 * `%APPDATA%` on Windows; in it, one of this package's own.
 * @returns `undefined` for a user without a home.
 */
export function platformConfigFolder({ platform, environment, home }: Platform): string | undefined {
  switch (platform) {
    case 'win32':
      return below(win32, environment['APPDATA'], home, 'AppData', 'Roaming');
    case 'darwin':
      return below(posix, undefined, home, 'Library', 'Application Support');
    default:
      return below(posix, environment['XDG_CONFIG_HOME'], home, '.config');
  }
}

/** A variable that is not an absolute path is ignored, as the XDG specification demands. */
function below(
  path: typeof posix,
  named: string | undefined,
  home: string | undefined,
  ...usual: readonly string[]
): string | undefined {
  if (named !== undefined && path.isAbsolute(named)) return path.join(named, NAME);
  if (home !== undefined && path.isAbsolute(home)) return path.join(home, ...usual, NAME);
  return undefined;
}

function homeFolder(): string | undefined {
  try {
    return homedir();
  } catch {
    // A user id without an entry in the user database, as containers have them.
    return undefined;
  }
}
