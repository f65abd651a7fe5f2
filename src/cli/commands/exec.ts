/**
 * `exec`: speaks for the build cache, which does the work.
 */

import { isAbsolute, relative } from 'node:path';
import { escapePath } from 'tinyglobby';
// Not by way of the index, whose other services would be loaded, too: this command should start fast.
import { CompilationBuildCacheService } from '../../compilation/build/compilation-build-cache-service.ts';
import type { BuildResult } from '../../compilation/index.ts';
import { realRoot } from '../../disk/files/root.ts';
import { CacheArgumentError } from '../../errors.ts';
import type { CommandContext } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { inFlags } from '../flags.ts';
import { printable } from '../format.ts';
import { Interruption } from '../interrupts.ts';
import { isGivenInput, readAll, writeTo } from '../io.ts';
import { openCache } from '../open-cache.ts';
import { startRunMetrics } from '../run-metrics.ts';
import { reportRun, runAsJson } from '../run-report.ts';
import { SignalPassing } from '../signal-passing.ts';

/** The options of `exec`. */
export interface ExecOptions {
  readonly tag: string;
  readonly ttl?: number;
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly env?: readonly string[];
  readonly stdin?: boolean;
  readonly explain?: boolean;
  readonly cacheFailures?: boolean;
  readonly refresh?: boolean;
  readonly maxSize?: number;
  readonly metrics?: boolean;
}

/** Runs or replays the command. @returns the command's exit code. */
export async function exec(
  context: CommandContext,
  command: string,
  args: readonly string[],
  options: ExecOptions,
): Promise<number> {
  const { io } = context;
  const stdin = options.stdin ? await readAll(io.stdin) : undefined;
  const { cache: opened, missing } = await openCache(context, options.tag, { maxSizeBytes: options.maxSize });
  const metrics = await startRunMetrics(context, 'exec', options);
  const cache = metrics.observe(opened);
  const signals = new SignalPassing(io.stdin.isTTY === true || io.stderr.isTTY === true);
  try {
    const ran = await new CompilationBuildCacheService(cache).run(
      {
        command,
        args,
        cwd: io.cwd,
        inputs: options.input,
        outputs: options.output,
        ignore: cacheIn(io.cwd, context),
        envNames: options.env,
        env: io.env,
        stdin,
        ttl: options.ttl,
        cacheFailures: options.cacheFailures,
        refresh: options.refresh,
      },
      {
        stdout: (bytes) => writeTo(io.stdout, bytes),
        stderr: (bytes) => writeTo(io.stderr, bytes),
        onWait: () => {
          const then = options.refresh ? 'for it to end' : 'to replay it';
          void context.tell(`another process is running this command, waiting ${then}`);
        },
        onNote: (note) => void context.tell(printable(note)),
        onStart: signals.passTo,
        signal: signals.aborted,
        explain: options.explain,
      },
    );
    metrics.note(ran);
    // Whatever else may be said against recording the run, this is what the user can mend.
    const reason = missing ?? ran.notStored;
    const result = { ...ran, notStored: reason && inFlags(reason) };
    const isMadeWithoutInput = result.outcome === 'miss' && !options.stdin && isGivenInput(io.stdin);
    if (isMadeWithoutInput && !context.json) {
      await context.tell(
        'the command gets no stdin, which is not part of the key; --stdin passes it on and makes it a part',
      );
    }
    await report(context, result, options);
    return result.exitCode;
  } catch (error) {
    if (error instanceof CacheArgumentError) throw new CliError(inFlags(error.message), EXIT.usage);
    if (error instanceof Interruption) return error.exitCode;
    throw error;
  } finally {
    signals.stop();
    await cache.close();
    await metrics.end();
  }
}

/** A cache that lies in the working folder is neither input nor output. */
function cacheIn(cwd: string, context: CommandContext): string[] {
  const path = relative(realRoot(cwd), realRoot(context.config.cacheDir)).replaceAll('\\', '/');
  if (path === '' || path.startsWith('..') || isAbsolute(path)) return [];
  return [`${escapePath(path)}/**`];
}

async function report(context: CommandContext, result: BuildResult, options: ExecOptions): Promise<void> {
  if (context.json) return context.tellRaw(`${JSON.stringify(runAsJson(result))}\n`);
  if (result.startFailure !== undefined) return context.tell(result.startFailure);
  const words = { noun: 'file', run: 'run', subject: 'this command in this folder' };
  await reportRun(context, result, { ...words, isRefresh: options.refresh === true });
}
