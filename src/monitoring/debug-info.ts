/**
 * What a report of a bug should hold.
 */

import { existsSync } from 'node:fs';
import { release } from 'node:os';
import packageJson from '../../package.json' with { type: 'json' };
import { configFilePath } from '../config/config-file.ts';
import { assertUserConfig, createUserConfig, type UserConfig } from '../config.ts';
import { getSharedCacheInstances, optionsOfSharedInstance } from '../coordinator.ts';
import { createDiskCacheManager, listTags } from '../factories.ts';
import { type DebugSetting, describeEnvironment, describeSettings } from './configuration.ts';
import { fileSystemKind } from './file-system-kind.ts';

/** An open shared cache and what it was opened with, defaults included. */
export interface DebugInstance {
  readonly root: string;
  readonly tag: string;
  readonly options: {
    readonly maxSizeBytes: number;
    /** Seconds. */
    readonly timeout: number;
    readonly memoryMaxBytes: number;
    /** Seconds. */
    readonly atimeResolution: number;
    readonly fsync: boolean;
    /** Whether it has a clock of its own. */
    readonly ownClock: boolean;
  } | null;
}

/** A tag on disk. */
export interface DebugTag {
  readonly tag: string;
  readonly entries: number;
  readonly sizeBytes: number;
}

/** What a report of a bug should hold; plain JSON. */
export interface CacheDebugInfo {
  readonly package: { readonly name: string; readonly version: string };
  readonly runtime: {
    /** `node`, `bun` or `deno`, with its version. */
    readonly name: string;
    readonly version: string;
    /** The version of Node, or the one that it is compatible with. */
    readonly node: string;
    readonly platform: string;
    readonly arch: string;
    /** The system's release. */
    readonly release: string;
  };
  /** The user's configuration by setting; empty, if it can't be read (see `problems`). */
  readonly settings: Readonly<Record<string, DebugSetting>>;
  readonly configFile: { readonly path: string; readonly exists: boolean } | null;
  /** The variables `GLOVEBOX_CACHE_*`; of a switch, whether it is on or off, and never another text. */
  readonly environment: Readonly<Record<string, string>>;
  readonly root: {
    readonly path: string;
    readonly exists: boolean;
    /** `ext4`, `tmpfs` and so on; `null` where it isn't known. */
    readonly fileSystem: string | null;
  } | null;
  /** The open shared caches of this process. */
  readonly instances: readonly DebugInstance[];
  /** The tags in the configured root. */
  readonly tags: readonly DebugTag[];
  /** What could not be found out, and why. */
  readonly problems: readonly string[];
}

/**
 * Gathers what a report of a bug should hold: versions, platform, configuration and where it comes from, open shared
 * caches, tags on disk. Neither keys nor values are in it, nor any variable that isn't the cache's own; but for the
 * folders and the names of tags it is fit to be published.
 *
 * It creates nothing, and what can't be found out, such as a broken configuration, it tells among the `problems`. Sizes
 * take a look at the index of each tag.
 * @param userConfig a configuration of the program's own.
 * @throws a {@link CacheArgumentError} if that is none.
 */
export async function getCacheDebugInfo(userConfig?: UserConfig): Promise<CacheDebugInfo> {
  if (userConfig !== undefined) assertUserConfig(userConfig);
  const problems: string[] = [];
  const attempt = <T>(what: string, action: () => T, otherwise: T): T => {
    try {
      return action();
    } catch (error) {
      problems.push(problem(what, error));
      return otherwise;
    }
  };
  const config = userConfig ?? attempt('configuration', createUserConfig, undefined);
  const path = config?.cacheDir;
  const exists = path !== undefined && existsSync(path);
  const configFile = configFilePath();
  const tags: DebugTag[] = [];
  for (const tag of path === undefined ? [] : attempt('tags', () => listTags(path), [])) {
    try {
      tags.push(await lookAt(path ?? '', tag));
    } catch (error) {
      problems.push(problem(`tag '${tag}'`, error));
    }
  }
  return {
    package: { name: 'glovebox-cache', version: packageJson.version },
    runtime: describeRuntime(),
    settings:
      config === undefined
        ? {}
        : attempt('origins of settings', () => describeSettings(config, userConfig !== undefined), {}),
    configFile: configFile === undefined ? null : { path: configFile, exists: existsSync(configFile) },
    environment: describeEnvironment(process.env),
    root: path === undefined ? null : { path, exists, fileSystem: exists ? fileSystemKind(path) : null },
    instances: describeInstances(),
    tags,
    problems,
  };
}

function describeRuntime(): CacheDebugInfo['runtime'] {
  const { bun, deno, node } = process.versions;
  const name = bun !== undefined ? 'bun' : deno !== undefined ? 'deno' : 'node';
  const { platform, arch } = process;
  return { name, version: bun ?? deno ?? node, node, platform, arch, release: release() };
}

function describeInstances(): DebugInstance[] {
  return getSharedCacheInstances().map(({ root, tag, instance }) => {
    const opened = optionsOfSharedInstance(instance);
    if (opened === undefined) return { root, tag, options: null };
    const { maxSizeBytes, timeout, memoryMaxBytes, atimeResolution, fsync, clock } = opened;
    const ownClock = clock !== Date.now;
    return { root, tag, options: { maxSizeBytes, timeout, memoryMaxBytes, atimeResolution, fsync, ownClock } };
  });
}

/** By an instance of its own, which keeps nothing in memory and is gone at once. */
async function lookAt(cacheRoot: string, tag: string): Promise<DebugTag> {
  await using cache = createDiskCacheManager({ cacheRoot, tag, memoryMaxBytes: 0 });
  const { totalKeys, sizeBytes } = await cache.getStats();
  return { tag, entries: totalKeys, sizeBytes };
}

function problem(what: string, error: unknown): string {
  return `${what}: ${error instanceof Error ? error.message : String(error)}`;
}
