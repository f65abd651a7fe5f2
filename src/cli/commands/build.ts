/**
 * `build`: speaks for the firmware service, which does the work.
 */

import { BuildError, type BuildResult, CompilationBuildCacheService, ZmkWestService } from '../../compilation/index.ts';
import { configuredTtls } from '../../config.ts';
import { CacheArgumentError } from '../../errors.ts';
import type { CommandContext } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { inFlags } from '../flags.ts';
import { printable } from '../format.ts';
import { Interruption } from '../interrupts.ts';
import { writeTo } from '../io.ts';
import { openCache } from '../open-cache.ts';
import { startRunMetrics } from '../run-metrics.ts';
import { reportRun, runAsJson } from '../run-report.ts';
import { SignalPassing } from '../signal-passing.ts';

/** The options of `build`. */
export interface BuildOptions {
  readonly board: readonly string[];
  readonly shield?: readonly string[];
  readonly workspace?: string;
  readonly revision?: string;
  readonly output: string;
  readonly cmakeArg?: readonly string[];
  readonly input?: readonly string[];
  readonly env?: readonly string[];
  readonly artifact?: readonly string[];
  readonly buildFolder?: string;
  readonly ttl?: number;
  readonly refresh?: boolean;
  readonly explain?: boolean;
  readonly tag: string;
  readonly maxSize?: number;
  readonly metrics?: boolean;
}

/**
 * Builds firmware, or takes it from the cache.
 * @param files the keymap and, if there is one, the config.
 * @param command what to run instead of `west build`; empty for that.
 * @returns the exit code of what was run.
 */
export async function build(
  context: CommandContext,
  files: readonly string[],
  command: readonly string[],
  options: BuildOptions,
): Promise<number> {
  const [keymap, config, surplus] = files;
  if (keymap === undefined || surplus !== undefined) {
    throw new CliError('name one keymap and at most one config; a command goes behind --', EXIT.usage);
  }
  const { io } = context;
  const { cache: opened, missing } = await openCache(context, options.tag, { maxSizeBytes: options.maxSize });
  const metrics = await startRunMetrics(context, 'build', options);
  const cache = metrics.observe(opened);
  const signals = new SignalPassing(false);
  try {
    const ttls = configuredTtls(context.config);
    const west = new ZmkWestService(new CompilationBuildCacheService(cache), {
      ttl: ttls.firmwareBuild,
      historyTtl: ttls.firmwareMetadata,
    });
    const built = await west.compile(keymap, config, {
      cwd: io.cwd,
      boards: options.board,
      shields: options.shield,
      workspace: options.workspace,
      revision: options.revision,
      output: options.output,
      cmakeArgs: options.cmakeArg,
      inputs: options.input,
      envNames: options.env,
      artifacts: options.artifact,
      buildFolder: options.buildFolder,
      command: command.length === 0 ? undefined : command,
      env: io.env,
      ttl: options.ttl,
      refresh: options.refresh,
      explain: options.explain,
      signal: signals.aborted,
      // The first signal stops the build in good order, another one at once.
      onStart: (send) => signals.passTo(() => !signals.aborted.aborted || send('SIGKILL')),
      onOutput: (bytes) => writeTo(io.stderr, bytes),
      onWait: () => void context.tell('another process is building this, waiting for it'),
      onNote: (note) => void context.tell(printable(note)),
    });
    metrics.note(built);
    const reason = missing ?? built.notStored;
    await report(context, { ...built, notStored: reason && inFlags(reason) }, options);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CacheArgumentError) throw new CliError(inFlags(error.message), EXIT.usage);
    if (error instanceof BuildError) return reportFailure(context, error);
    if (error instanceof Interruption) return error.exitCode;
    throw error;
  } finally {
    signals.stop();
    await cache.close();
    await metrics.end();
  }
}

async function report(context: CommandContext, result: BuildResult, options: BuildOptions): Promise<void> {
  if (context.json) {
    await context.printJson({ ...runAsJson(result), artifacts: result.artifacts });
    return;
  }
  for (const { kind, path } of result.artifacts) if (kind !== 'log') await context.print(`${path}\n`);
  const words = { noun: 'file', run: 'build', subject: 'this keymap for these boards' };
  await reportRun(context, result, { ...words, isRefresh: options.refresh === true });
}

async function reportFailure(context: CommandContext, error: BuildError): Promise<number> {
  const { exitCode, message, target = null, log = null } = error;
  if (context.json) {
    await context.printJson({
      outcome: 'miss',
      exitCode,
      recorded: false,
      reason: message,
      artifacts: [],
      target,
      log,
    });
  }
  await context.tell(printable(message));
  return exitCode;
}
