/**
 * The folders that one build works in.
 */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { CacheArgumentError } from '../../errors.ts';
import { makeFolders } from '../../make-folders.ts';
import { findFiles } from '../content/find-files.ts';
import { isSystemError } from '../content/restore-error.ts';
import { BuildError } from './build-error.ts';
import type { Sources } from './keymap-sources.ts';

/** Says how the last build in the folder was configured, and that the folder is ours. */
export const BUILD_STAMP = '.glovebox-build';

/**
 * Where a build finds its sources and makes its artifacts. The sources are copies: what is built is what the key is made
 * of, whatever happens to the originals, and no path that tells where they came from finds its way into the firmware.
 */
export class WorkFolder {
  /** The build folder. */
  readonly build: string;
  /** Where a replay puts artifacts: never where a later build would take them for its own. */
  readonly restored: string;
  /** Where the log is written. */
  readonly log: string;
  readonly #sources: string;
  readonly #stamp: string;
  readonly #temporary: string;

  /**
   * @param kept the folder to build in; without one, a private temporary one.
   * @throws a {@link CacheArgumentError} if `kept` can't be made, or holds something that is not ours.
   * @throws a {@link BuildError} if the system's temporary folder can't be written.
   */
  constructor(kept: string | undefined) {
    this.#temporary = writing(() => realpathSync(mkdtempSync(join(tmpdir(), 'glovebox-build-'))));
    const work = kept ?? this.#temporary;
    this.#stamp = join(work, BUILD_STAMP);
    this.build = join(work, 'build');
    this.#sources = join(work, 'sources');
    this.restored = join(this.#temporary, 'restored');
    this.log = join(this.#temporary, 'log');
    try {
      writing(() => mkdirSync(this.restored));
      makeFolder('buildFolder', work);
      if (kept !== undefined && !existsSync(this.#stamp) && readdirSync(kept).length > 0) {
        throw new CacheArgumentError(
          `buildFolder must be left to builds, and ${JSON.stringify(kept)} holds other things; name another folder`,
        );
      }
      writeFileSync(this.#stamp, '', { flag: 'a' });
      makeFolder('buildFolder', this.build);
      makeFolder('buildFolder', this.#sources);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /**
   * Begins anew in a kept folder if the last build there was configured in another way: CMake remembers settings that are
   * given no more.
   */
  configure(configuration: string): void {
    if (readFileSync(this.#stamp, 'utf8') === configuration) return;
    rmSync(this.build, { recursive: true, force: true });
    mkdirSync(this.build);
    writeFileSync(this.#stamp, configuration);
  }

  /**
   * Puts the sources in their places, without touching those that are there already, so that a build may go on.
   * @throws a {@link BuildError} if the system refuses.
   */
  place({ keymap, config, included }: Sources): PlacedSources {
    const all = [keymap, ...(config === undefined ? [] : [config]), ...included];
    const files = Object.fromEntries(all.map((source) => [source.name, join(this.#sources, source.path)]));
    const wanted = new Set(all.map(({ path }) => path));
    for (const entry of readdirSync(this.#sources, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      if (!entry.isDirectory() && !wanted.has(relative(this.#sources, file))) unlinkSync(file);
    }
    for (const { path, bytes } of all) {
      const file = join(this.#sources, path);
      if (readIfThere(file)?.equals(bytes)) continue;
      writing(() => {
        makeFolders(dirname(file));
        writeFileSync(file, bytes, { mode: 0o600 });
      });
    }
    return {
      keymap: join(this.#sources, keymap.path),
      config: config && join(this.#sources, config.path),
      files,
    };
  }

  /** Removes artifacts of earlier builds: what is there afterwards was made by this one. */
  async removeArtifacts(patterns: readonly string[]): Promise<void> {
    const { paths } = await findFiles(patterns, { cwd: this.build, ignore: [], links: 'keep' });
    for (const path of paths) unlinkSync(join(this.build, path));
  }

  /** Removes what is not to be kept. */
  remove(): void {
    rmSync(this.#temporary, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Where the sources are. */
export interface PlacedSources {
  readonly keymap: string;
  readonly config: string | undefined;
  /** All of them, by their names as inputs. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Makes a folder that the caller named, or a folder in it.
 * @throws a {@link CacheArgumentError} if that can't be.
 */
export function makeFolder(argument: string, folder: string): void {
  try {
    makeFolders(folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CacheArgumentError(`${argument} must be a folder that can be written: ${reason}`, { cause });
  }
}

/** Has `action` write where builds work. @throws a {@link BuildError} if the system refuses. */
export function writing<T>(action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    const advice = 'TMPDIR names another folder to build in';
    throw new BuildError(`there is no place to build in: ${cause.message}; ${advice}`, { cause });
  }
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
