/**
 * Holders that lose their lock without knowing: stopped, or with an event loop that is blocked, for longer than a lock
 * is taken to be held. These tests wait for that time to pass, all at once.
 */

import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Command } from '../races/actor.ts';
import type { RemoteCache } from '../races/actors.ts';
import { type Fate, MOMENTS, type Moment } from '../races/moments.ts';
import { onStage, type Stage } from '../races/stage.ts';

/** A lock is stale after 5 s, and the first one of a process is dated up to a second ahead. */
const LOST_AFTER = 6_500;
/** How long a waiter may take to notice, on a busy machine, in milliseconds. */
const LONGEST_WAIT = 15_000;

const KEYS = ['a', 'b', 'c'];

async function fill(cache: RemoteCache, value: string): Promise<void> {
  for (const key of KEYS) await cache.call('setSync', key, value);
}

interface Case {
  readonly method: string;
  readonly moment: Moment;
  readonly fate: Fate;
  /** Makes work for it. */
  readonly prepare?: (stage: Stage) => void;
}

const STOPPED: Fate = { kind: 'stopped' };
const BLOCKED: Fate = { kind: 'blocked', milliseconds: LOST_AFTER + 1_500 };

const CASES: Readonly<Record<string, Case>> = {
  'stopped in a compaction': {
    method: 'cleanup',
    moment: MOMENTS.beforeNewIndex,
    fate: STOPPED,
    prepare: (stage) => stage.litter(),
  },
  'stopped while it clears': { method: 'clear', moment: MOMENTS.beforeKill, fate: STOPPED },
  'whose event loop is blocked while it clears': { method: 'clear', moment: MOMENTS.beforeKill, fate: BLOCKED },
  'whose event loop is blocked in a rebuild': {
    method: 'keys',
    moment: MOMENTS.beforeDone,
    fate: BLOCKED,
    prepare: (stage) => rmSync(stage.index),
  },
};

it.concurrent.each(Object.entries(CASES))('a holder %s loses its lock and nothing else', (_, each) => {
  const { method, moment, fate, prepare } = each;
  return onStage(undefined, async (stage) => {
    const [holder, waiter, other] = [await stage.hot(), await stage.hot(), await stage.hot()];
    await fill(other, 'old');
    prepare?.(stage);
    const command: Command = { act: 'call', cache: holder.name, method, args: [] };
    const holding = await holder.actor.stopIn(command, moment, fate);
    await fill(other, 'new');
    const { took, error } = await waiter.actor.tell({ act: 'call', cache: waiter.name, method: 'cleanup', args: [] });
    expect(error).toBeUndefined();
    expect(took).toBeLessThan(LONGEST_WAIT);
    await holding.go();
    await fill(other, 'newest');
    const caches = [holder, waiter, other, await stage.observer()];
    for (const key of KEYS) expect(await stage.look(caches, key, ['newest'])).toEqual([]);
    expect(await stage.lookAround(caches)).toEqual([]);
  });
});

it.concurrent('a holder of a key that is stopped is overtaken, and gives back what is not its own to nobody', () => {
  return onStage(undefined, async (stage) => {
    const [holder, waiter] = [await stage.hot(), await stage.cold({ timeout: LONGEST_WAIT / 1000 })];
    expect(await holder.actor.tell({ act: 'hold', cache: holder.name, key: 'key' })).not.toHaveProperty('error');
    holder.actor.process.kill('SIGSTOP');
    const { took, error } = await waiter.actor.tell({ act: 'hold', cache: waiter.name, key: 'key' });
    expect(error).toBeUndefined();
    expect(took).toBeLessThan(LONGEST_WAIT);
    holder.actor.process.kill('SIGCONT');
    await holder.actor.tell({ act: 'let go' });
    // The waiter still has it, so a third has to wait.
    const third = await stage.cold({ timeout: 0.3 });
    const refused = await third.actor.tell({ act: 'hold', cache: third.name, key: 'key' });
    expect(refused.error?.name).toBe('CacheTimeoutError');
    await waiter.actor.tell({ act: 'let go' });
    expect(await third.actor.tell({ act: 'hold', cache: third.name, key: 'key' })).not.toHaveProperty('error');
    await third.actor.tell({ act: 'let go' });
    expect(await stage.lookAround([holder, waiter, third])).toEqual([]);
  });
});

it.concurrent('a process that finds its lock lost ends without lock-loss-is-survived', () => {
  return expect(
    onStage('lock-loss-is-survived', async (stage) => {
      const holder = await stage.hot();
      await holder.actor.tell({ act: 'hold', cache: holder.name, key: 'key' });
      const [lock = ''] = readdirSync(join(stage.cacheRoot, stage.tag, 'locks'));
      rmdirSync(join(stage.cacheRoot, stage.tag, 'locks', lock));
      // Its timer finds out.
      await holder.actor.tell({ act: 'pause', milliseconds: 4_000 });
    }),
  ).rejects.toThrow(/ECOMPROMISED.*before it answered/s);
});

/** Whether a third process gets the lock that a second one has taken over from a first, once that has given it back. */
async function letsThirdIn(stage: Stage): Promise<boolean> {
  const [first, second] = [await stage.hot(), await stage.hot()];
  await second.call('setSync', 'key', 'value');
  stage.litter();
  const losing = await first.stopAt(MOMENTS.beforeNewIndex, 'cleanupSync');
  stage.ageLock();
  const holding = await second.stopAt(MOMENTS.beforeKill, 'clearSync');
  await losing.go();
  const third = await stage.cold({ timeout: 0.3 });
  const { error } = await third.actor.tell({ act: 'call', cache: third.name, method: 'clear', args: [] });
  await holding.go();
  return error === undefined;
}

it.concurrent('a holder that lost its lock gives back none that is not its own', async () => {
  expect(await onStage(undefined, letsThirdIn)).toBe(false);
  expect(await onStage('release-own-lock', letsThirdIn)).toBe(true);
});
