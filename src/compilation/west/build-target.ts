/**
 * One firmware: replayed or built, and put into the output folder.
 */

import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CacheKey } from '../../cache-key.ts';
import type { BuildRequest } from '../build/build-request.ts';
import type { BuildArtifact, BuildResult } from '../build/build-session.ts';
import type { CompilationBuildCacheService } from '../build/compilation-build-cache-service.ts';
import type { OutputSink } from '../build/transcript.ts';
import { unlessAborted } from '../build/unless-aborted.ts';
import { digestOf } from '../content/digest.ts';
import { findFiles } from '../content/find-files.ts';
import { RestoreError } from '../content/restore-error.ts';
import { BuildError } from './build-error.ts';
import { BuildLog } from './build-log.ts';
import { BUILD_VARIABLES, PATH_VARIABLES } from './build-variables.ts';
import { expandCommand } from './command-template.ts';
import type { CheckedCompileOptions } from './compile-options.ts';
import { deliver, deliveries } from './deliver.ts';
import type { Sources } from './keymap-sources.ts';
import { Stopping } from './stopping.ts';
import type { Surroundings } from './surroundings.ts';
import type { BuildTarget } from './targets.ts';
import { WorkFolder } from './work-folder.ts';

/** What the firmware of all targets is made of, and by whom. */
export interface CompileJob {
  readonly builds: CompilationBuildCacheService;
  readonly options: CheckedCompileOptions;
  readonly sources: Sources;
  readonly surroundings: Surroundings;
  /** Names the keymap among those whose builds are compared. */
  readonly subject: string;
  readonly ttl: number;
  readonly historyTtl: number;
}

/** The longest wait for another build in the same folder, in seconds. */
const FOLDER_TIMEOUT = 3600;

/**
 * Builds for one target.
 * @throws a {@link BuildError} if that fails.
 */
export async function buildTarget(job: CompileJob, target: BuildTarget): Promise<BuildResult> {
  const { buildFolder, signal, onWait } = job.options;
  if (buildFolder === undefined) return buildIn(undefined, job, target);
  const kept = join(buildFolder, target.name);
  let hasEntered = false;
  const locked = job.builds.cache.withLock(
    CacheKey.fromParts('build', 'folder', digestOf(kept)),
    () => {
      signal?.throwIfAborted();
      hasEntered = true;
      return buildIn(kept, job, target);
    },
    { timeout: FOLDER_TIMEOUT, onWait },
  );
  return unlessAborted(locked, signal, () => hasEntered);
}

async function buildIn(kept: string | undefined, job: CompileJob, target: BuildTarget): Promise<BuildResult> {
  const work = new WorkFolder(kept);
  let log: BuildLog | undefined;
  try {
    log = new BuildLog(work.log);
    const ran = await run(job, target, work, log);
    job.options.signal?.throwIfAborted();
    return { ...ran, ...(await handOver(job, target, work, log, ran)) };
  } finally {
    log?.close();
    work.remove();
  }
}

/** Whether the firmware of one target is on record, whole; nothing is built, and nothing put anywhere. */
export async function hasTarget(job: CompileJob, target: BuildTarget): Promise<boolean> {
  const work = new WorkFolder(undefined);
  try {
    return await job.builds.has(requestFor(job, target, work), { signal: job.options.signal });
  } finally {
    work.remove();
  }
}

/** What a target's build is known by, and how it is run in a work folder. */
function requestFor(job: CompileJob, target: BuildTarget, work: WorkFolder): BuildRequest {
  const { options, sources, surroundings } = job;
  const { board, shield } = target;
  const { workspace, env } = options;
  const { keymap, config, files } = work.place(sources);
  const [program = '', ...args] = expandCommand(options.command, {
    ...{ keymap, config, board, shield, workspace },
    build: work.build,
  });
  let looks = 0;
  return {
    command: program.includes('/') ? resolve(options.cwd, program) : program,
    args,
    env,
    envNames: [...BUILD_VARIABLES, ...PATH_VARIABLES, ...(options.envNames ?? [])],
    cwd: workspace ?? work.build,
    files: { ...files, ...Object.fromEntries(sources.absolute.map((path) => [`include ${path}`, path])) },
    settings: async () => ({
      ...(looks++ === 0 ? await surroundings.latest() : await surroundings.look()),
      ...{ board, shield, command: options.command },
    }),
    outputs: options.artifacts,
    outputFolder: work.build,
    restoreFolder: work.restored,
    requireOutputs: true,
    ownProcessGroup: true,
    ttl: job.ttl,
    history: { subject: `firmware ${job.subject} ${target.name}`, ttl: job.historyTtl },
    refresh: options.refresh,
  };
}

async function run(job: CompileJob, target: BuildTarget, work: WorkFolder, log: BuildLog): Promise<BuildResult> {
  const { options } = job;
  const request = requestFor(job, target, work);
  const { command, args, envNames = [] } = request;
  work.configure(digestOf(JSON.stringify([command, args, envNames.map((name) => [name, options.env[name] ?? null])])));
  await work.removeArtifacts(options.artifacts);

  let isRunning = false;
  let unwritten: unknown;
  const stopping = new Stopping(options.signal);
  const sink = (stream: 'stdout' | 'stderr'): OutputSink => {
    return async (bytes) => {
      try {
        log.write(bytes);
      } catch (error) {
        unwritten ??= error;
        throw error;
      }
      if (isRunning) await options.onOutput?.(bytes, stream);
    };
  };
  try {
    const ran = await job.builds.run(request, {
      stdout: sink('stdout'),
      stderr: sink('stderr'),
      onWait: options.onWait,
      onNote: options.onNote,
      onStart: (send) => {
        isRunning = true;
        stopping.begin(send);
        options.onStart?.(send);
      },
      signal: options.signal,
      explain: options.explain,
    });
    // Nobody read on, so the command was ended: how it ended is not what is to be told.
    if (unwritten !== undefined) throw unwritten;
    return ran;
  } finally {
    stopping.end();
  }
}

/** Puts what came of a run into the output folder: artifacts and log, or the log of a failure. */
async function handOver(
  { options }: CompileJob,
  target: BuildTarget,
  work: WorkFolder,
  log: BuildLog,
  ran: BuildResult,
): Promise<Pick<BuildResult, 'artifacts' | 'files' | 'bytes'>> {
  const { output, handsOver } = options;
  const logFile = { from: work.log, name: `${target.name}.log` };
  const folder = ran.outcome === 'hit' ? work.restored : work.build;
  const { paths } = await findFiles(options.artifacts, { cwd: folder, ignore: [], links: 'keep' });
  const made = paths.filter((path) => statSync(join(folder, path), { throwIfNoEntry: false })?.isFile());
  const failure = failureOf(ran, target, made.length, options.artifacts);
  try {
    if (failure === undefined) {
      if (!handsOver) return summary([]);
      const artifacts = await deliver(output, [...deliveries(target.name, folder, made), logFile]);
      return summary(artifacts.map((artifact) => ({ ...artifact, target: target.name })));
    }
  } catch (cause) {
    if (!(cause instanceof RestoreError)) throw cause;
    throw new BuildError(`${target.name} was built, but ${cause.message}`, { target: target.name, cause });
  }
  const details = { exitCode: ran.exitCode, target: target.name, logTail: log.tail };
  if (ran.startFailure !== undefined || !handsOver) throw new BuildError(failure, details);
  const kept = await deliver(output, [logFile]).catch(() => []);
  const where = kept[0] === undefined ? '' : `; its log is ${kept[0].path}`;
  throw new BuildError(failure + where, { ...details, log: kept[0]?.path });
}

function failureOf(
  ran: BuildResult,
  { name }: BuildTarget,
  made: number,
  patterns: readonly string[],
): string | undefined {
  if (ran.startFailure !== undefined) return `the build of ${name} did not start: ${ran.startFailure}`;
  if (ran.signal !== undefined) return `the build of ${name} was ended by ${ran.signal}`;
  if (ran.exitCode !== 0) return `the build of ${name} failed with exit code ${ran.exitCode}`;
  if (made === 0) {
    const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).join(', ');
    return `the build of ${name} wrote no artifact (${wanted}) into the build folder`;
  }
  return undefined;
}

function summary(artifacts: readonly BuildArtifact[]): Pick<BuildResult, 'artifacts' | 'files' | 'bytes'> {
  return { artifacts, files: artifacts.length, bytes: artifacts.reduce((sum, { size }) => sum + size, 0) };
}
