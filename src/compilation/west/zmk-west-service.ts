/**
 * Firmware, built once.
 */

import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { TTL_DEFAULTS } from '../../ttls.ts';
import { checkTtl } from '../build/build-request.ts';
import type { BuildResult } from '../build/build-session.ts';
import type { CompilationBuildCacheService } from '../build/compilation-build-cache-service.ts';
import { buildTarget, type CompileJob, hasTarget } from './build-target.ts';
import { type CheckedCompileOptions, type CompileOptions, checkCompileOptions } from './compile-options.ts';
import { readSources } from './keymap-sources.ts';
import { mergeResults } from './merge-results.ts';
import { Surroundings } from './surroundings.ts';
import { makeFolder } from './work-folder.ts';

/** Options of a {@link ZmkWestService}. */
export interface ZmkWestOptions {
  /**
   * How long firmware is kept, in seconds: the level `firmwareBuild` of the configured times to live.
   * @default 604800 (7 days)
   */
  readonly ttl?: number | undefined;
  /**
   * How long it is remembered what a firmware was made of, in seconds: the level `firmwareMetadata`.
   * @default 86400 (1 day)
   */
  readonly historyTtl?: number | undefined;
}

/**
 * Builds ZMK firmware once for each keymap, config, set of options and state of the workspace; afterwards the artifacts
 * come from the cache, wherever the keymap lies.
 *
 * What is not noticed, and so may give firmware that a new build would not: files that Git ignores in a workspace or was
 * told not to look at, folders marked by `CACHEDIR.TAG`, firmware and logs in the output folder, tools that were replaced
 * (compiler, west, CMake) while the variables that name them stayed the same, a file whose absolute path macros put
 * together, and what a command of your own reads beyond workspace and `inputs`.
 */
export class ZmkWestService {
  readonly #builds: CompilationBuildCacheService;
  readonly #ttl: number;
  readonly #historyTtl: number;

  /**
   * @param builds what runs and records the builds, and whose cache keeps them.
   * @throws a {@link CacheArgumentError} if a time to live is no positive number of seconds.
   */
  constructor(builds: CompilationBuildCacheService, options: ZmkWestOptions = {}) {
    const { ttl = TTL_DEFAULTS.firmwareBuild, historyTtl = TTL_DEFAULTS.firmwareMetadata } = options;
    checkTtl('ttl', ttl);
    checkTtl('historyTtl', historyTtl);
    this.#builds = builds;
    this.#ttl = ttl;
    this.#historyTtl = historyTtl;
  }

  /**
   * Puts the firmware for a keymap into the output folder, from the cache or by building it. Boards are built one after
   * the other, and each is recorded by itself; the first that fails ends it.
   *
   * Files that the keymap includes in quotes from around itself are part of it.
   * @param keymapFile the keymap, in devicetree.
   * @param configFile the Kconfig fragment that goes with it; `undefined` for none.
   * @throws a {@link CacheArgumentError} if a file can't be read or an option is wrong; nothing was built.
   * @throws a {@link BuildError} if a build fails, is ended by a signal, or writes no artifact.
   * @throws the reason of the `signal` if that aborts meanwhile.
   */
  async compile(keymapFile: string, configFile: string | undefined, options: CompileOptions): Promise<BuildResult> {
    const begun = performance.now();
    const checked = checkCompileOptions(options);
    const job = this.#jobFor(keymapFile, configFile, checked);
    if (checked.handsOver) makeFolder('output', checked.output);
    const results: BuildResult[] = [];
    for (const target of checked.targets) {
      checked.signal?.throwIfAborted();
      results.push(await buildTarget(job, target));
    }
    return mergeResults(results, performance.now() - begun);
  }

  /**
   * Whether {@link ZmkWestService.compile} would find all its firmware in the cache, with the same arguments. Builds and
   * writes nothing; takes as long as to look at the workspace.
   * @throws a {@link CacheArgumentError} as `compile` does.
   * @throws the reason of the `signal` if that aborts meanwhile.
   */
  async isCached(keymapFile: string, configFile: string | undefined, options: CompileOptions): Promise<boolean> {
    const checked = checkCompileOptions(options);
    const job = this.#jobFor(keymapFile, configFile, checked);
    for (const target of checked.targets) {
      checked.signal?.throwIfAborted();
      if (!(await hasTarget(job, target))) return false;
    }
    return true;
  }

  #jobFor(keymapFile: string, configFile: string | undefined, options: CheckedCompileOptions): CompileJob {
    return {
      builds: this.#builds,
      options,
      sources: readSources(options.cwd, keymapFile, configFile),
      surroundings: new Surroundings(this.#builds.cache, options, this.#historyTtl),
      subject: realpathSync(resolve(options.cwd, keymapFile)),
      ttl: options.ttl ?? this.#ttl,
      historyTtl: this.#historyTtl,
    };
  }
}
