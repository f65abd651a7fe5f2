/**
 * `exec`: speaks for the build cache, which does the work.
 */

import { constants } from 'node:os';
import { isAbsolute, relative } from 'node:path';
import { escapePath } from 'tinyglobby';
import { BuildCacheService, type BuildResult, type Explanation, type SendSignal } from '../../compilation/index.ts';
import { realRoot } from '../../disk/files/root.ts';
import { CacheArgumentError } from '../../errors.ts';
import type { CommandContext } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { inFlags } from '../flags.ts';
import { formatAgo, formatCount, formatDuration, formatSize, printable } from '../format.ts';
import { isGivenInput, readAll, writeTo } from '../io.ts';
import { openCache } from '../open-cache.ts';

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
}

const PASSED_ON: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const MOST_CHANGES_SHOWN = 20;

/** Runs or replays the command. @returns the command's exit code. */
export async function exec(
  context: CommandContext,
  command: string,
  args: readonly string[],
  options: ExecOptions,
): Promise<number> {
  const { io } = context;
  const stdin = options.stdin ? await readAll(io.stdin) : undefined;
  const { cache, missing } = await openCache(context, options.tag, { maxSizeBytes: options.maxSize });
  const signals = new SignalPassing(io.stdin.isTTY === true || io.stderr.isTTY === true);
  try {
    const ran = await new BuildCacheService(cache).run(
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
    if (error instanceof Interruption) return 128 + constants.signals[error.signal];
    throw error;
  } finally {
    signals.stop();
    await cache.close();
  }
}

/** A cache that lies in the working folder is neither input nor output. */
function cacheIn(cwd: string, context: CommandContext): string[] {
  const path = relative(realRoot(cwd), realRoot(context.config.cacheDir)).replaceAll('\\', '/');
  if (path === '' || path.startsWith('..') || isAbsolute(path)) return [];
  return [`${escapePath(path)}/**`];
}

async function report(context: CommandContext, result: BuildResult, options: ExecOptions): Promise<void> {
  if (context.json) {
    await context.tellRaw(`${JSON.stringify(asJson(result))}\n`);
    return;
  }
  if (result.startFailure !== undefined) {
    await context.tell(result.startFailure);
    return;
  }
  if (result.explanation !== undefined)
    await explain(context, result.explanation, options.refresh ? 'refresh' : result.outcome);
  const { green, yellow } = context.errorColors;
  const facts = [
    `${result.outcome === 'hit' ? green('HIT') : yellow('MISS')} ${formatCount(result.files, 'file')}`,
    formatSize(result.bytes),
    `took ${formatDuration(result.elapsedMs)}`,
  ];
  if (result.outcome === 'hit') facts.push(`saved ${formatDuration(result.savedMs)}`);
  if (result.notStored !== undefined) facts.push(`not recorded: ${printable(result.notStored)}`);
  await context.tell(facts.join(', '));
}

async function explain(
  context: CommandContext,
  explanation: Explanation,
  outcome: 'hit' | 'miss' | 'refresh',
): Promise<void> {
  const { lastRun, changes } = explanation;
  if (lastRun === undefined) return context.tell('no earlier run of this command in this folder is on record');
  const when = `the last run, ${formatAgo(lastRun)}`;
  if (changes.length === 0) {
    const why = outcome !== 'miss' ? '' : '; it was not recorded, or its record expired or was evicted';
    return context.tell(`nothing changed since ${when}${why}`);
  }
  await context.tell(`changed since ${when}:`);
  for (const { kind, name, change } of changes.slice(0, MOST_CHANGES_SHOWN)) {
    await context.tellRaw(`  ${kind} ${printable(name)} ${change}\n`);
  }
  const more = changes.length - MOST_CHANGES_SHOWN;
  if (more > 0) await context.tellRaw(`  and ${more} more\n`);
}

/** The line for a script: names and units stay, members may be added. */
function asJson(result: BuildResult): unknown {
  const { outcome, exitCode, files, bytes, elapsedMs, savedMs, explanation } = result;
  const reason = result.startFailure ?? result.notStored ?? null;
  return {
    outcome,
    exitCode,
    files,
    bytes,
    elapsedMs: Math.round(elapsedMs),
    savedMs: Math.round(savedMs),
    recorded: reason === null,
    reason,
    ...(explanation === undefined ? {} : { lastRun: explanation.lastRun ?? null, changes: explanation.changes }),
  };
}

/** A signal ended the run before the command was started. */
class Interruption extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
    this.signal = signal;
  }
}

/** While it lasts, signals to this process go to the command it runs, or stop it where nothing is left half done. */
class SignalPassing {
  readonly #controller = new AbortController();
  readonly #terminal: boolean;
  #send: SendSignal = () => false;

  /** @param terminal whether there is one: it sends its interrupts to the command as well. */
  constructor(terminal: boolean) {
    this.#terminal = terminal;
    for (const signal of PASSED_ON) process.on(signal, this.#onSignal);
  }

  get aborted(): AbortSignal {
    return this.#controller.signal;
  }

  readonly passTo = (send: SendSignal): void => {
    this.#send = send;
  };

  stop(): void {
    for (const signal of PASSED_ON) process.off(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    // The terminal has told the command already; a second time it may have been somebody else.
    const isToldByTerminal = signal === 'SIGINT' && this.#terminal && !this.aborted.aborted;
    const isCommandTold = this.#send(isToldByTerminal ? 0 : signal);
    // Between start and end of the command there is work to finish in good order; who asks again has waited enough.
    if (!isCommandTold && this.aborted.aborted) process.exit(128 + constants.signals[signal]);
    this.#controller.abort(new Interruption(signal));
  };
}
