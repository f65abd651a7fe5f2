/**
 * The command, run as a person or a script would.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';
import { plugins } from '../../.ci/build/plugins.ts';
import { run } from '../../src/cli/run.ts';

/** What a run of the command came to. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The world of a run, where it differs from a plain one. */
export interface CliWorld {
  readonly cwd?: string;
  readonly stdin?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Whether stdout and stderr are a terminal. */
  readonly isTTY?: boolean;
}

/** Runs the command in this process. */
export async function runCli(args: readonly string[], world: CliWorld = {}): Promise<CliResult> {
  const stdout = new Sink(world.isTTY);
  const stderr = new Sink(world.isTTY);
  const code = await run(args, {
    stdin: Readable.from(world.stdin === undefined ? [] : [Buffer.from(world.stdin)]),
    stdout,
    stderr,
    env: world.env ?? { PATH: process.env['PATH'] },
    cwd: world.cwd ?? process.cwd(),
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

class Sink extends Writable {
  readonly isTTY: boolean | undefined;
  readonly #pieces: Buffer[] = [];

  constructor(isTTY: boolean | undefined) {
    super();
    this.isTTY = isTTY;
  }

  override _write(piece: Buffer, _: BufferEncoding, done: () => void): void {
    this.#pieces.push(piece);
    done();
  }

  text(): string {
    return Buffer.concat(this.#pieces).toString();
  }
}

/** The command in a process of its own. */
export interface CliProgram {
  /** The script that Node runs. */
  file(): string;
  /** Starts it, with a pipe or an open file for stdin. */
  start(args: readonly string[], world?: CliWorld, stdin?: 'pipe' | number): ChildProcess;
}

/** Bundles the command, as the package's build does, for the tests of the calling file. */
export function bundleCli(): CliProgram {
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'glovebox-cache-cli-'));
    await build({
      entryPoints: [fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))],
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      plugins,
      logLevel: 'warning',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = () => join(folder, 'main.mjs');
  return {
    file,
    start: (args, world = {}, stdin = 'pipe') =>
      spawn(process.execPath, [file(), ...args], {
        cwd: world.cwd,
        env: world.env ?? { PATH: process.env['PATH'] },
        stdio: [stdin, 'pipe', 'pipe'],
      }),
  };
}

/** Waits until a process has ended and gathers what it printed; a signal is given as 128 and its absence of a code. */
export async function finished(child: ChildProcess): Promise<CliResult> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (piece: Buffer) => stdout.push(piece));
  child.stderr?.on('data', (piece: Buffer) => stderr.push(piece));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode: number | null) => resolve(exitCode ?? 128));
  });
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

/** Resolves when what a process prints on stderr, or stdout, holds `text`. */
export function printed(child: ChildProcess, stream: 'stdout' | 'stderr', text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = '';
    child[stream]?.on('data', (piece: Buffer) => {
      seen += piece.toString();
      if (seen.includes(text)) resolve();
    });
    child.once('close', () => reject(new Error(`ended without printing ${JSON.stringify(text)}, but ${seen}`)));
  });
}
