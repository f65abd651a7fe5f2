/**
 * Starting victims, and hearing from them.
 */

import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { type Injection, startInjected, type TracedCall, traceCalls } from '../../support/strace.ts';
import type { Outcome, Tidings, VictimArguments } from './tidings.ts';

/** Longer than any operation takes on a busy machine, in milliseconds. */
const PATIENCE_MS = 20_000;

/** What was written to a pipe is read within this time, in milliseconds. */
const ON_ITS_WAY_MS = 5_000;

/** One thread in the pool, so that its calls come in the same order each time. */
const ENVIRONMENT = { ...process.env, UV_THREADPOOL_SIZE: '1' };

/** Runs a victim that nothing happens to, and tells which of `calls` it makes. */
export function traceVictim(program: string, args: VictimArguments, calls: readonly string[]): TracedCall[] {
  return traceCalls(command(program, args), { calls, env: ENVIRONMENT });
}

function command(program: string, args: VictimArguments): string[] {
  return [process.execPath, program, JSON.stringify(args)];
}

/** A running victim. */
export class Victim {
  readonly process: ChildProcess;
  #told = '';
  #waiting: (() => void)[] = [];
  #hasEnded = false;
  #hung = false;

  constructor(program: string, args: VictimArguments, injection: Injection) {
    this.process = startInjected(command(program, args), injection, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: ENVIRONMENT,
    });
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#told += text;
      this.#wake();
    });
    // A victim that is killed can't be told anything; that is no fault of the harness.
    this.process.stdin?.on('error', () => {});
    const timer = setTimeout(() => {
      this.#hung = true;
      this.process.kill('SIGKILL');
    }, PATIENCE_MS);
    this.process.once('close', () => {
      clearTimeout(timer);
      this.#hasEnded = true;
      this.#wake();
    });
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Whether the operation had begun when the process was stopped. What it told is on its way at the latest. */
  async hasBegun(): Promise<boolean> {
    const deadline = performance.now() + ON_ITS_WAY_MS;
    while (this.#find('begin') === undefined && performance.now() < deadline) await delay(1);
    return this.#find('begin') !== undefined;
  }

  /** Resolves when the operation has ended, or the process has. */
  async untilDone(): Promise<void> {
    while (!this.#hasEnded && this.#find('end') === undefined) await this.#change();
  }

  /** Resolves when the process has ended. */
  async untilEnded(): Promise<void> {
    while (!this.#hasEnded) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Lets a victim that waits after its operation go on. */
  letGoOn(): void {
    this.process.stdin?.end('..');
  }

  /** What was told up to now. */
  get tidings(): Tidings {
    const outcome = this.#find('end');
    const later = this.#find('gone-on');
    const wrong = later === undefined ? [] : parseWrong(later);
    if (this.#hung) wrong.push('the process hangs');
    return {
      begun: this.#find('begin') !== undefined,
      wentOn: later !== undefined,
      wrong,
      ...(outcome === undefined ? {} : { outcome: parseOutcome(outcome) }),
    };
  }

  #find(name: string): string | undefined {
    return new RegExp(`^${name} (.*)\n`, 'm').exec(this.#told)?.[1];
  }
}

function parseOutcome(text: string): Outcome {
  const { result, name, cause }: Record<string, unknown> = { ...parseObject(text) };
  if (result === 'right' || result === 'miss' || result === 'overtaken' || result === 'wrong') return { result };
  return { result: 'thrown', name: String(name), cause: String(cause) };
}

function parseWrong(text: string): string[] {
  const { wrong }: Record<string, unknown> = { ...parseObject(text) };
  return Array.isArray(wrong) ? wrong.map(String) : [];
}

function parseObject(text: string): object {
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null ? parsed : {};
}
