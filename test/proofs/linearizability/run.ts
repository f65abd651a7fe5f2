/**
 * Running a scene: starting its clients, killing and stopping some, and reading what they recorded.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../disk/programs/random.ts';
import { findViolation } from './checker.ts';
import type { CastArguments, ClientArguments } from './client.ts';
import { formatExcerpt, shortest } from './explain.ts';
import type { Operation } from './history.ts';
import { now, readJournal } from './journal.ts';
import type { Crew, Scene } from './workload.ts';

/** A process takes this long to start, or less; in less time than this none is started in a killed one's place. */
const START_MS = 250;
/** The longest that a process may take to end once its time is over. */
const GRACE_MS = 30_000;
/** The longest between two kills, and two stops, of a crew. */
const KILL_EVERY_MS = 120;
const PAUSE_EVERY_MS = 12;
const PAUSE_MS = 8;
const LOOK_EVERY_MS = 5;

/** What came of a run. */
export interface Findings {
  readonly operations: number;
  readonly kills: number;
  /** What went wrong, for people to read; nothing if all is well. */
  readonly wrong: readonly string[];
}

/** A process of clients, running or ended. */
interface Member {
  readonly process: ChildProcess;
  readonly clients: readonly ClientArguments[];
  /** The time at which it had ended. */
  death: number;
  killed: boolean;
}

/** Runs a scene in a fresh folder and checks what was recorded. */
export async function runScene(scene: Scene, bundle: string, folder: string, seed: number): Promise<Findings> {
  const stage = new Stage(scene, bundle, folder, seed);
  await stage.play();
  const history = stage.history();
  const rules = { lossy: scene.lossy ?? false };
  const wrong = [...stage.faults];
  const violation = findViolation(history, rules);
  if (violation !== undefined) wrong.push(formatExcerpt(shortest(violation, rules), violation.key));
  return { operations: history.length, kills: stage.kills, wrong };
}

class Stage {
  readonly faults: string[] = [];
  kills = 0;
  readonly #scene: Scene;
  readonly #bundle: string;
  readonly #folder: string;
  readonly #random: () => number;
  readonly #members: Member[] = [];
  readonly #until: number;
  #clients = 0;

  constructor(scene: Scene, bundle: string, folder: string, seed: number) {
    this.#scene = scene;
    this.#bundle = bundle;
    this.#folder = folder;
    this.#random = seededRandom(seed);
    this.#until = 'milliseconds' in scene.length ? now() + (START_MS + scene.length.milliseconds) * 1e6 : 0;
    mkdirSync(this.#cacheRoot, { recursive: true });
  }

  get #cacheRoot(): string {
    return join(this.#folder, 'cache');
  }

  get #millisecondsLeft(): number {
    return Math.max(0, this.#until - now()) / 1e6;
  }

  async play(): Promise<void> {
    const { crews, length } = this.#scene;
    if ('operations' in length) {
      const cast = crews.flatMap((crew) => Array.from({ length: crew.clients }, () => this.#client(crew, length)));
      await this.#ended(this.#start({ cast, turns: this.#seed() }));
      return;
    }
    await Promise.all(crews.flatMap((crew) => Array.from({ length: crew.clients }, () => this.#employ(crew))));
  }

  #seed(): number {
    return Math.floor(this.#random() * 2 ** 31);
  }

  #client({ workload, killed = false }: Crew, length: Partial<ClientArguments>): ClientArguments {
    const client = this.#clients++;
    return {
      cacheRoot: this.#cacheRoot,
      client,
      journal: join(this.#folder, `client-${client}`),
      seed: this.#seed(),
      workload,
      mortal: killed,
      ...length,
    };
  }

  #start(args: CastArguments): Member {
    const started = spawn(process.execPath, [this.#bundle, JSON.stringify(args)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    started.stderr.on('data', (text) => this.faults.push(String(text)));
    const member = { process: started, clients: args.cast, death: Number.POSITIVE_INFINITY, killed: false };
    this.#members.push(member);
    return member;
  }

  /** Waits for a process to end, and looks whether it did so well. */
  async #ended(member: Member): Promise<void> {
    const overdue = setTimeout(() => {
      this.faults.push('a process did not end');
      member.process.kill('SIGKILL');
    }, this.#millisecondsLeft + GRACE_MS);
    await new Promise<void>((resolve) => member.process.once('exit', () => resolve()));
    clearTimeout(overdue);
    member.death = now();
    const { exitCode } = member.process;
    if (!member.killed && exitCode !== 0) this.faults.push(`a process ended with ${exitCode}`);
  }

  /** Keeps one process of a crew running until time is over. */
  async #employ(crew: Crew): Promise<void> {
    do {
      const { threads = 1 } = crew;
      const cast = Array.from({ length: threads }, () => this.#client(crew, { until: this.#until }));
      const member = this.#start({ cast });
      const disturbing = new AbortController();
      const disturbances = [
        crew.killed ? this.#kill(member, disturbing.signal) : undefined,
        crew.paused ? this.#pause(member, disturbing.signal) : undefined,
      ];
      await this.#ended(member);
      disturbing.abort();
      await Promise.all(disturbances);
    } while (crew.killed && this.#millisecondsLeft > START_MS);
  }

  /** Whoever is struck before it has begun leaves nothing to be checked. */
  async #atWork({ clients }: Member, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !clients.every(({ journal }) => existsSync(journal))) await pause(LOOK_EVERY_MS, signal);
  }

  async #kill(member: Member, signal: AbortSignal): Promise<void> {
    await this.#atWork(member, signal);
    await pause(this.#random() * KILL_EVERY_MS, signal);
    if (signal.aborted || this.#millisecondsLeft < START_MS) return;
    member.killed = true;
    this.kills++;
    member.process.kill('SIGKILL');
  }

  async #pause(member: Member, signal: AbortSignal): Promise<void> {
    await this.#atWork(member, signal);
    while (!signal.aborted && this.#millisecondsLeft > START_MS) {
      await pause(this.#random() * PAUSE_EVERY_MS, signal);
      member.process.kill('SIGSTOP');
      await pause(this.#random() * PAUSE_MS, signal);
      member.process.kill('SIGCONT');
    }
  }

  history(): Operation[] {
    const history: Operation[] = [];
    for (const { clients, death } of this.#members) {
      for (const { client, journal } of clients) {
        if (existsSync(journal)) history.push(...readJournal(journal, client, death));
        if (existsSync(`${journal}.death`)) this.kills++;
        if (existsSync(`${journal}.faults`)) this.faults.push(readFileSync(`${journal}.faults`, 'utf8'));
      }
    }
    return history;
  }
}

/** Waits, unless there is nothing to wait for any more. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(finish, milliseconds);
    function finish(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    }
    signal.addEventListener('abort', finish);
  });
}
