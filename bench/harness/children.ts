/**
 * Child processes: programs of `children/`, translated once, so that they start as plain Node does, without a loader of
 * TypeScript that would show in the figures.
 */

import { type ChildProcess, execFile, fork } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { repository } from './dist.ts';

const root = fileURLToPath(repository);
const built = new Map<string, Promise<string>>();

/** Path of a translated program of `children/`. */
export function childProgram(name: string): Promise<string> {
  let path = built.get(name);
  if (path === undefined) {
    path = translate(name);
    built.set(name, path);
  }
  return path;
}

async function translate(name: string): Promise<string> {
  // Where the contestants' packages are found; without them, where the project's are.
  const contestants = join(root, 'bench', 'node_modules');
  const folder = join(existsSync(contestants) ? contestants : join(root, 'node_modules'), '.glovebox-cache-bench');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${name}-${process.pid}.mjs`);
  process.once('exit', () => rmSync(outfile, { force: true }));
  await build({
    entryPoints: [join(root, 'bench', 'children', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    // The program stands elsewhere than its source, whose place paths are told from.
    define: { 'import.meta.url': JSON.stringify(new URL('bench/harness/', repository).href) },
    logLevel: 'error',
  });
  return outfile;
}

/** Runs a program to its end; what it printed, read as JSON. */
export async function runChild(
  name: string,
  args: readonly string[],
  nodeFlags: readonly string[] = [],
): Promise<unknown> {
  const program = await childProgram(name);
  const { stdout } = await promisify(execFile)(process.execPath, [...nodeFlags, program, ...args], {
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout);
}

/** A program that is told what to do, one thing after the other. */
export class Child {
  readonly #process: ChildProcess;
  /** Set once it has ended by itself. */
  #ended = false;

  private constructor(process: ChildProcess) {
    this.#process = process;
    process.once('exit', () => {
      this.#ended = true;
    });
  }

  static async start(name: string): Promise<Child> {
    return new Child(fork(await childProgram(name), { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
  }

  /** Sends a message and waits for the answer. */
  ask(message: object): Promise<Readonly<Record<string, unknown>>> {
    return new Promise((resolve, reject) => {
      const child = this.#process;
      if (this.#ended) {
        reject(new Error('the child process has ended'));
        return;
      }
      const settle = (): void => {
        child.off('message', onMessage);
        child.off('exit', onExit);
      };
      const onMessage = (answer: unknown): void => {
        settle();
        const fields: Readonly<Record<string, unknown>> = typeof answer === 'object' ? { ...answer } : {};
        if (fields['error'] === undefined) resolve(fields);
        else reject(new Error(String(fields['error'])));
      };
      const onExit = (): void => {
        settle();
        reject(new Error('the child process ended before it answered'));
      };
      child.on('message', onMessage);
      child.on('exit', onExit);
      child.send(message);
    });
  }

  /** Ends it and waits for that. */
  async stop(): Promise<void> {
    if (this.#ended) return;
    const exit = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await exit;
  }
}

/** In a child: answers each message with what `answer` makes of it. */
export function answerParent(answer: (message: Readonly<Record<string, unknown>>) => Promise<object>): void {
  // Whoever asked is gone; a server would go on listening.
  process.once('disconnect', () => process.exit());
  process.on('message', async (message) => {
    try {
      process.send?.(await answer(typeof message === 'object' ? { ...message } : {}));
    } catch (error) {
      process.send?.({ error: error instanceof Error ? error.message : String(error) });
    }
  });
}
