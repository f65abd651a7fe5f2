/**
 * What a build is asked for with, and the check of it: wrong requests are refused before anything runs.
 */

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { JsonValue } from '../../cache-manager.ts';
import { CacheArgumentError } from '../../errors.ts';
import { positive } from '../../guards.ts';

/** What a result depends on, by name. Members that are `undefined` are not there. */
export interface BuildSettings {
  readonly [name: string]: JsonValue | undefined;
}

/**
 * A command whose run can be replayed from a cache.
 *
 * Patterns are globs relative to `cwd` (those of outputs to `outputFolder`), with `/` between the parts on every system; a folder stands for all that is in
 * it, and a pattern that begins with `!` takes away from the others of its list. They match names that begin with a dot,
 * but look into `.git` only when they name it.
 */
export interface BuildRequest {
  /** The program to run: a path, or a name to be found on `PATH`. No shell is involved. */
  readonly command: string;
  /** @default none */
  readonly args?: readonly string[] | undefined;
  /**
   * The folder to run in. Outputs are recorded and restored inside it.
   * @default process.cwd()
   */
  readonly cwd?: string | undefined;
  /**
   * The files that the result depends on. Symbolic links are followed; files outside `cwd` are welcome.
   * @default none: then nothing but the folder tells this run from others of the same command, so it is part of the key
   */
  readonly inputs?: readonly string[] | undefined;
  /**
   * Files that the result depends on, too, by names of your choice: the name and the content count, and not where a file
   * lies, so that the same file in another folder is the same input. Paths are relative to `cwd`, or absolute.
   * @default none
   */
  readonly files?: Readonly<Record<string, string>> | undefined;
  /**
   * What stands in the key in place of the command, its arguments and the folder, for runs whose paths must not count.
   * They must then hold all that tells this command's results from those of any other, such as the command without its
   * paths: of two runs with the same settings and inputs one stands for the other. A function is asked before the run and
   * after it; what changes in between is treated like an input that changes.
   * @default none: the command, its arguments and, if there are no inputs, the folder are part of the key
   */
  readonly settings?: BuildSettings | (() => Promise<BuildSettings>) | undefined;
  /**
   * The files that the command makes, inside `outputFolder`. Symbolic links are recorded as links, and what they lead to if a
   * pattern names it; empty folders are not recorded.
   * @default none: only the command's output and exit code are recorded
   */
  readonly outputs?: readonly string[] | undefined;
  /**
   * The folder that the output patterns are relative to. Not part of the key.
   * @default cwd
   */
  readonly outputFolder?: string | undefined;
  /**
   * The folder that a replay puts the outputs into, for those who must not find them in the folder that they are made
   * in. Not part of the key.
   * @default outputFolder
   */
  readonly restoreFolder?: string | undefined;
  /**
   * Record no run, and replay none, that made no output.
   * @default false
   */
  readonly requireOutputs?: boolean | undefined;
  /**
   * Patterns of files that are neither inputs nor outputs, whatever the other patterns say. Not part of the key.
   * @default none
   */
  readonly ignore?: readonly string[] | undefined;
  /**
   * Names of the environment variables that the result depends on. Their values are kept as hashes only.
   * @default none
   */
  readonly envNames?: readonly string[] | undefined;
  /**
   * The environment that the command runs in.
   * @default process.env
   */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * What the command reads from stdin; part of the key.
   * @default nothing: stdin is empty, unless this process's own is a terminal; what is typed there is not part of the key
   */
  readonly stdin?: Uint8Array | undefined;
  /**
   * How long the run may be replayed, in seconds; a positive finite number.
   * @default no expiry
   */
  readonly ttl?: number | undefined;
  /** How this run is remembered, to tell later what changed. Not part of the key. */
  readonly history?: BuildHistory | undefined;
  /**
   * Run the command in a process group of its own, so that signals reach all that it starts, and a terminal's do not.
   * It reads nothing from a terminal then. Without effect on Windows.
   * @default false
   */
  readonly ownProcessGroup?: boolean | undefined;
  /**
   * Record, and replay, runs that end with an exit code other than 0.
   * @default false
   */
  readonly cacheFailures?: boolean | undefined;
  /**
   * Run the command whatever is on record, and record the run instead. What was on record stays if this run must not be
   * recorded. Not part of the key.
   * @default false
   */
  readonly refresh?: boolean | undefined;
}

/** How a run is remembered. */
export interface BuildHistory {
  /**
   * Which runs are compared with each other: those of one subject.
   * @default the command with its arguments and `cwd`
   */
  readonly subject?: string | undefined;
  /**
   * How long it is remembered, in seconds; a positive finite number.
   * @default no expiry
   */
  readonly ttl?: number | undefined;
}

/** A {@link BuildRequest} that was checked and has its defaults filled in. */
export interface CheckedBuildRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly inputs: readonly string[];
  /** Names and absolute paths, by name. */
  readonly files: readonly (readonly [name: string, path: string])[];
  readonly settings: (() => Promise<BuildSettings>) | undefined;
  readonly outputs: readonly string[];
  readonly outputFolder: string;
  readonly restoreFolder: string;
  readonly requireOutputs: boolean;
  readonly ignore: readonly string[];
  readonly envNames: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Uint8Array | undefined;
  readonly ttl: number | undefined;
  readonly history: BuildHistory;
  readonly ownProcessGroup: boolean;
  readonly cacheFailures: boolean;
  readonly refresh: boolean;
}

/**
 * Checks `request` and fills in the defaults.
 * @throws a {@link CacheArgumentError} naming the first member that is wrong.
 */
export function checkBuildRequest(request: BuildRequest): CheckedBuildRequest {
  const { command, args = [], ttl, history = {} } = request;
  if (typeof command !== 'string' || command === '') {
    throw new CacheArgumentError('command is empty; give the program to run, then its arguments');
  }
  for (const text of [command, ...args]) {
    if (text.includes('\0')) throw new CacheArgumentError('command and args must not hold a NUL character');
  }
  checkTtl('ttl', ttl);
  checkTtl('history.ttl', history.ttl);
  const cwd = checkFolder('cwd', resolve(request.cwd ?? '.'));
  const outputFolder = checkFolder('outputFolder', resolve(request.outputFolder ?? cwd));
  return {
    command,
    args,
    cwd,
    inputs: checkPatterns('inputs', request.inputs),
    files: checkFiles(request.files ?? {}, cwd),
    settings: checkSettings(request.settings),
    outputs: checkOutputs('outputs', request.outputs),
    outputFolder,
    restoreFolder: checkFolder('restoreFolder', resolve(request.restoreFolder ?? outputFolder)),
    requireOutputs: request.requireOutputs ?? false,
    ignore: (request.ignore ?? []).map((pattern) => checkPattern('ignore', pattern)),
    envNames: checkEnvNames(request.envNames ?? []),
    env: request.env ?? process.env,
    stdin: request.stdin,
    ttl,
    history,
    ownProcessGroup: request.ownProcessGroup ?? false,
    cacheFailures: request.cacheFailures ?? false,
    refresh: request.refresh ?? false,
  };
}

/**
 * Checks a time to live.
 * @throws a {@link CacheArgumentError} if it is neither `undefined` nor a positive finite number.
 */
export function checkTtl(name: string, ttl: number | undefined): void {
  if (ttl !== undefined) positive(name, ttl, 'seconds');
}

/**
 * Checks that a folder is there.
 * @throws a {@link CacheArgumentError} if it isn't.
 */
export function checkFolder(name: string, path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new CacheArgumentError(`${name} must be an existing folder, got ${JSON.stringify(path)}`);
}

function checkFiles(files: Readonly<Record<string, string>>, cwd: string): (readonly [string, string])[] {
  return Object.entries(files)
    .map(([name, path]) => {
      if (typeof path === 'string' && path !== '' && !path.includes('\0')) return [name, resolve(cwd, path)] as const;
      throw new CacheArgumentError(
        `files must hold paths by name, got ${JSON.stringify(path)} for ${JSON.stringify(name)}`,
      );
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function checkSettings(settings: BuildRequest['settings']): (() => Promise<BuildSettings>) | undefined {
  if (settings === undefined || typeof settings === 'function') return settings;
  if (typeof settings === 'object' && settings !== null && !Array.isArray(settings)) return async () => settings;
  throw new CacheArgumentError(`settings must be an object of what JSON can say, got ${JSON.stringify(settings)}`);
}

function checkPatterns(list: string, patterns: readonly string[] = []): readonly string[] {
  const checked = [...new Set(patterns.map((pattern) => checkPattern(list, pattern)))].sort();
  if (checked.length > 0 && checked.every((pattern) => pattern.startsWith('!'))) {
    throw new CacheArgumentError(
      `${list} must not only take files away (${checked.join(', ')}); add a pattern to take from`,
    );
  }
  return checked;
}

function checkPattern(list: string, pattern: string): string {
  const plain = pattern.replace(/^(!?)(?:\.\/+)+/, '$1');
  if (plain.replace('!', '').trim() !== '' && !plain.includes('\0')) return plain;
  throw new CacheArgumentError(`${list} must hold glob patterns such as 'src/**', got ${JSON.stringify(pattern)}`);
}

/**
 * Checks patterns of files that are made in a folder.
 * @throws a {@link CacheArgumentError} naming `list` if one is none, or leads out of the folder.
 */
export function checkOutputs(list: string, patterns: readonly string[] | undefined): readonly string[] {
  return checkPatterns(list, patterns).map((pattern) => requireInside(list, pattern));
}

function requireInside(list: string, pattern: string): string {
  const path = pattern.replace(/^!/, '');
  if (!/^(?:[/\\]|[A-Za-z]:)/.test(path) && !path.split('/').includes('..')) return pattern;
  throw new CacheArgumentError(
    `${list} must lie inside the working folder, got ${JSON.stringify(pattern)}; use a relative pattern without '..'`,
  );
}

function checkEnvNames(names: readonly string[]): readonly string[] {
  for (const name of names) {
    if (name === '' || /[=\0]/.test(name)) {
      throw new CacheArgumentError(
        `envNames must hold names of environment variables, such as 'NODE_ENV', got ${JSON.stringify(name)}`,
      );
    }
  }
  return [...new Set(names)].sort();
}
