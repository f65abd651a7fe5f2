/**
 * From what the command line says to open caches, without creating any where one is only looked at.
 */

import { existsSync, statSync } from 'node:fs';
import { DiskCacheManager } from '../disk/disk-cache-manager.ts';
import { assertTag, listTags } from '../disk/files/root.ts';
import { CacheError } from '../errors.ts';
import type { CommandContext } from './context.ts';
import { CliError, EXIT } from './exit-codes.ts';
import { printable } from './format.ts';

/** The tag of keys when none is named, the library's own default. */
export const DEFAULT_TAG = 'default';

const BYTES_PER_GIB = 2 ** 30;

/** How a tag is opened, where it differs from the configured way. */
export interface OpenOptions {
  /** @default the configured limit */
  readonly maxSizeBytes?: number | undefined;
  /**
   * Whether values are read by somebody who only looks, so that entries don't seem used for it.
   * @default false
   */
  readonly isLooking?: boolean | undefined;
}

/** What {@link forEachTag} can be told. */
export interface EachTagOptions extends OpenOptions {
  /** Called with a tag that can't be used, and why. */
  readonly onFailure?: ((tag: string, error: CacheError) => void) | undefined;
}

/** A root and the tags in it. */
export interface Root {
  readonly path: string;
  readonly tags: readonly string[];
}

/** The root and its tags; nothing is created. */
export function lookAtRoot(context: CommandContext): Root {
  const path = context.config.cacheDir;
  if (existsSync(path) && !statSync(path).isDirectory()) {
    throw new CliError(`root ${path} is not a folder; name the folder that holds the caches with --root`);
  }
  return { path, tags: listTags(path) };
}

/**
 * The tags to work on: the one named, or all; none, if none was named and the root doesn't exist.
 * @throws a {@link CliError} if the one named doesn't exist.
 */
export function existingTags(context: CommandContext, tag: string | undefined): readonly string[] {
  if (tag !== undefined) assertTag(tag);
  const root = lookAtRoot(context);
  if (tag === undefined) return root.tags;
  if (!existsSync(root.path)) throw new CliError(`root ${root.path} does not exist; name another one with --root`);
  if (root.tags.includes(tag)) return [tag];
  const known = root.tags.length === 0 ? 'it has none yet' : `it has ${root.tags.join(', ')}`;
  throw new CliError(`root ${root.path} has no tag '${tag}'; ${known} (choose with --tag)`);
}

/** Tells people, not scripts, that a root has no tags to work on. */
export async function tellNoTags(context: CommandContext): Promise<void> {
  const { path } = lookAtRoot(context);
  const state = existsSync(path) ? 'has no tags yet' : 'does not exist yet';
  if (!context.json) await context.print(`root ${path} ${state}\n`);
}

/** Opens a tag that exists. @throws a {@link CliError} if it doesn't. */
export function openExistingTag(context: CommandContext, tag: string, options: OpenOptions = {}): DiskCacheManager {
  existingTags(context, tag);
  return openTag(context, tag, options);
}

/** Opens a tag, created if need be. */
export function openTag(context: CommandContext, tag: string, options: OpenOptions = {}): DiskCacheManager {
  const { cacheDir, maxSizeGb, timeout } = context.config;
  return new DiskCacheManager({
    cacheRoot: cacheDir,
    tag,
    maxSizeBytes: options.maxSizeBytes ?? Math.floor(maxSizeGb * BYTES_PER_GIB),
    timeout,
    // A process that ends in a moment reads nothing twice.
    memoryMaxBytes: 0,
    // No access is so long after the last one that it would be noted.
    ...(options.isLooking === true ? { atimeResolution: Number.MAX_VALUE } : {}),
  });
}

/**
 * Does something with a tag, open for as long.
 *
 * To be called in loops, in the place of `using`: what esbuild 0.28 makes of that throws the error of one round again at
 * the end of every later one.
 */
async function withTag<T>(
  context: CommandContext,
  tag: string,
  action: (cache: DiskCacheManager) => Promise<T>,
  options: OpenOptions = {},
): Promise<T> {
  await using cache = openTag(context, tag, options);
  return await action(cache);
}

/**
 * Does something with each of `tags`. One that can't be used (another user's, of a newer format) is told and doesn't
 * keep the others from their turn.
 * @returns the exit code: failure if there was such a tag.
 */
export async function forEachTag(
  context: CommandContext,
  tags: readonly string[],
  action: (cache: DiskCacheManager, tag: string) => Promise<void>,
  options: EachTagOptions = {},
): Promise<number> {
  let exitCode: number = EXIT.ok;
  for (const tag of tags) {
    try {
      await withTag(context, tag, (cache) => action(cache, tag), options);
    } catch (error) {
      if (!(error instanceof CacheError)) throw error;
      await context.tell(`tag '${tag}': ${printable(error.message)}`);
      options.onFailure?.(tag, error);
      exitCode = EXIT.failure;
    }
  }
  return exitCode;
}
