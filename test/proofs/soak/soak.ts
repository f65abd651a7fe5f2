/**
 * Processes that use one tag in every way and die in every way, for as long as wanted, and the audit when all have
 * stopped.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Ledger } from '../../disk/programs/ledger.ts';
import { seededRandom } from '../../disk/programs/random.ts';
import { bundleWithout } from '../rules/bundle-without.ts';
import type { RuleName } from '../rules/rules.ts';
import { type DiskUse, measureDiskUse } from './disk-use.ts';
import { healthFaults } from './health.ts';
import { Latencies, type Latency, NEVER_WAIT, type Operation } from './latencies.ts';
import {
  type AuditPlan,
  type AuditReport,
  type Fate,
  type Ground,
  isAuditReport,
  isFaultMessage,
  isProcessReport,
  MEMORY_BYTES,
  OVERHEAD_BYTES,
  type ProcessPlan,
  type ProcessReport,
} from './plan.ts';
import { LEDGERS } from './promises.ts';
import { LATENCIES as LATENCY_FILE, PROGRESS } from './walker.ts';

/** What a soak is to be. */
export interface SoakOptions {
  /** How long, in seconds. */
  readonly seconds: number;
  /** Ends it when so many operations are done. */
  readonly operations?: number | undefined;
  readonly processes: number;
  readonly keys: number;
  readonly maxSizeBytes: number;
  /** Length of the longest value. */
  readonly longest: number;
  readonly seed: number;
  /** Whether processes and threads are struck down, and the index is lost. */
  readonly deaths: boolean;
  /** Ends it when so many processes have ended. */
  readonly ends?: number | undefined;
  /**
   * Whether calls that span entries are made: cleanup, clear, check.
   * @default true
   */
  readonly upkeep?: boolean | undefined;
  /** How long a process that is struck down lives at the most, in seconds. */
  readonly life?: number | undefined;
  /** Where to make the folder of the soak. */
  readonly root?: string | undefined;
  /** A rule that the engine is to do without. */
  readonly without?: RuleName | undefined;
  readonly onProgress?: ((progress: SoakProgress) => void) | undefined;
}

/** How far it is. */
export interface SoakProgress {
  readonly seconds: number;
  readonly operations: number;
  readonly deaths: number;
  readonly use: DiskUse;
  readonly faults: number;
}

/** What a soak came to. */
export interface SoakReport {
  readonly faults: readonly string[];
  readonly seconds: number;
  readonly operations: number;
  /** How many processes came to which end. */
  readonly ends: Readonly<Record<string, number>>;
  readonly latencies: Readonly<Record<Operation, Latency>>;
  /** The most that was seen at once while all were at work. */
  readonly peaks: { readonly liveBytes: number; readonly indexBytes: number; readonly dead: number };
  readonly survivors: readonly ProcessReport[];
  readonly audit: AuditReport | undefined;
}

const SEATS_PER_PROCESS = 3;
const POLL_MS = 200;
const PROGRESS_MS = 3000;
/** A seat that does nothing for longer than any wait and any work may take, on a machine that is busy, hangs. */
const HANGING_MS = 180_000;
/** A lock whose holder was killed becomes stale after 5 s: what takes less has not waited for one. In milliseconds. */
const NO_WAIT_MS = 4800;
const MAX_FAULTS = 50;
const DEFAULT_LIFE = 2.5;
/** About as many as a process makes. */
const CALLS_PER_SECOND = 20_000;

/** Runs a soak. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const folder = mkdtempSync(join(realpathSync(options.root ?? tmpdir()), 'glovebox-cache-soak-'));
  const soak = new Soak(options, folder);
  try {
    return await soak.run();
  } finally {
    await soak.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Soak {
  readonly #options: SoakOptions;
  readonly #ground: Ground;
  readonly #random: () => number;
  readonly #faults: string[] = [];
  readonly #ends: Record<string, number> = {};
  readonly #running = new Map<ChildProcess, { readonly plan: ProcessPlan; readonly ended: Promise<void> }>();
  readonly #survivors: ProcessReport[] = [];
  readonly #peaks = { liveBytes: 0, indexBytes: 0, dead: 0 };
  readonly #progress: Ledger;
  #stopping = false;

  constructor(options: SoakOptions, folder: string) {
    const { keys, maxSizeBytes, longest, deaths, processes, upkeep = true } = options;
    this.#options = options;
    this.#random = seededRandom(options.seed);
    const cacheRoot = join(folder, 'cache');
    const ledgers = join(folder, 'ledgers');
    for (const made of [cacheRoot, ledgers]) mkdirSync(made);
    for (const name of [...LEDGERS, PROGRESS, LATENCY_FILE]) writeFileSync(join(ledgers, name), '');
    const roomy = maxSizeBytes >= keys * (longest + OVERHEAD_BYTES);
    const seats = processes * SEATS_PER_PROCESS;
    const start = Date.now();
    this.#ground = { cacheRoot, folder: ledgers, start, keys, seats, maxSizeBytes, longest, deaths, upkeep, roomy };
    this.#progress = new Ledger(join(ledgers, PROGRESS));
  }

  async run(): Promise<SoakReport> {
    const {
      without,
      seconds,
      operations: enough = Number.POSITIVE_INFINITY,
      ends = Number.POSITIVE_INFINITY,
    } = this.#options;
    const program = await bundleWithout(without, new URL('./program.ts', import.meta.url));
    const began = performance.now();
    const elapsed = () => (performance.now() - began) / 1000;
    for (let number = 0; number < this.#options.processes; number++) this.#start(program, number);
    await this.#watch(elapsed, () => elapsed() >= seconds || this.#operations() >= enough || this.#ended() >= ends);
    await this.#stop();
    const took = elapsed();
    const audit = await this.#audit(await bundleWithout(without, new URL('./audit.ts', import.meta.url)));
    const latencies = this.#readLatencies();
    this.#judge();
    const operations = this.#operations();
    this.#progress.close();
    return {
      faults: this.#faults,
      seconds: took,
      operations,
      ends: this.#ends,
      latencies,
      peaks: this.#peaks,
      survivors: this.#survivors,
      audit,
    };
  }

  /** Strikes down whatever is still running. */
  async end(): Promise<void> {
    this.#stopping = true;
    const all = [...this.#running];
    for (const [child] of all) child.kill('SIGKILL');
    await Promise.all(all.map(([, { ended }]) => ended));
  }

  /** The first process stays throughout, so that growth shows; the others die and are started again. */
  #start(program: string, number: number): void {
    const first = number * SEATS_PER_PROCESS;
    const plan: ProcessPlan = {
      ground: this.#ground,
      seats: [first, first + 1, first + 2],
      seed: Math.floor(this.#random() * 2 ** 31),
      fate: number === 0 || !this.#options.deaths ? { end: 'stays' } : this.#pickFate(),
    };
    const child = fork(program, [JSON.stringify(plan)], {
      execArgv: ['--expose-gc'],
      cwd: this.#ground.folder,
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    let complaint = '';
    child.stderr?.on('data', (text) => {
      complaint += String(text);
    });
    child.on('message', (message) => {
      if (isFaultMessage(message)) this.#fault(message.fault);
      else if (isProcessReport(message) && plan.fate.end === 'stays') this.#survivors.push(message);
    });
    const ended = new Promise<void>((resolve) => {
      child.once('exit', (code, signal) => {
        this.#running.delete(child);
        const end = `${signal ?? `code ${code}`}`;
        this.#ends[end] = (this.#ends[end] ?? 0) + 1;
        if (!isExpected(plan.fate, code, signal))
          this.#fault(`a process that ${plan.fate.end} ended with ${end}: ${complaint}`);
        if (!this.#stopping) this.#start(program, number);
        resolve();
      });
    });
    this.#running.set(child, { plan, ended });
    if (plan.fate.end === 'killed') setTimeout(() => child.kill('SIGKILL'), plan.fate.after).unref();
  }

  #pickFate(): Fate {
    const { life = DEFAULT_LIFE } = this.#options;
    const after = 20 + this.#random() ** 2 * life * 1000;
    const call = Math.ceil((life * CALLS_PER_SECOND) ** this.#random());
    const choice = Math.floor(this.#random() * 6);
    if (choice === 0) return { end: 'leaves', after };
    if (choice === 1) return { end: 'killed', after };
    if (choice === 2) return { end: 'exits', after };
    return { end: 'dies', how: choice === 3 ? 'exit' : choice === 4 ? 'abort' : 'SIGKILL', call };
  }

  async #watch(elapsed: () => number, isOver: () => boolean): Promise<void> {
    const seen = new Map<number, { count: number; at: number }>();
    let reported = 0;
    while (!isOver() && this.#faults.length < MAX_FAULTS) {
      await delay(POLL_MS);
      this.#findHanging(seen);
      const use = measureDiskUse({ cacheRoot: this.#ground.cacheRoot, tag: 'default' });
      for (const name of ['liveBytes', 'indexBytes', 'dead'] as const) {
        this.#peaks[name] = Math.max(this.#peaks[name], use[name]);
      }
      if (elapsed() * 1000 < reported + PROGRESS_MS) continue;
      reported = elapsed() * 1000;
      this.#options.onProgress?.({
        seconds: elapsed(),
        operations: this.#operations(),
        deaths: this.#ended(),
        use,
        faults: this.#faults.length,
      });
    }
  }

  /** A seat that has not come on for a minute keeps its process from ever ending. */
  #findHanging(seen: Map<number, { count: number; at: number }>): void {
    const now = performance.now();
    for (const { plan } of this.#running.values()) {
      for (const seat of plan.seats) {
        const count = this.#progress.read(seat).done;
        const last = seen.get(seat);
        if (last === undefined || last.count !== count) seen.set(seat, { count, at: now });
        else if (now - last.at > HANGING_MS) {
          this.#fault(`seat ${seat} has hung for ${Math.round(now - last.at)} ms after ${count} operations`);
          seen.set(seat, { count, at: now });
        }
      }
    }
  }

  async #stop(): Promise<void> {
    this.#stopping = true;
    const all = [...this.#running];
    for (const [child] of all) if (child.connected) child.send('stop', () => {});
    const timer = setTimeout(() => {
      for (const [child, { plan }] of this.#running) {
        this.#fault(`a process that ${plan.fate.end} did not stop`);
        child.kill('SIGKILL');
      }
    }, HANGING_MS);
    await Promise.all(all.map(([, { ended }]) => ended));
    clearTimeout(timer);
  }

  async #audit(program: string): Promise<AuditReport | undefined> {
    const copy = join(this.#ground.folder, 'copy');
    mkdirSync(copy);
    const plan: AuditPlan = { ground: this.#ground, copy };
    const child = fork(program, [JSON.stringify(plan)]);
    let report: AuditReport | undefined;
    child.on('message', (message) => {
      if (isAuditReport(message)) report = message;
    });
    await new Promise((resolve) => child.once('exit', resolve));
    if (report === undefined) this.#fault('the audit failed');
    else for (const fault of report.faults) this.#fault(fault);
    return report;
  }

  #readLatencies(): Record<Operation, Latency> {
    const latencies = new Latencies(join(this.#ground.folder, LATENCY_FILE));
    const read = (operation: Operation) => latencies.read(this.#ground.seats, operation);
    const all = {
      get: read('get'),
      set: read('set'),
      delete: read('delete'),
      exists: read('exists'),
      metadata: read('metadata'),
      cleanup: read('cleanup'),
      clear: read('clear'),
      keys: read('keys'),
      stats: read('stats'),
      lock: read('lock'),
      check: read('check'),
    };
    latencies.close();
    for (const name of NEVER_WAIT) {
      if (all[name].worst > NO_WAIT_MS) this.#fault(`one ${name} took ${all[name].worst} ms`);
    }
    return all;
  }

  #judge(): void {
    for (const { health, left, more } of this.#survivors) {
      if (left.length > 0) this.#fault(`closed, a survivor had open ${left.slice(0, 5).join(', ')}`);
      if (more > 0) this.#fault(`closed, a survivor had ${more} more descriptors than before`);
      for (const fault of healthFaults(health, MEMORY_BYTES)) this.#fault(fault);
    }
    if (this.#survivors.length === 0) this.#fault('nobody survived');
  }

  #ended(): number {
    return Object.values(this.#ends).reduce((sum, count) => sum + count, 0);
  }

  #operations(): number {
    let sum = 0;
    for (let seat = 0; seat < this.#ground.seats; seat++) sum += this.#progress.read(seat).done;
    return sum;
  }

  #fault(fault: string): void {
    this.#faults.push(fault);
  }
}

function isExpected(fate: Fate, code: number | null, signal: NodeJS.Signals | null): boolean {
  if (code === 0) return true;
  if (fate.end === 'killed') return signal === 'SIGKILL';
  return fate.end === 'dies' && (signal === 'SIGKILL' || signal === 'SIGABRT');
}
