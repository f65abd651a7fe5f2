/**
 * From what the command line says to open caches, without creating any where one is only looked at.
 */

import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DiskCacheManager } from '../disk/disk-cache-manager.ts';
import { assertTag, listTags } from '../disk/root.ts';
import type { CommandContext } from './context.ts';
import { CliError } from './exit-codes.ts';

/** The tag of keys when none is named, the library's own default. */
export const DEFAULT_TAG = 'default';

const BYTES_PER_GIB = 2 ** 30;

/** Limits other than the configured ones. */
export interface OpenOptions {
  /** @default the configured limit */
  readonly maxSizeBytes?: number | undefined;
}

/** A root and the tags in it. */
export interface Root {
  readonly path: string;
  readonly tags: readonly string[];
}

/** The root and its tags; nothing is created. */
export function lookAtRoot(context: CommandContext): Root {
  const path = resolve(context.io.cwd, context.config().cacheDir);
  if (existsSync(path) && !statSync(path).isDirectory()) {
    throw new CliError(`root ${path} is not a folder; name the folder that holds the caches with --root`);
  }
  return { path, tags: listTags(path) };
}

/**
 * The tags to work on: the one named, or all.
 * @throws {@link CliError} if the root, or the one named, doesn't exist.
 */
export function existingTags(context: CommandContext, tag: string | undefined): readonly string[] {
  if (tag !== undefined) assertTag(tag);
  const root = lookAtRoot(context);
  if (!existsSync(root.path)) throw new CliError(`root ${root.path} does not exist; name another one with --root`);
  if (tag === undefined) return root.tags;
  if (root.tags.includes(tag)) return [tag];
  const known = root.tags.length === 0 ? 'it has none yet' : `it has ${root.tags.join(', ')}`;
  throw new CliError(`root ${root.path} has no tag '${tag}'; ${known} (choose with --tag)`);
}

/** Opens a tag that exists. @throws {@link CliError} if it doesn't. */
export function openExistingTag(context: CommandContext, tag: string, options: OpenOptions = {}): DiskCacheManager {
  existingTags(context, tag);
  return openTag(context, tag, options);
}

/** Opens a tag, created if need be. */
export function openTag(context: CommandContext, tag: string, options: OpenOptions = {}): DiskCacheManager {
  const { cacheDir, maxSizeGb, timeout } = context.config();
  return new DiskCacheManager({
    cacheRoot: cacheDir,
    tag,
    maxSizeBytes: options.maxSizeBytes ?? Math.floor(maxSizeGb * BYTES_PER_GIB),
    timeout,
    // A process that ends in a moment reads nothing twice.
    memoryMaxBytes: 0,
  });
}
