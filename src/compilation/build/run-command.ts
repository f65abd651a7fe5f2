/**
 * One run of a command, its output passed on while it runs.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { isatty } from 'node:tty';
import type { CheckedBuildRequest } from './build-request.ts';
import type { SignalName } from './signal-name.ts';
import type { OutputSink, OutputSinks } from './transcript.ts';

/** How a command ended. */
export interface CommandEnd {
  /** The exit code as a shell gives it: 128 + the signal's number, 127 if not found, 126 if it can't be run. */
  readonly exitCode: number;
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | undefined;
  /** Why it could not be started. */
  readonly startFailure: string | undefined;
  /** Whether a reader of its output went away before all of it was read. */
  readonly wasCutShort: boolean;
  /** How long it ran, in milliseconds. */
  readonly durationMs: number;
}

/** Sends a signal to the running command; 0 only asks. @returns whether there is one to send it to. */
export type SendSignal = (signal: SignalName | 0) => boolean;

/**
 * Runs the command. It gets the stdin of the request or, without one, a terminal's if there is one: anything else that
 * this process could be given to read would not be part of the key, and may be meant for somebody else. Its output goes through pipes, so it does not see a terminal.
 *
 * When a sink fails, the command gets a SIGPIPE and its pipe is closed, as happens to a program whose reader has gone.
 */
export async function runCommand(
  build: CheckedBuildRequest,
  sinks: OutputSinks,
  onStart?: (send: SendSignal) => void,
): Promise<CommandEnd> {
  const begun = performance.now();
  const isGroup = build.ownProcessGroup && process.platform !== 'win32';
  const idleStdin = isatty(0) && !isGroup ? 'inherit' : 'ignore';
  const child = spawn(build.command, build.args, {
    cwd: build.cwd,
    env: build.env,
    stdio: [build.stdin === undefined ? idleStdin : 'pipe', 'pipe', 'pipe'],
    detached: isGroup,
    windowsHide: true,
  });
  // A command need not read what it is given.
  child.stdin?.on('error', () => {}).end(build.stdin);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null; failure?: NodeJS.ErrnoException }>(
    (resolve) => {
      child.once('error', (failure) => resolve({ code: null, signal: null, failure }));
      child.once('close', (code, signal) => resolve({ code, signal }));
    },
  );
  const send: SendSignal = isGroup ? signalsToGroup(child) : (signal) => child.kill(signal);
  if (child.pid !== undefined) onStart?.(send);
  // Node's pipes are sockets, which give a writer no SIGPIPE when they are closed on it but a "connection reset".
  const breakPipe = () => {
    if (process.platform !== 'win32') send('SIGPIPE');
  };
  const [end, ...wholes] = await Promise.all([
    ended,
    passOn(child.stdout, sinks.stdout, breakPipe),
    passOn(child.stderr, sinks.stderr, breakPipe),
  ]);
  return {
    exitCode:
      end.failure === undefined ? exitCodeOf(end.code, end.signal) : isNotFound(build.command, end.failure) ? 127 : 126,
    signal: end.signal ?? undefined,
    startFailure: end.failure && startFailure(build.command, end.failure),
    wasCutShort: wholes.includes(false),
    durationMs: performance.now() - begun,
  };
}

/** Signals reach the group as long as anything of it holds the pipes; afterwards its number may be another's. */
function signalsToGroup(child: ChildProcess): SendSignal {
  let isOver = false;
  child.once('close', () => {
    isOver = true;
  });
  return (signal) => {
    if (isOver || child.pid === undefined) return false;
    try {
      return process.kill(-child.pid, signal);
    } catch {
      return false;
    }
  };
}

/** @returns whether all of it arrived; if not, `onGone` was called before the source was closed. */
async function passOn(source: Readable | null, sink: OutputSink, onGone: () => void): Promise<boolean> {
  try {
    for await (const bytes of source ?? []) {
      try {
        await sink(bytes);
      } catch {
        onGone();
        return false;
      }
    }
    return true;
  } catch {
    return false;
  }
}

function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return signal === null ? (code ?? 1) : 128 + constants.signals[signal];
}

/** A folder in PATH that can't be searched makes the system refuse where the command is just not there. */
function isNotFound(command: string, failure: NodeJS.ErrnoException): boolean {
  if (failure.code !== 'EACCES' || command.includes('/')) return failure.code === 'ENOENT';
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return !folders.some((folder) => existsSync(join(folder, command)));
}

function startFailure(command: string, failure: NodeJS.ErrnoException): string {
  const name = JSON.stringify(command);
  if (isNotFound(command, failure) && /\s/.test(command)) {
    return `command ${name} was not found; no shell is involved: leave the quotes off, or use sh -c '…'`;
  }
  if (isNotFound(command, failure)) return `command ${name} was not found; check its spelling and PATH`;
  if (failure.code === 'EACCES') return `command ${name} can't be run: it is not an executable file`;
  return `command ${name} can't be run: ${failure.message}`;
}
