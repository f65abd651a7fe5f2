/**
 * A process of the soak: a cache that two seats share, a thread with a third, other instances that come and go, and an
 * end of its own kind. Its threads run this same file.
 */

import { isMainThread, Worker } from 'node:worker_threads';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { seededRandom } from '../../disk/programs/random.ts';
import { instruction, programArguments, report } from '../../support/program-side.ts';
import { countOpenFiles, openFilesUnder, takeHealth } from './health.ts';
import { type FaultMessage, isFaultMessage, keyName, MEMORY_BYTES, type ProcessPlan, type ThreadPlan } from './plan.ts';
import { endAt } from './sudden-end.ts';
import { Walker } from './walker.ts';

const HEALTH_INTERVAL_MS = 400;
/** How long a thread works before it is terminated, at most, in milliseconds. */
const THREAD_LIFE_MS = 2500;
const SETTLING_TURNS = 10;

function openCache({ cacheRoot, maxSizeBytes }: ProcessPlan['ground']): DiskCacheManager {
  return new DiskCacheManager({ cacheRoot, maxSizeBytes, memoryMaxBytes: MEMORY_BYTES });
}

function fault(text: string): void {
  report({ kind: 'fault', fault: text } satisfies FaultMessage);
}

/** The thread of a process, started again whenever it was terminated. */
class Companion {
  readonly #plan: ThreadPlan;
  readonly #random: () => number;
  /** Whether it is struck down now and then; else it works until it is told to stop. */
  readonly #isMortal: boolean;
  #thread: Worker | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;
  terminated = 0;

  constructor(plan: ThreadPlan, isMortal: boolean) {
    this.#plan = plan;
    this.#isMortal = isMortal;
    this.#random = seededRandom(plan.seed);
  }

  start(): void {
    const seed = Math.floor(this.#random() * 2 ** 31);
    const thread = new Worker(process.argv[1] ?? '', { workerData: { ...this.#plan, seed }, execArgv: [] });
    this.#thread = thread;
    thread.on('message', (message) => {
      if (isFaultMessage(message)) report(message);
    });
    thread.on('error', (error) => fault(`a thread failed: ${error.stack ?? error.message}`));
    this.#ended = new Promise((resolve) => thread.once('exit', resolve));
    if (this.#isMortal) this.#timer = setTimeout(() => void this.#strike(), this.#random() * THREAD_LIFE_MS);
  }

  async #strike(): Promise<void> {
    await this.#thread?.terminate();
    this.terminated++;
    if (!this.#stopping) this.start();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    this.#thread?.postMessage('stop');
    await this.#ended;
  }
}

async function runThread({ ground, seat, seed }: ThreadPlan): Promise<void> {
  const cache = openCache(ground);
  const walker = new Walker(cache, { ground, seat, seed, mayBlock: true, clears: false, fault });
  void instruction().then(() => walker.stop());
  await walker.run();
  cache.closeSync();
  process.exit();
}

/** Opens one more instance, uses it and closes it, or forgets it. */
function visit({ ground }: ProcessPlan, key: number, closes: boolean): void {
  const cache = openCache(ground);
  cache.getSync(keyName(key));
  if (closes) cache.closeSync();
}

async function runProcess(plan: ProcessPlan): Promise<void> {
  const { ground, seats, seed, fate } = plan;
  const random = seededRandom(seed);
  const before = countOpenFiles();
  const health = [takeHealth(ground.cacheRoot)];
  const cache = openCache(ground);
  const stays = fate.end === 'stays';
  const clears = stays && seats[0] === 0;
  const walkers = [seats[0], seats[1]].map(
    (seat, lane) =>
      new Walker(cache, { ground, seat, seed: seed + lane, mayBlock: false, clears: clears && lane === 0, fault }),
  );
  const companion = new Companion({ ground, seat: seats[2], seed: seed + 2 }, stays && ground.deaths);
  companion.start();
  const watch = setInterval(() => {
    if (!stays) return;
    for (const closes of [true, false]) visit(plan, Math.floor(random() * ground.keys), closes);
    health.push(takeHealth(ground.cacheRoot));
  }, HEALTH_INTERVAL_MS);
  const stop = () => {
    for (const walker of walkers) walker.stop();
  };
  void instruction().then(stop);
  // Nobody is left to tell it to.
  process.once('disconnect', () => process.exit());
  if (fate.end === 'leaves') setTimeout(stop, fate.after);
  if (fate.end === 'exits') setTimeout(() => process.exit(), fate.after);
  if (fate.end === 'dies') endAt(fate.call, () => die(fate.how));

  await Promise.all(walkers.map((walker) => walker.run()));
  clearInterval(watch);
  await companion.stop();
  cache.closeSync();
  await settle();
  const left = openFilesUnder(ground.cacheRoot);
  report({ kind: 'stopped', health, left, more: countOpenFiles() - before, terminated: companion.terminated });
  process.disconnect();
}

/** Lets forgotten instances be collected, and their descriptors with them. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLING_TURNS; turn++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function die(how: 'exit' | 'abort' | 'SIGKILL'): void {
  if (how === 'exit') process.exit();
  else if (how === 'abort') process.abort();
  else process.kill(process.pid, 'SIGKILL');
}

function isProcessPlan(args: unknown): args is ProcessPlan {
  return typeof args === 'object' && args !== null && 'seats' in args && 'fate' in args;
}

function isThreadPlan(args: unknown): args is ThreadPlan {
  return typeof args === 'object' && args !== null && 'seat' in args && 'ground' in args;
}

const args = programArguments();
if (isMainThread && isProcessPlan(args)) void runProcess(args);
else if (!isMainThread && isThreadPlan(args)) void runThread(args);
else throw new Error('the plan of a process or thread is missing');
