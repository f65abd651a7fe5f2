/**
 * Programs that tests run in processes and threads of their own.
 */

import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build, type Plugin } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';

/** What is special about a process. */
export interface Conditions {
  /** How many descriptors it may have. */
  readonly descriptors?: number;
  /** Whether it can ask for garbage to be collected. */
  readonly collectable?: boolean;
}

/** A TypeScript program, bundled so that plain Node starts it in a few dozen milliseconds. */
export interface Program {
  /** Starts a process. `args` reach the program as JSON; what it reports comes as messages. */
  startProcess(args: object, conditions?: Conditions): ChildProcess;
  /** Starts a thread, likewise. */
  startThread(args: object): Worker;
}

/** Options of `fork`; a limit is set by a shell that then becomes Node. */
function forkOptions({ descriptors, collectable }: Conditions): ForkOptions {
  const flags = collectable ? ['--expose-gc'] : [];
  if (descriptors === undefined) return { execArgv: flags };
  const script = `ulimit -n ${descriptors}; exec "$0" "$@"`;
  return { execPath: '/bin/sh', execArgv: ['-c', script, process.execPath, ...flags] };
}

/** Bundles a TypeScript program into one file that plain Node runs. */
export async function buildProgram(source: URL, outfile: string, plugins: Plugin[] = []): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // What is required at run time is looked up from here: the bundle lies far from node_modules.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(fileURLToPath(import.meta.url)).href) },
    logLevel: 'warning',
    plugins,
  });
}

/** Bundles a program for the tests of the calling file. To be called at the top of the file. */
export function bundleProgram(source: URL): Program {
  let folder = '';
  const bundle = () => join(folder, 'program.cjs');
  beforeAll(async () => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'glovebox-cache-program-'));
    await buildProgram(source, bundle());
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    startProcess: (args, conditions = {}) => fork(bundle(), [JSON.stringify(args)], forkOptions(conditions)),
    startThread: (args) => new Worker(bundle(), { workerData: args, execArgv: [] }),
  };
}

/** The next message of a running program; fails if it ends without one. */
export function nextMessage(runner: ChildProcess | Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    runner.once('message', resolve);
    runner.once('error', reject);
    runner.once('exit', (code: number | null) => reject(new Error(`the program ended (${code}) without a message`)));
  });
}

/** Resolves when a running program has ended. */
export function ended(runner: ChildProcess | Worker): Promise<void> {
  return new Promise((resolve) => {
    runner.once('exit', () => resolve());
  });
}
