/**
 * strace, for tests that need a program to meet something at one chosen system call: a kill, a stop, an error.
 *
 * What was found out about it (version 6.1), and what these functions rest on:
 *
 * - Calls are counted for each thread by itself and for each name by itself. Node makes the synchronous calls of `fs` on
 *   its main thread, in the program's order, so the same program makes its n-th `rename` at the same place each time.
 * - `KILL` strikes before the call: it is not carried out. `STOP` strikes after it: when the program stands still, the
 *   call has happened. Who wants a program to stop before a call stops it at the call before.
 * - An error takes the place of the call, which is not carried out.
 * - A program that an injected `STOP` has stopped goes on at a `SIGCONT`; the tracer need not be told.
 * - The program itself is the child process here, and the tracer a grandchild (`-D`). So signals, exit codes and the
 *   channel for messages work as without a tracer.
 * - A tracer that gets a `SIGTERM` lets its program go on without it (`-I2`), and so without any more injections.
 */

import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** One system call that a program made. */
export interface TracedCall {
  /** Its name, such as `rename`. */
  readonly call: string;
  /** The n-th call of this name by its thread: what an {@link Injection} names as `when`. */
  readonly occurrence: number;
  /** Whether the program's main thread made it. */
  readonly main: boolean;
  /** Arguments and result, as strace prints them, each descriptor with its path. */
  readonly text: string;
}

/** Errors that a call can be made to fail with. */
export type InjectedError = 'ENOSPC' | 'EIO' | 'EMFILE' | 'EACCES' | 'EROFS' | 'EINTR';

/** What happens to a program, and at which of its calls. */
export interface Injection {
  readonly call: string;
  /** At the n-th call of that name; `3+` for the third and all that follow. */
  readonly when: number | `${number}+`;
  readonly signal?: 'KILL' | 'STOP';
  readonly error?: InjectedError;
}

/** The program is the child and the tracer a grandchild, which can be told to go. */
const TRACER = ['-D', '-I2', '-f', '-qq'] as const;

let found: boolean | undefined;

/**
 * Whether programs can be traced here. Tests that need it are skipped where they can't.
 * @throws in CI, where a skipped test would be no test.
 */
export function canTrace(): boolean {
  found ??= spawnSync('strace', ['-qq', '-o', '/dev/null', '-e', 'trace=none', 'true']).status === 0;
  if (!found && process.env['CI'] !== undefined) throw new Error('strace is missing, or may not trace: install it');
  return found;
}

/** Runs a program to its end and tells which of `calls` it made, in order. Names that the machine lacks are ignored. */
export function traceCalls(
  argv: readonly string[],
  { calls, env }: { readonly calls: readonly string[]; readonly env?: NodeJS.ProcessEnv },
): TracedCall[] {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'glovebox-cache-trace-'));
  const output = join(folder, 'calls');
  try {
    const names = calls.map((call) => `?${call}`).join();
    const { status, stderr } = spawnSync('strace', ['-f', '-y', '-qq', '-o', output, '-e', `trace=${names}`, ...argv], {
      encoding: 'utf8',
      env,
    });
    if (status !== 0) throw new Error(`the traced program ended with ${status}: ${stderr}`);
    return parseCalls(readFileSync(output, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function parseCalls(output: string): TracedCall[] {
  const calls: TracedCall[] = [];
  const counts = new Map<string, number>();
  let first: string | undefined;
  for (const line of output.split('\n')) {
    // A call that another thread's interrupts is `resumed` on a line of its own, which is no call.
    const match = /^(\d+) +(\w+)\((.*)$/.exec(line);
    if (match === null) continue;
    const [, thread = '', call = '', text = ''] = match;
    first ??= thread;
    const counted = `${thread} ${call}`;
    const occurrence = (counts.get(counted) ?? 0) + 1;
    counts.set(counted, occurrence);
    calls.push({ call, occurrence, main: thread === first, text });
  }
  return calls;
}

/** Where the tracer of a program that is to stop says that it has. */
const logs = new WeakMap<ChildProcess, string>();

/** Starts a program that meets with something at one of its calls. */
export function startInjected(
  argv: readonly string[],
  { call, when, signal, error }: Injection,
  options: SpawnOptions = {},
): ChildProcess {
  const effects = [
    ...(signal === undefined ? [] : [`signal=${signal}`]),
    ...(error === undefined ? [] : [`error=${error}`]),
  ];
  const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:${effects.join(':')}:when=${when}`];
  if (signal !== 'STOP') return spawn('strace', [...TRACER, '-o', '/dev/null', ...inject, ...argv], options);
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'glovebox-cache-trace-'));
  const log = join(folder, 'log');
  const program = spawn('strace', [...TRACER, '-o', log, ...inject, ...argv], options);
  program.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  logs.set(program, log);
  return program;
}

/** Resolves when an injected `STOP` has stopped a program; fails if it ends before. */
export async function stopped(program: ChildProcess): Promise<void> {
  while (!hasStopped(program)) {
    if (program.exitCode !== null || program.signalCode !== null) throw new Error('the program ended and was to stop');
    await delay(1);
  }
}

/** The tracer has seen the stop, and all threads stand still: a traced thread also does so for a moment at each call. */
function hasStopped(program: ChildProcess): boolean {
  const log = logs.get(program);
  if (log === undefined) throw new Error('the program was not started to be stopped');
  try {
    if (!readFileSync(log, 'latin1').includes('stopped by SIGSTOP')) return false;
    const tasks = `/proc/${program.pid}/task`;
    return readdirSync(tasks).every((task) =>
      /^State:\s*[tT]/m.test(readFileSync(`${tasks}/${task}/status`, 'latin1')),
    );
  } catch {
    // Its log is not there yet, or a thread has ended.
    return false;
  }
}

/** Lets a stopped program go on. */
export function resume(program: ChildProcess): void {
  program.kill('SIGCONT');
}

/** Makes a running program's tracer leave it: what happens from then on is the system's doing. */
export async function endInjection(program: ChildProcess): Promise<void> {
  const tracer = tracerOf(program);
  if (tracer === 0) return;
  process.kill(tracer, 'SIGTERM');
  while (tracerOf(program) === tracer) await delay(1);
}

/** 0 if nobody traces the program, or it has ended. */
function tracerOf({ pid }: ChildProcess): number {
  try {
    return Number(/^TracerPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
