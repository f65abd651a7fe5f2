/**
 * A process that does with caches what it is told, one thing at a time, and can be stopped at any of its system calls.
 */

import { stepClock, stopClock } from './clock.ts';
import { arm, disarm } from './gate.ts';

// What follows uses both.

import { setTimeout as delay } from 'node:timers/promises';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import type { DiskCacheOptions } from '../../../src/disk/options.ts';
import { hangUp, report } from '../../support/program-side.ts';
import type { Fate, Moment } from './moments.ts';

/** What an actor can be told. */
export type Command =
  | { readonly act: 'open'; readonly cache: string; readonly options: DiskCacheOptions }
  | { readonly act: 'call'; readonly cache: string; readonly method: string; readonly args: readonly unknown[] }
  /** Takes a key's lock and keeps it. */
  | { readonly act: 'hold'; readonly cache: string; readonly key: string }
  | { readonly act: 'let go' }
  | { readonly act: 'meet'; readonly moments: readonly Moment[]; readonly fate: Fate }
  /** What was to be met is not to be met any more. */
  | { readonly act: 'pass' }
  /** Does all of these, one after the other; answers with what each returned, or threw. */
  | { readonly act: 'all'; readonly commands: readonly Command[] }
  /** Sets the process's clock forward by so many milliseconds, or back. */
  | { readonly act: 'step clock'; readonly milliseconds: number }
  /** Makes the process's clock stand still, or go again. */
  | { readonly act: 'stop clock'; readonly at?: number }
  /** Does nothing for so many milliseconds, while timers go off. */
  | { readonly act: 'pause'; readonly milliseconds: number }
  /** Closes all caches and ends. */
  | { readonly act: 'end' };

/** What came of it. */
export interface Answer {
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
  /** How long it took, in milliseconds. */
  readonly took: number;
}

// Which shards are swept along with a compaction is not left to chance: the first ones.
Math.random = () => 0;

const caches = new Map<string, DiskCacheManager>();
let letGo = () => {};
let held: Promise<unknown> = Promise.resolve();

function cacheOf(name: string): DiskCacheManager {
  const cache = caches.get(name);
  if (cache === undefined) throw new Error(`no cache was opened as ${name}`);
  return cache;
}

function hold(cache: DiskCacheManager, key: string): Promise<void> {
  return new Promise((resolve, reject) => {
    held = cache.withLock(key, () => {
      resolve();
      return new Promise<void>((release) => {
        letGo = release;
      });
    });
    held.catch(reject);
  });
}

async function carryOut(command: Command): Promise<unknown> {
  switch (command.act) {
    case 'open':
      caches.get(command.cache)?.closeSync();
      caches.set(command.cache, new DiskCacheManager(command.options));
      return undefined;
    case 'call': {
      const cache = cacheOf(command.cache);
      const method: unknown = Reflect.get(cache, command.method);
      if (typeof method !== 'function') throw new Error(`a cache has no ${command.method}`);
      return Reflect.apply(method, cache, command.args);
    }
    case 'hold':
      return hold(cacheOf(command.cache), command.key);
    case 'let go':
      letGo();
      return held;
    case 'meet':
      arm(command.moments, command.fate);
      return undefined;
    case 'pass':
      disarm();
      return undefined;
    case 'all': {
      const results: unknown[] = [];
      for (const each of command.commands) {
        // What is undefined would be null on its way through a list.
        results.push({ value: await carryOut(each).catch(String) });
      }
      return results;
    }
    case 'step clock':
      stepClock(command.milliseconds);
      return undefined;
    case 'stop clock':
      stopClock(command.at);
      return undefined;
    case 'pause':
      return delay(command.milliseconds);
    case 'end':
      for (const cache of caches.values()) cache.closeSync();
      return undefined;
  }
}

function isCommand(message: unknown): message is Command {
  return typeof message === 'object' && message !== null && 'act' in message;
}

process.on('message', async (message) => {
  if (!isCommand(message)) throw new Error('that is no command');
  const began = performance.now();
  const took = () => performance.now() - began;
  try {
    const value = await carryOut(message);
    report({ value, took: took() } satisfies Answer);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    report({ error: { name: error.name, message: error.message }, took: took() } satisfies Answer);
  }
  if (message.act === 'end') hangUp();
});
