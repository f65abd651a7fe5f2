/**
 * What a build is asked for with, and the check of it: wrong requests are refused before anything runs.
 */

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CacheArgumentError } from '../../errors.ts';

/**
 * A command whose run can be replayed from a cache.
 *
 * Patterns are globs relative to `cwd`, with `/` between the parts on every system; a folder stands for all that is in
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
   * The files that the command makes, inside `cwd`. Symbolic links are recorded as links, and what they lead to if a
   * pattern names it; empty folders are not recorded.
   * @default none: only the command's output and exit code are recorded
   */
  readonly outputs?: readonly string[] | undefined;
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
  readonly env?: NodeJS.ProcessEnv | undefined;
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

/** A {@link BuildRequest} that was checked and has its defaults filled in. */
export interface CheckedBuildRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly ignore: readonly string[];
  readonly envNames: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Uint8Array | undefined;
  readonly ttl: number | undefined;
  readonly cacheFailures: boolean;
  readonly refresh: boolean;
}

/**
 * Checks `request` and fills in the defaults.
 * @throws a {@link CacheArgumentError} naming the first member that is wrong.
 */
export function checkBuildRequest(request: BuildRequest): CheckedBuildRequest {
  const { command, args = [], ttl } = request;
  if (typeof command !== 'string' || command === '') {
    throw new CacheArgumentError('command is empty; give the program to run, then its arguments');
  }
  for (const text of [command, ...args]) {
    if (text.includes('\0')) throw new CacheArgumentError('command and args must not hold a NUL character');
  }
  if (ttl !== undefined && !(typeof ttl === 'number' && Number.isFinite(ttl) && ttl > 0)) {
    throw new CacheArgumentError(`ttl must be a positive finite number of seconds, got ${String(ttl)}`);
  }
  return {
    command,
    args,
    cwd: checkFolder(resolve(request.cwd ?? '.')),
    inputs: checkPatterns('inputs', request.inputs),
    outputs: checkPatterns('outputs', request.outputs).map(requireInside),
    ignore: (request.ignore ?? []).map((pattern) => checkPattern('ignore', pattern)),
    envNames: checkEnvNames(request.envNames ?? []),
    env: request.env ?? process.env,
    stdin: request.stdin,
    ttl,
    cacheFailures: request.cacheFailures ?? false,
    refresh: request.refresh ?? false,
  };
}

function checkFolder(cwd: string): string {
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) return cwd;
  throw new CacheArgumentError(`cwd must be an existing folder, got ${JSON.stringify(cwd)}`);
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

function requireInside(pattern: string): string {
  const path = pattern.replace(/^!/, '');
  if (!/^(?:[/\\]|[A-Za-z]:)/.test(path) && !path.split('/').includes('..')) return pattern;
  throw new CacheArgumentError(
    `outputs must lie inside the working folder, got ${JSON.stringify(pattern)}; use a relative pattern without '..'`,
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
