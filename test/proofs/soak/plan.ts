/**
 * What the processes of a soak are told, and what they answer.
 */

import type { DiskUse } from './disk-use.ts';

/** How a process comes to its end. */
export type Fate =
  /** Works until it is told to stop. */
  | { readonly end: 'stays' }
  /** Closes its cache and leaves after so many milliseconds. */
  | { readonly end: 'leaves'; readonly after: number }
  /** Is struck by the parent after so many milliseconds, whatever it is doing. */
  | { readonly end: 'killed'; readonly after: number }
  /** Calls `process.exit` after so many milliseconds, while asynchronous calls are under way. */
  | { readonly end: 'exits'; readonly after: number }
  /** Ends itself between two system calls of the cache: at the one with this number. */
  | { readonly end: 'dies'; readonly how: 'exit' | 'abort' | 'SIGKILL'; readonly call: number };

/** What all processes of a soak have in common. */
export interface Ground {
  readonly cacheRoot: string;
  /** The folder of the ledgers. */
  readonly folder: string;
  /** When the soak began, in milliseconds since the epoch. */
  readonly start: number;
  readonly keys: number;
  readonly seats: number;
  readonly maxSizeBytes: number;
  /** Length of the longest value. */
  readonly longest: number;
  /** Whether processes and threads are struck down, and the index is lost. */
  readonly deaths: boolean;
  /** Whether calls that span entries are made: cleanup, clear, check. */
  readonly upkeep: boolean;
  /** Whether all values fit, so that none may be evicted and a miss is a loss. */
  readonly roomy: boolean;
}

/** One process: a cache that two seats share, and a thread with a cache of its own. */
export interface ProcessPlan {
  readonly ground: Ground;
  readonly seats: readonly [first: number, second: number, thread: number];
  readonly seed: number;
  readonly fate: Fate;
}

/** The thread of a process. */
export interface ThreadPlan {
  readonly ground: Ground;
  readonly seat: number;
  readonly seed: number;
}

/** Resources that a process holds, at one moment. */
export interface Health {
  /** Descriptors of files of the cache. */
  readonly descriptors: number;
  /** Memory in use after garbage was collected, in bytes: objects and buffers. */
  readonly heap: number;
  readonly resident: number;
}

/** What a process tells when it has stopped. */
export interface ProcessReport {
  readonly kind: 'stopped';
  readonly health: readonly Health[];
  /** Descriptors of the cache's files that were open when the cache was closed. */
  readonly left: readonly string[];
  /** Descriptors of any kind that there are more than before the cache was opened. */
  readonly more: number;
  /** Threads that were terminated in the middle of their work. */
  readonly terminated: number;
}

/** What is audited when all have stopped. */
export interface AuditPlan {
  readonly ground: Ground;
  /** An empty folder for a copy of the cache, to repair that. */
  readonly copy: string;
}

/** What the audit found. */
export interface AuditReport {
  readonly kind: 'audited';
  readonly faults: readonly string[];
  /** What killed processes have left, by kind. */
  readonly leftovers: Readonly<Record<string, number>>;
  /** The files before anything was tidied, and after. */
  readonly before: DiskUse;
  readonly after: DiskUse;
}

/** A fault that a process has seen, told at once: it may not live to tell it later. */
export interface FaultMessage {
  readonly kind: 'fault';
  readonly fault: string;
}

export function isFaultMessage(message: unknown): message is FaultMessage {
  return typeof message === 'object' && message !== null && Reflect.get(message, 'kind') === 'fault';
}

export function isAuditReport(message: unknown): message is AuditReport {
  return typeof message === 'object' && message !== null && Reflect.get(message, 'kind') === 'audited';
}

export function isProcessReport(message: unknown): message is ProcessReport {
  return typeof message === 'object' && message !== null && Reflect.get(message, 'kind') === 'stopped';
}

/** What entry file and sidecar take beyond the value, at most, in bytes. */
export const OVERHEAD_BYTES = 12 * 1024;

/** What each instance may keep in memory, in bytes: little, so that it is full soon and growth beyond it shows. */
export const MEMORY_BYTES = 2 * 2 ** 20;

/** A fifth of the keys is everybody's to write; of the others each has one writer. */
const SHARED_EVERY = 5;

/** The only seat that writes a key, or `undefined` for one that all write. */
export function ownerOf(key: number, { seats }: Ground): number | undefined {
  return key % SHARED_EVERY === 0 ? undefined : key % seats;
}

/** The nearest key below or above that a seat may write. */
export function writableNear(key: number, seat: number, ground: Ground): number {
  if (ownerOf(key, ground) === undefined) return key;
  const own = key - (key % ground.seats) + seat;
  return own < ground.keys ? own : seat;
}

/** The name of a key in the cache. */
export function keyName(key: number): readonly ['n', number] {
  return ['n', key];
}
