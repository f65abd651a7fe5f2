/**
 * Two operations on one key: one is stopped before each of its system calls in turn, while the other is done. If the
 * first holds the tag's lock, it loses it.
 */

import { appendFileSync, existsSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWithout } from '../rules/bundle-without.ts';
import type { RuleName } from '../rules/rules.ts';
import type { Command } from './actor.ts';
import { Actor, NeverStopped } from './actors.ts';
import { findLeaks } from './stage.ts';

/** What one small entry takes: a block for its value and one for its sidecar. */
const ENTRY_BYTES = 8192;
/** Longer than what belongs to nothing is left alone, in milliseconds. */
const TWO_HOURS = 7_200_000;

type Step = readonly [method: string, ...args: unknown[]];

interface Operation {
  readonly steps: (who: string) => readonly Step[];
  /** What the key may have afterwards, besides what others make of it; unchanged if it is not said. */
  readonly leaves?: (who: string) => readonly unknown[];
  /** How the tag must be for the operation to have something to do. */
  readonly needs?: 'litter' | 'no index';
  /** Whether all that is young looks old to it. */
  readonly isLate?: boolean;
  /** Whether its instance has room for one entry only. */
  readonly isNarrow?: boolean;
  /** Whether its instance keeps nothing in memory. */
  readonly isForgetful?: boolean;
}

/** What a process can do to a key, or to all keys. */
export const OPERATIONS = {
  set: { steps: (who) => [['setSync', 'key', who]], leaves: (who) => [who] },
  'set of a large value': {
    steps: (who) => [['set', 'key', who.padEnd(150_000)]],
    leaves: (who) => [who.padEnd(150_000)],
  },
  delete: { steps: () => [['deleteSync', 'key']], leaves: () => [undefined] },
  get: { steps: () => [['getSync', 'key']], isForgetful: true },
  evict: { steps: () => [['setSync', 'filler', 'filler']], leaves: () => [undefined], isNarrow: true },
  clear: { steps: () => [['clearSync']], leaves: () => [undefined] },
  cleanup: { steps: () => [['cleanupSync']] },
  compact: { steps: () => [['cleanupSync']], needs: 'litter' },
  rebuild: { steps: () => [['keysSync']], needs: 'no index' },
  'sweep later': { steps: () => [['cleanupSync']], isLate: true },
} as const satisfies Record<string, Operation>;

/** The name of an operation. */
export type OperationName = keyof typeof OPERATIONS;

/** What the key is at the beginning. */
export type Beginning = 'live' | 'dead' | 'unknown';

/** Two operations, and what the key is at their beginning. */
export type Case = readonly [first: OperationName, second: OperationName, beginning: Beginning];

/** What was found. */
export interface Findings {
  /** At how many system calls the first was stopped. */
  stops: number;
  /** What went wrong, in words. */
  readonly wrong: string[];
}

/** Two processes that go through pairs of operations. */
export class Pair {
  readonly #stopped: Actor;
  readonly #other: Actor;
  readonly #root: string;
  #runs = 0;

  private constructor(bundle: string) {
    this.#stopped = new Actor(bundle);
    this.#other = new Actor(bundle);
    // Thousands of small files: memory is quicker.
    this.#root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'glovebox-cache-pair-'));
  }

  static async start(rule?: RuleName): Promise<Pair> {
    return new Pair(await bundleWithout(rule, new URL('./actor.ts', import.meta.url)));
  }

  /** Stops `first` before each of its system calls while `second` is done. */
  async go(...pair: Case): Promise<Findings> {
    const findings: Findings = { stops: 0, wrong: [] };
    for (let nth = 1; ; nth++) {
      const wrong = await this.#runOvertaken(pair, nth);
      if (wrong === undefined) return findings;
      note(findings, wrong, `${pair} at ${nth}`);
    }
  }

  /**
   * Stops `first` before each of its system calls, then `second` before each of its own, lets `first` come to its end,
   * and then `second`.
   */
  async goBoth(...pair: Case): Promise<Findings> {
    const findings: Findings = { stops: 0, wrong: [] };
    for (let nth = 1; ; nth++) {
      for (let mth = 1; ; mth++) {
        const wrong = await this.#runInterleaved(pair, nth, mth);
        if (wrong === 'first has ended') return findings;
        if (wrong === 'second has ended') break;
        note(findings, wrong, `${pair} at ${nth} and ${mth}`);
      }
    }
  }

  /** @returns what went wrong; nothing if the first operation has no `nth` system call. */
  async #runOvertaken(pair: Case, nth: number): Promise<readonly string[] | undefined> {
    const { folder, tag, first, second } = await this.#begin(pair);
    const stopped = await this.#stopAt(this.#stopped, first, 'first', tag, nth);
    if (stopped === undefined) return undefined;
    loseLock(folder);
    const wrong = failures(await this.#other.tellAll(commands(second, 'second')));
    const meanwhile = await this.#other.tellAll([...this.#reopenCold(tag), ...looks]);
    wrong.push(...this.#judgeMeanwhile(meanwhile.slice(1), first, second, pair[2]));
    wrong.push(...failures(await collect(stopped.go())));
    return [...wrong, ...(await this.#judgeEnd(pair, folder, tag))];
  }

  async #runInterleaved(pair: Case, nth: number, mth: number) {
    const { folder, tag, first, second } = await this.#begin(pair);
    const one = await this.#stopAt(this.#stopped, first, 'first', tag, nth);
    if (one === undefined) return 'first has ended';
    loseLock(folder);
    const two = await this.#stopAt(this.#other, second, 'second', tag, mth);
    loseLock(folder);
    const wrong = failures(await collect(one.go()));
    if (two === undefined) return 'second has ended';
    wrong.push(...failures(await collect(two.go())));
    return [...wrong, ...(await this.#judgeEnd(pair, folder, tag))];
  }

  /** A fresh tag, of which both processes have read all there is. */
  async #begin([firstName, secondName, beginning]: Case) {
    const tag = `run${++this.#runs}`;
    const folder = join(this.#root, tag);
    const first: Operation = OPERATIONS[firstName];
    const second: Operation = OPERATIONS[secondName];
    await this.#other.tellAll([
      this.#open(tag, 'cache', second),
      ...(beginning === 'unknown' ? [] : [call('setSync', 'key', 'old')]),
      ...(beginning === 'dead' ? [call('deleteSync', 'key')] : []),
      ...warmUp,
    ]);
    await this.#stopped.tellAll([this.#open(tag, 'cache', first), ...warmUp]);
    this.#prepare(folder, first, second);
    return { folder, tag, first, second };
  }

  /** Begins an operation; nothing if it ended before its `nth` system call. */
  async #stopAt(actor: Actor, operation: Operation, who: string, tag: string, nth: number) {
    // Walking through all shards takes hundreds of calls, most of them on folders that are not there.
    const moment = { path: `/${tag}/(?!entries(/..)?$)`, when: 'before', nth } as const;
    try {
      return await actor.stopIn({ act: 'all', commands: commands(operation, who) }, moment);
    } catch (error) {
      if (!(error instanceof NeverStopped)) throw error;
      await actor.tell({ act: 'pass' });
      return undefined;
    }
  }

  /** When both are done, all agree, and nothing is left over. */
  async #judgeEnd([first, second, beginning]: Case, folder: string, tag: string): Promise<string[]> {
    const reads = [...this.#reopenCold(tag), ...looks];
    const seen = [...(await this.#stopped.tellAll(reads)).slice(1), ...(await this.#other.tellAll(reads)).slice(1)];
    return [
      ...judge('afterwards', seen, outcomes(OPERATIONS[first], OPERATIONS[second], beginning)),
      ...findLeaks(folder),
      ...(await this.#check()),
    ];
  }

  /** The second is done, so what it left holds, or what the first has made of it. */
  #judgeMeanwhile(seen: readonly unknown[], first: Operation, second: Operation, beginning: Beginning): string[] {
    const done = outcomes(nothing, second, beginning);
    const allowed = [...done, ...(first.leaves?.('first') ?? [])];
    // An eviction is not announced: until it is recorded, some still have in memory what others miss.
    const comparable = first.isNarrow ? seen.filter((value) => value !== undefined) : seen;
    return judge('meanwhile', comparable, allowed);
  }

  #open(tag: string, cache: string, { isNarrow, isForgetful }: Operation): Command {
    const limits = {
      ...(isNarrow ? { maxSizeBytes: ENTRY_BYTES } : {}),
      ...(isForgetful ? { memoryMaxBytes: 0 } : {}),
    };
    return { act: 'open', cache, options: { cacheRoot: this.#root, tag, timeout: 2, ...limits } };
  }

  #reopenCold(tag: string): Command[] {
    return [{ act: 'open', cache: 'cold', options: { cacheRoot: this.#root, tag } }];
  }

  #prepare(folder: string, ...operations: readonly Operation[]): void {
    const index = join(folder, 'index.jsonl');
    if (operations.some(({ needs }) => needs === 'no index')) rmSync(index);
    else if (operations.some(({ needs }) => needs === 'litter')) appendFileSync(index, '\nno record\n');
  }

  async #check(): Promise<string[]> {
    const [report] = await this.#other.tellAll([{ act: 'call', cache: 'cold', method: 'check', args: [] }]);
    const problems = typeof report === 'object' && report !== null && 'problems' in report ? report.problems : report;
    return Array.isArray(problems) && problems.length === 0 ? [] : [`check finds ${JSON.stringify(problems)}`];
  }

  /** Ends both processes, which must not have failed; removes their files. */
  async end(): Promise<void> {
    try {
      for (const actor of [this.#stopped, this.#other]) {
        const end = await actor.end();
        if (end.code !== 0 || end.said !== '') throw new Error(`a process ended badly: ${JSON.stringify(end)}`);
      }
    } finally {
      await Promise.all([this.#stopped.kill(), this.#other.kill()]);
      rmSync(this.#root, { recursive: true, force: true });
    }
  }
}

/** Makes the tag's lock, if somebody holds it, look as if its holder had been away for so long that it is stale. */
function loseLock(folder: string): void {
  const lock = join(folder, 'index.lock');
  const then = Date.now() / 1000 - 60;
  if (existsSync(lock)) utimesSync(lock, then, then);
}

function call(method: string, ...args: readonly unknown[]): Command {
  return { act: 'call', cache: 'cache', method, args };
}

/** All of the index is read, and the key is in memory. */
const warmUp: readonly Command[] = [call('keysSync'), call('getSync', 'key'), call('getSync', 'key')];

const looks: readonly Command[] = ['cache', 'cold', 'cache'].map((cache) => {
  return { act: 'call', cache, method: 'getSync', args: ['key'] };
});

function commands({ steps, isLate }: Operation, who: string): Command[] {
  const calls = steps(who).map(([method, ...args]) => call(method, ...args));
  if (!isLate) return calls;
  return [{ act: 'step clock', milliseconds: TWO_HOURS }, ...calls, { act: 'step clock', milliseconds: -TWO_HOURS }];
}

function note(findings: Findings, wrong: readonly string[], where: string): void {
  findings.stops++;
  for (const what of wrong) findings.wrong.push(`${where}: ${what}`);
}

const nothing: Operation = { steps: () => [] };

/** What the key may have when both are done. */
function outcomes(first: Operation, second: Operation, beginning: Beginning): unknown[] {
  const left = [first, second].flatMap(({ leaves }, position) => leaves?.(position === 0 ? 'first' : 'second') ?? []);
  // An eviction may find something else to evict.
  const mayStay = [first, second].every(({ leaves, isNarrow }) => leaves === undefined || isNarrow);
  return mayStay ? [beginning === 'live' ? 'old' : undefined, ...left] : left;
}

function judge(when: string, seen: readonly unknown[], allowed: readonly unknown[]): string[] {
  const short = (values: readonly unknown[]) => values.map((value) => String(value).trim()).join();
  if (seen.some((value) => !allowed.includes(value))) return [`${when} read ${short(seen)}, allowed ${short(allowed)}`];
  return new Set(seen).size > 1 ? [`${when} read ${short(seen)}`] : [];
}

function failures(results: readonly unknown[]): string[] {
  return results.map(String).filter((result) => /Error:/.test(result));
}

async function collect(results: Promise<unknown>): Promise<unknown[]> {
  const list = await results;
  return Array.isArray(list) ? list.map((result: object) => ('value' in result ? result.value : undefined)) : [list];
}
