/**
 * Firmware, built before it is asked for.
 */

import { basename } from 'node:path';
import type { CompileOptions, ZmkWestService } from '../compilation/index.ts';
import { CacheArgumentError } from '../errors.ts';
import type { WarmingTask } from './warming-task.ts';

/** A firmware that will be asked for: what {@link ZmkWestService.compile} will be called with. */
export interface CompilationProfile {
  /**
   * What progress and report call it.
   * @default the keymap's name, the boards and shields, such as `my.keymap for glove80_lh, glove80_rh`
   */
  readonly name?: string | undefined;
  /** The keymap, in devicetree. */
  readonly keymap: string;
  /**
   * The Kconfig fragment that goes with it.
   * @default none
   */
  readonly config?: string | undefined;
  /**
   * The options of the build. Without an `output` the artifacts go into the cache only. `refresh` doesn't count: what is
   * there is left alone.
   */
  readonly options: CompileOptions;
}

/**
 * The tasks that build what `profiles` describe.
 * @throws a {@link CacheArgumentError} if a profile is not one.
 */
export function compilationTasks(
  west: Pick<ZmkWestService, 'compile' | 'isCached'>,
  profiles: Iterable<CompilationProfile>,
): WarmingTask[] {
  return Array.from(profiles, ({ name, keymap, config, options: given }, index) => {
    if (typeof keymap !== 'string' || !Array.isArray(given?.boards)) {
      throw new CacheArgumentError(`profiles[${index}] must have a keymap, and options with the boards to build for`);
    }
    const options: CompileOptions = { output: false, ...given, refresh: false };
    return {
      name: name ?? `${basename(keymap)} for ${[...given.boards, ...(given.shields ?? [])].join(', ')}`,
      isWarm: () => west.isCached(keymap, config, options),
      warm: async (signal) => {
        await west.compile(keymap, config, { ...options, signal });
      },
    };
  });
}
