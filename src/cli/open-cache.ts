/**
 * The cache of work that goes on without one if it must.
 */

import type { CacheManager } from '../cache-manager.ts';
import { isSwitchedOff } from '../config/environment.ts';
import { DisabledCache } from '../disabled-cache.ts';
import { assertTag } from '../disk/files/root.ts';
import { CacheError } from '../errors.ts';
import type { CommandContext } from './context.ts';
import { printable } from './format.ts';
import { type OpenOptions, openTag } from './open-tags.ts';

/** A cache, which may stand in for one that there is not. */
export interface OpenedCache {
  readonly cache: CacheManager;
  /** Why nothing is stored. */
  readonly missing?: string;
}

/** A cache that can't be opened must not stop work, unless the user named it: then it is a wrong argument. */
export async function openCache(context: CommandContext, tag: string, options: OpenOptions = {}): Promise<OpenedCache> {
  assertTag(tag);
  const isOff = context.config.cacheStrategy === 'disabled' || isSwitchedOff(tag, context.io.env);
  if (isOff) return { cache: new DisabledCache({ tag }), missing: 'the cache is switched off' };
  try {
    return { cache: openTag(context, tag, options) };
  } catch (error) {
    if (context.namedRoot !== undefined || !(error instanceof CacheError)) throw error;
    await context.tell(`running without a cache: ${printable(error.message)}`);
    return { cache: new DisabledCache({ tag }), missing: "the cache folder can't be used" };
  }
}
