/**
 * What a firmware is asked for with, and the check of it: wrong options are refused before anything is run.
 */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CacheArgumentError } from '../../errors.ts';
import { checkFolder, checkOutputs, checkTtl } from '../build/build-request.ts';
import type { BuildSession } from '../build/build-session.ts';
import { assertPlaceholders, westCommand } from './command-template.ts';
import { type BuildTarget, targetsOf } from './targets.ts';

/** How {@link ZmkWestService.compile} builds. */
export interface CompileOptions extends Pick<BuildSession, 'onWait' | 'onNote' | 'onStart' | 'explain'> {
  /**
   * The folder that relative paths are relative to.
   * @default process.cwd()
   */
  readonly cwd?: string | undefined;
  /** The boards to build for, such as `['glove80_lh', 'glove80_rh']`; one build each. */
  readonly boards: readonly string[];
  /**
   * The shields to build for, such as `['corne_left', 'corne_right']`: one build for each board with each of them. A
   * shield may be several, with a space between them: `'corne_left nice_view_adapter nice_view'`.
   * @default none: the boards are keyboards
   */
  readonly shields?: readonly string[] | undefined;
  /**
   * The west workspace: the folder that holds `zmk/app`, or the clone of ZMK that holds `app`. The build runs in it, and
   * its state is part of the key: of each Git clone in it the commit and what was changed since, of everything else the
   * content. Files that Git ignores don't count, nor do folders of CMake builds and Python environments.
   * @default cwd; none if a `command` is given
   */
  readonly workspace?: string | undefined;
  /**
   * What state the workspace is in, such as a tag or a commit, for those who know: then nobody looks, and the workspace
   * must hold just that.
   * @default found out
   */
  readonly revision?: string | undefined;
  /**
   * The command to run instead of `west build`: the program, then its arguments; no shell is involved. It is run in the
   * workspace or, if there is none, in the build folder, and writes artifacts into the build folder. A program that is
   * named by a path is looked for from `cwd`, and its content is part of the key. Placeholders are
   * replaced: `{keymap}` and `{config}` by the paths of copies, which hold what is part of the key and lie where no space
   * is in the way; `{board}`, `{shield}`, `{build}` (the build folder), `{workspace}`. An argument whose placeholder has
   * no value, such as `--conf={config}` without a config, is left out. `{{board}}` stands for `{board}` itself.
   * @default west build -s {workspace}/zmk/app -d {build} -b {board} -- -DSHIELD={shield} -DKEYMAP_FILE={keymap}
   *   -DEXTRA_CONF_FILE={config}, with `cmakeArgs` at its end
   */
  readonly command?: readonly string[] | undefined;
  /**
   * Further arguments for CMake, such as `-DSNIPPET=zmk-usb-logging`; with the placeholders of a `command`.
   * @default none
   */
  readonly cmakeArgs?: readonly string[] | undefined;
  /**
   * Further files and folders that the result depends on: modules outside of the workspace, a script. Those that the
   * variables in {@link PATH_VARIABLES} name, in the environment or as `-DNAME=PATH`, count anyway.
   * @default none
   */
  readonly inputs?: readonly string[] | undefined;
  /**
   * Names of further environment variables that the result depends on, beyond {@link BUILD_VARIABLES}.
   * @default none
   */
  readonly envNames?: readonly string[] | undefined;
  /**
   * The environment that the build runs in.
   * @default process.env
   */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Patterns of the artifacts, relative to the build folder.
   * @default ['**' + '/*.{uf2,hex,bin}'] without what CMake tries out
   */
  readonly artifacts?: readonly string[] | undefined;
  /**
   * The folder to put the artifacts and the log into, created if need be, under names that begin with shield and board:
   * `glove80_lh-zmk.uf2`, `glove80_lh.log`. `false` hands over nothing: the cache has them, for a later compile.
   * @default firmware
   */
  readonly output?: string | false | undefined;
  /**
   * A folder to keep the build folders in, one for each board, for builds that go on from the last one. Artifacts that an
   * earlier build left in there are removed before a build.
   * @default none: each build has a private temporary folder
   */
  readonly buildFolder?: string | undefined;
  /**
   * How long the firmware is kept, in seconds.
   * @default that of the service
   */
  readonly ttl?: number | undefined;
  /**
   * Build whatever is on record, and record that instead.
   * @default false
   */
  readonly refresh?: boolean | undefined;
  /** Called with what a build prints, while it runs; nothing is printed for a hit. A failing call ends the build. */
  readonly onOutput?: ((bytes: Uint8Array, stream: 'stdout' | 'stderr') => Promise<void> | void) | undefined;
  /** Stops the build, and all that it started: `SIGTERM`, and `SIGKILL` to what is still there five seconds later. */
  readonly signal?: AbortSignal | undefined;
}

/** {@link CompileOptions} that were checked and have their defaults filled in. */
export interface CheckedCompileOptions extends Omit<CompileOptions, 'output'> {
  readonly cwd: string;
  readonly targets: readonly BuildTarget[];
  readonly command: readonly string[];
  readonly artifacts: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly output: string;
  /** Whether anything is put into the output folder. What lies there is no part of the workspace in any case. */
  readonly handsOver: boolean;
}

const ARTIFACTS = ['**/*.{uf2,hex,bin}', '!**/CMakeFiles/**'];

/**
 * Checks `options` and fills in the defaults.
 * @throws a {@link CacheArgumentError} naming the first option that is wrong.
 */
export function checkCompileOptions(options: CompileOptions): CheckedCompileOptions {
  if (typeof options !== 'object' || options === null) {
    throw new CacheArgumentError(`options must be an object with the boards to build for, got ${String(options)}`);
  }
  checkTtl('ttl', options.ttl);
  const cwd = checkFolder('cwd', resolve(options.cwd ?? '.'));
  const targets = targetsOf(options.boards, options.shields);
  const isOwn = options.command !== undefined;
  if (isOwn && options.cmakeArgs !== undefined) {
    throw new CacheArgumentError(
      'cmakeArgs is for west build; with a command of your own, make them arguments of that',
    );
  }
  const named = options.workspace ?? (isOwn ? undefined : '.');
  const workspace = named === undefined ? undefined : checkFolder('workspace', resolve(cwd, named));
  if (workspace === undefined && options.revision !== undefined) {
    throw new CacheArgumentError('revision tells the state of a workspace; name the workspace too');
  }
  const command = options.command ?? westCommand(findApp(workspace ?? cwd), options.cmakeArgs ?? []);
  assertPlaceholders(command, workspace !== undefined);
  return {
    ...options,
    cwd,
    targets,
    workspace,
    command,
    artifacts: checkArtifacts(options.artifacts),
    env: options.env ?? process.env,
    output: resolve(cwd, options.output || 'firmware'),
    handsOver: options.output !== false,
    buildFolder: options.buildFolder === undefined ? undefined : resolve(cwd, options.buildFolder),
  };
}

function checkArtifacts(patterns: readonly string[] = ARTIFACTS): readonly string[] {
  if (patterns.length > 0) return checkOutputs('artifacts', patterns);
  throw new CacheArgumentError("artifacts must hold at least one glob pattern, such as '**/*.uf2'");
}

/** Where the application lies in the workspace: ZMK may be one of its projects, or be all of it. */
function findApp(workspace: string): string {
  const app = ['zmk/app', 'app'].find((path) => existsSync(join(workspace, path, 'CMakeLists.txt')));
  if (app !== undefined) return app;
  throw new CacheArgumentError(
    `workspace must be a west workspace or a clone of ZMK, and ${JSON.stringify(workspace)} has neither zmk/app/CMakeLists.txt nor app/CMakeLists.txt; name another folder, or a command of your own`,
  );
}
