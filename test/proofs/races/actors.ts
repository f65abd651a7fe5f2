/**
 * The test's side of {@link file://./actor.ts}: processes that are told what to do, stopped in the middle of it, and
 * continued or killed.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { DiskCacheOptions } from '../../../src/disk/options.ts';
import type { Answer, Command } from './actor.ts';
import type { Fate, Moment } from './moments.ts';

/** A process that was stopped in the middle of a call. */
export interface Stopped {
  /** Lets it go on; resolves to what the call returns. */
  go(): Promise<unknown>;
  /** Lets it go on to the next moment at which it is to be stopped. */
  goOn(): Promise<void>;
  /** Ends it where it stands. */
  kill(): Promise<void>;
}

/** Where a call is to be stopped: at one moment, or at several, one after the other. */
export type Moments = Moment | readonly [Moment, ...Moment[]];

/** A call that was refused or failed, as the process told it. */
export class CallError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** A call ended without having come to where it was to be stopped. */
export class NeverStopped extends Error {}

/** How a process came to its end. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it said on its standard error: an uncaught exception, an unhandled rejection, a warning. */
  readonly said: string;
}

/** A cache in a process. */
export interface RemoteCache {
  readonly actor: Actor;
  readonly name: string;
  /** Calls a method; rejects with a {@link CallError} if that throws. */
  call(method: string, ...args: readonly unknown[]): Promise<unknown>;
  /** Begins a call and resolves when it has been stopped at the first of `moments`. */
  stopAt(moments: Moments, method: string, ...args: readonly unknown[]): Promise<Stopped>;
  /** Begins a call and kills the process at `moment`. */
  killAt(moment: Moment, method: string, ...args: readonly unknown[]): Promise<void>;
}

/** One process. */
export class Actor {
  readonly process: ChildProcess;
  readonly ended: Promise<End>;
  readonly #answers: ((answer: Answer) => void)[] = [];
  #stopped = () => {};

  constructor(bundle: string) {
    this.process = fork(bundle, [], { execArgv: [], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    let said = '';
    this.process.stderr?.on('data', (chunk) => {
      said += String(chunk);
    });
    this.ended = new Promise((resolve) => {
      this.process.once('close', (code, signal) => resolve({ code, signal, said }));
    });
    this.process.on('message', (message) => this.#hear(message));
  }

  #hear(message: unknown): void {
    if (isStop(message)) this.#stopped();
    else if (isAnswer(message)) this.#answers.shift()?.(message);
  }

  /** Gives a command; resolves to the answer, rejects if the process ends without one. */
  tell(command: Command): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#answers.push(resolve);
      this.ended.then((end) => reject(new Error(`the process ended (${JSON.stringify(end)}) before it answered`)));
      this.process.send(command);
    });
  }

  /** Gives several commands at once; resolves to what each returned. A failure is told as a text. */
  async tellAll(commands: readonly Command[]): Promise<unknown[]> {
    const results = returned(await this.tell({ act: 'all', commands }));
    if (!Array.isArray(results)) throw new Error('the process has not answered with a list');
    return results.map((result: object) => ('value' in result ? result.value : undefined));
  }

  /** Opens a cache, or opens it anew, so that it knows nothing yet. */
  async open(name: string, options: DiskCacheOptions): Promise<RemoteCache> {
    returned(await this.tell({ act: 'open', cache: name, options }));
    const command = (method: string, args: readonly unknown[]) => ({ act: 'call', cache: name, method, args }) as const;
    return {
      actor: this,
      name,
      call: async (method, ...args) => returned(await this.tell(command(method, args)), method),
      stopAt: (moments, method, ...args) => this.stopIn(command(method, args), moments),
      killAt: async (moment, method, ...args) => (await this.stopIn(command(method, args), moment)).kill(),
    };
  }

  /** Gives a command, and resolves when it was stopped at the first of `moments`; rejects if it never comes there. */
  async stopIn(command: Command, moments: Moments, fate: Fate = { kind: 'stopped' }): Promise<Stopped> {
    const list: readonly Moment[] = 'when' in moments ? [moments] : moments;
    await this.tell({ act: 'meet', moments: list, fate });
    const answer = this.tell(command);
    // Whoever continues the process hears of it.
    answer.catch(() => {});
    const comeTo = async (stopped: Promise<true>): Promise<void> => {
      const first = await Promise.race([stopped, answer]);
      if (first !== true) {
        throw new NeverStopped(`the call ended as ${JSON.stringify(first)} and came never to ${JSON.stringify(list)}`);
      }
      if (fate.kind === 'stopped') this.#awaitSignal();
    };
    const letGo = () => {
      if (fate.kind === 'stopped') this.process.kill('SIGCONT');
    };
    await comeTo(this.#nextStop());
    return {
      go: async () => {
        letGo();
        return returned(await answer);
      },
      goOn: () => {
        const stopped = this.#nextStop();
        letGo();
        return comeTo(stopped);
      },
      kill: () => this.kill(),
    };
  }

  #nextStop(): Promise<true> {
    return new Promise((resolve) => {
      this.#stopped = () => resolve(true);
    });
  }

  /** It has said that it stops; what remains is the signal, and no system call of the engine. */
  #awaitSignal(): void {
    for (let state = ''; state !== 'T'; ) {
      // Microseconds.
      state = /^\d+ \(.*\) (.)/.exec(readFileSync(`/proc/${this.process.pid}/stat`, 'utf8'))?.[1] ?? '';
      if (state === 'Z' || state === 'X') throw new Error('the process died instead of stopping');
    }
  }

  /** Sets the process's clock forward, or back. */
  async stepClock(seconds: number): Promise<void> {
    returned(await this.tell({ act: 'step clock', milliseconds: seconds * 1000 }));
  }

  /** Ends the process as programs end: nothing is left to do. */
  async end(): Promise<End> {
    returned(await this.tell({ act: 'end' }));
    return this.ended;
  }

  /** Ends the process whatever it does. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  get isAlive(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }
}

/** What a call returned; throws what it threw. */
export function returned({ value, error }: Answer, method = ''): unknown {
  if (error !== undefined) throw new CallError(error.name, `${method}: ${error.message}`);
  return value;
}

function isStop(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'stopped' in message;
}

function isAnswer(message: unknown): message is Answer {
  return typeof message === 'object' && message !== null && 'took' in message;
}
