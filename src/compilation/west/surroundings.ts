/**
 * What a build reads beyond its keymap and config.
 */

import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { CacheManager } from '../../cache-manager.ts';
import { CacheArgumentError } from '../../errors.ts';
import { kindOf } from '../build/artifacts.ts';
import type { BuildSettings } from '../build/build-request.ts';
import { createBreather } from '../content/breather.ts';
import { digestFile } from '../content/digest.ts';
import { STAGING_SUFFIX } from '../content/inner-path.ts';
import { isSystemError } from '../content/restore-error.ts';
import { PATH_VARIABLES } from './build-variables.ts';
import type { CheckedCompileOptions } from './compile-options.ts';
import { type FolderState, lookAtFolder } from './folder-state.ts';
import { KnownFiles } from './known-files.ts';

const DEFINITION = /^-D(\w+)(?::\w+)?=(.*)$/s;

/** The workspace and further files and folders, and what state they are in. */
export class Surroundings {
  readonly #cache: CacheManager;
  readonly #historyTtl: number;
  readonly #options: CheckedCompileOptions;
  readonly #inputs: ReadonlyMap<string, string>;
  readonly #known = new Map<string, KnownFiles>();
  #latest: BuildSettings | undefined;

  /** @throws a {@link CacheArgumentError} if an input isn't there. */
  constructor(cache: CacheManager, options: CheckedCompileOptions, historyTtl: number) {
    this.#cache = cache;
    this.#options = options;
    this.#historyTtl = historyTtl;
    this.#inputs = new Map([
      ...namedInputs(options),
      ...inputsOfVariables(options),
      ...programOf(options),
      ...configOfWest(options),
    ]);
  }

  /** The state as it was last found; found out if it never was. */
  async latest(): Promise<BuildSettings> {
    return this.#latest ?? (await this.look());
  }

  /** The state now. */
  async look(): Promise<BuildSettings> {
    const { workspace, revision } = this.#options;
    const inputs: Record<string, string | FolderState> = {};
    for (const [name, path] of this.#inputs) inputs[name] = await this.#stateOf(name, path);
    const isGiven = workspace === undefined || revision !== undefined;
    this.#latest = { revision, workspace: isGiven ? undefined : await this.#lookAt(workspace), inputs };
    return this.#latest;
  }

  async #stateOf(name: string, path: string): Promise<string | FolderState> {
    try {
      return statSync(path).isDirectory() ? await this.#lookAt(path) : await digestFile(path, createBreather());
    } catch (cause) {
      if (isSystemError(cause)) throw unreadable(name, path, cause);
      throw cause;
    }
  }

  async #lookAt(folder: string): Promise<FolderState> {
    const { signal } = this.#options;
    const known = this.#known.get(folder) ?? (await KnownFiles.load(this.#cache, realpathSync(folder)));
    this.#known.set(folder, known);
    const state = await lookAtFolder(folder, { known, signal, isSkipped: madeBy(this.#options) });
    await known.save(this.#historyTtl);
    return state;
  }
}

function namedInputs({ cwd, inputs = [] }: CheckedCompileOptions): [string, string][] {
  return inputs.map((input) => {
    const path = resolve(cwd, input);
    if (!existsSync(path)) throw unreadable(input, path);
    return [input, path];
  });
}

/** What the variables name, in the environment or among the definitions of CMake, as far as it is there. */
function inputsOfVariables(options: CheckedCompileOptions): [string, string][] {
  const { env, command, workspace = '' } = options;
  const definitions = command.flatMap((part, index) => {
    const [, name = '', value = ''] = DEFINITION.exec(command[index - 1] === '-D' ? `-D${part}` : part) ?? [];
    return PATH_VARIABLES.includes(name) ? [[`-D${name}`, value.replaceAll('{workspace}', workspace)] as const] : [];
  });
  const variables = PATH_VARIABLES.map((name) => [name, env[name] ?? ''] as const);
  return [...variables, ...definitions].flatMap(([name, value]) =>
    pathsIn(value)
      .filter((path) => !isLookedAt(path, options))
      .map((path, index): [string, string] => [index === 0 ? name : `${name} ${index + 1}`, path]),
  );
}

/** Whether the look at the workspace has it: a clone in there or, if nobody looks, anything in there. */
function isLookedAt(path: string, { workspace, revision }: CheckedCompileOptions): boolean {
  if (workspace === undefined) return false;
  const inner = relative(realpathSync(workspace), realpathSync(path));
  if (inner.split(sep)[0] === '..' || isAbsolute(inner)) return false;
  return revision !== undefined || existsSync(join(path, '.git'));
}

/** CMake's lists are parted by semicolons, those of Zephyr by spaces, too; a path may have a space all the same. */
function pathsIn(value: string): string[] {
  const paths = isThere(value) ? [value] : value.split(';').flatMap((part) => (isThere(part) ? part : part.split(' ')));
  return paths.filter(isThere);
}

function isThere(path: string): boolean {
  return isAbsolute(path) && existsSync(path);
}

/** A program that is named by its path is more likely than not a script that somebody works on. */
function programOf({ command: [program = ''], cwd }: CheckedCompileOptions): [string, string][] {
  const path = resolve(cwd, program);
  return program.includes('/') && existsSync(path) ? [[program, path]] : [];
}

/** West's configuration outside of the workspace: https://docs.zephyrproject.org/latest/develop/west/config.html */
function configOfWest({ command: [program = ''], env }: CheckedCompileOptions): [string, string][] {
  if (basename(program) !== 'west') return [];
  const home = env['HOME'] ?? '';
  const files: [string, string][] = [
    ["west's configuration of the system", '/etc/westconfig'],
    ["west's configuration of the user", join(home, '.westconfig')],
    [
      "west's configuration of the user, elsewhere",
      join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'west', 'config'),
    ],
  ];
  return files.filter(([, path]) => isThere(path));
}

/** Artifacts and logs may lie in the workspace, among its files: they are what was made of it. */
function madeBy({ output, targets }: CheckedCompileOptions): (path: string) => boolean {
  const folders = existsSync(output) ? [output, realpathSync(output)] : [output];
  return (path) => {
    if (!folders.includes(dirname(path))) return false;
    const name = basename(path);
    if (kindOf(name) !== 'file' || name.endsWith(STAGING_SUFFIX)) return true;
    return targets.some((target) => name.startsWith(`${target.name}-`));
  };
}

function unreadable(name: string, path: string, cause?: Error): CacheArgumentError {
  const found = JSON.stringify(name) === JSON.stringify(path) ? '' : ` (${path})`;
  return new CacheArgumentError(
    `inputs must name files and folders that can be read, and ${JSON.stringify(name)}${found} can't`,
    { cause },
  );
}
