/**
 * Firmware, built before it is asked for.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { CompileOptions, ZmkWestService } from '../compilation/index.ts';
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

/** The tasks that build what `profiles` describe. */
export function compilationTasks(
  west: Pick<ZmkWestService, 'compile' | 'isCached'>,
  profiles: Iterable<CompilationProfile>,
): WarmingTask[] {
  return Array.from(profiles, ({ name, keymap, config, options: given }) => {
    const options = { ...given, refresh: false };
    return {
      name: name ?? `${basename(keymap)} for ${[...given.boards, ...(given.shields ?? [])].join(', ')}`,
      isWarm: () => west.isCached(keymap, config, options),
      warm: async (signal) => {
        if (options.output !== undefined) {
          await west.compile(keymap, config, { ...options, signal });
          return;
        }
        const output = await mkdtemp(join(tmpdir(), 'glovebox-cache-warm-'));
        try {
          await west.compile(keymap, config, { ...options, output, signal });
        } finally {
          await rm(output, { recursive: true, force: true });
        }
      },
    };
  });
}
