/**
 * Keeps what is made of layouts.
 */

import type { CacheKey } from '../../cache-key.ts';
import type { CacheManager } from '../../cache-manager.ts';
import { CacheError } from '../../errors.ts';
import type { TtlSettings } from '../../ttls.ts';
import type { Guard } from './guards.ts';

/** How long what is made of a layout is kept, in seconds. */
export type LayoutTtls = Pick<
  TtlSettings,
  'layoutParsed' | 'layoutValidation' | 'layoutProcessing' | 'layoutComparison' | 'layoutTemplate'
>;

/** A value, and where it came from. */
export interface Kept<T> {
  readonly value: T;
  readonly fromCache: boolean;
}

/** Makes things once. */
export class LayoutKeeper {
  readonly #cache: CacheManager;
  readonly #ttls: LayoutTtls;

  constructor(cache: CacheManager, ttls: LayoutTtls) {
    this.#cache = cache;
    this.#ttls = ttls;
  }

  /** Whether there is something under `key`. */
  has(key: CacheKey): Promise<boolean> {
    return this.#cache.exists(key);
  }

  /** What is kept under `key`, if it is what `isKept` knows. */
  async find<T>(key: CacheKey, isKept: Guard<T>): Promise<T | undefined> {
    const found = await this.#cache.get(key);
    return isKept(found) ? found : undefined;
  }

  /**
   * What is kept under `key`, or what `make` makes, which is kept then. What is there and isn't what `isKept` knows is
   * made anew.
   */
  async keep<T>(key: CacheKey, ttl: keyof LayoutTtls, isKept: Guard<T>, make: () => Promise<T>): Promise<Kept<T>> {
    const found = await this.find(key, isKept);
    if (found !== undefined) return { value: found, fromCache: true };
    const value = await make();
    try {
      await this.#cache.set(key, value, { ttl: this.#ttls[ttl] });
    } catch (error) {
      if (!isFaultOfStore(error)) throw error;
    }
    return { value, fromCache: false };
  }
}

/** Whether nothing is wrong but that nothing could be stored. */
function isFaultOfStore(error: unknown): boolean {
  if (!(error instanceof CacheError)) return false;
  return error.code === 'ERR_CACHE_WRITE' || error.code === 'ERR_CACHE_ENTRY_TOO_LARGE';
}
