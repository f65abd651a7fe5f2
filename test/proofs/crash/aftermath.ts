/**
 * What must hold once a victim has met its fate: one who knew the tag before and one who comes now find each key with
 * its old or its new value, agree, and go on at once; what lies about does no harm and can be cleared away.
 */

import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { allocatedBytes, listEntryFolder, type TagLocation, tagFolder } from '../../support/store-files.ts';
import type { Expectations } from './expectations.ts';
import { limitOf, type Scenario, sameValue, type Value, type Workplace } from './scenario.ts';

/** Far less than a dead process's lock takes to be stale, far more than the calls take; in milliseconds. */
const AT_ONCE_MS = 1500;
/** Older than any lock that counts, in seconds. */
const STALE_S = 10;
const PROBE = 'probe';

/** What is looked at. */
export interface Scene {
  readonly scenario: Scenario;
  readonly place: Workplace;
  /** The instance that has known the tag since before the operation. */
  readonly survivor: DiskCacheManager;
  readonly expectations: Expectations;
  /** Whether the operation came to its end undisturbed, so that nothing at all may be left over. */
  readonly leavesNothing: boolean;
}

/** What is wrong, in words; nothing if all is well. */
export async function examine(scene: Scene): Promise<string[]> {
  const wrong: string[] = [];
  const newcomer = scene.place.open();
  try {
    await expectNoDamage(scene, wrong);
    const began = performance.now();
    expectValues(scene, newcomer, wrong);
    expectGoingOn(scene, newcomer, wrong);
    const took = performance.now() - began;
    if (took > AT_ONCE_MS) wrong.push(`others had to wait: their calls took ${Math.round(took)} ms`);
    letLocksGetStale(scene);
    await expectLockable(scene, newcomer, wrong);
    await expectMended(scene, newcomer, wrong);
  } catch (error) {
    wrong.push(`a survivor met an error: ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    newcomer.closeSync();
  }
  return wrong;
}

/** Before anybody puts anything right: nothing worse than what a killed process leaves. */
async function expectNoDamage({ scenario, place, leavesNothing }: Scene, wrong: string[]): Promise<void> {
  if (scenario.damaged) return;
  const inspector = place.open();
  const { problems } = await inspector.check();
  inspector.closeSync();
  for (const { severity, kind, path, detail } of problems) {
    if (severity === 'damage' || (leavesNothing && !scenario.asItIs))
      wrong.push(`check finds ${kind}: ${path} ${detail}`);
  }
}

function expectValues(scene: Scene, newcomer: DiskCacheManager, wrong: string[]): void {
  const { scenario, survivor, expectations } = scene;
  let kept = 0;
  for (const key of expectations.keys) {
    // In this order: who reads what is gone tells the others.
    const others = [survivor.getSync(key), readBySidecar(scene, key)];
    const found = newcomer.getSync(key);
    for (const [position, other] of others.entries()) {
      const who = position === 0 ? 'who knew the tag' : 'who knows nothing of it';
      if (!sameValue(other, found)) wrong.push(`${key}: ${who} reads ${shown(other)}, a newcomer ${shown(found)}`);
    }
    const unallowed = [found, ...others].filter((value) => !isAllowed(expectations, key, value));
    if (unallowed.length > 0) wrong.push(`${key} holds ${shown(unallowed[0])}`);
    if (newcomer.existsSync(key) !== (found !== undefined)) {
      wrong.push(`${key} is read and does not exist, or the other way`);
    }
    if (found !== undefined && key in scenario.before) kept++;
  }
  const { keepsAtLeast } = scenario;
  if (keepsAtLeast !== undefined && kept < keepsAtLeast) wrong.push(`only ${kept} keys are left`);
}

/** A process reads the index only after a few operations; before, it asks the sidecar. */
function readBySidecar({ place }: Scene, key: string): unknown {
  const stranger = place.open();
  const found = stranger.getSync(key);
  stranger.closeSync();
  return found;
}

function isAllowed(expectations: Expectations, key: string, value: unknown): boolean {
  return expectations.allowed(key).some((allowed) => sameValue(value, allowed));
}

/** Both use the keys that the victim was at, and one that is new, and see each other's doing. */
function expectGoingOn({ scenario, survivor, expectations }: Scene, newcomer: DiskCacheManager, wrong: string[]): void {
  const set = (setter: DiskCacheManager, reader: DiskCacheManager, key: string, value: Value) => {
    if (value === undefined) setter.deleteSync(key);
    else setter.setSync(key, value);
    for (const [who, cache] of [
      ['its setter', setter],
      ['the other', reader],
    ] as const) {
      const found = cache.getSync(key);
      if (!sameValue(found, value)) wrong.push(`${key} was set to ${shown(value)} and ${who} reads ${shown(found)}`);
    }
    expectations.settle(key, value);
  };
  for (const key of new Set([...Object.keys(scenario.changes), ...scenario.contested, PROBE])) {
    set(survivor, newcomer, key, 'one');
    set(newcomer, survivor, key, 'two');
    set(survivor, newcomer, key, undefined);
    set(newcomer, survivor, key, 'three');
  }
}

/** As if time had passed: a dead holder's lock is not waited for here. */
function letLocksGetStale({ place }: Scene): void {
  const folder = tagFolder(place.location);
  const locks = join(folder, 'locks');
  const names = existsSync(locks) ? readdirSync(locks).map((name) => join(locks, name)) : [];
  for (const lock of [join(folder, 'index.lock'), ...names]) {
    if (existsSync(lock)) utimesSync(lock, Date.now() / 1000 - STALE_S, Date.now() / 1000 - STALE_S);
  }
}

async function expectLockable({ scenario }: Scene, newcomer: DiskCacheManager, wrong: string[]): Promise<void> {
  const [key] = scenario.contested;
  let done = false;
  await newcomer.withLock(key, () => {
    done = true;
  });
  if (!done) wrong.push('an action under the lock of a key was not run');
}

async function expectMended(scene: Scene, newcomer: DiskCacheManager, wrong: string[]): Promise<void> {
  const { place, survivor, expectations } = scene;
  // Housekeeping that found the lock taken leaves it alone for a while.
  await delay(1);
  survivor.cleanupSync();
  await newcomer.check({ repair: true });
  const { problems } = await newcomer.check();
  for (const { kind, path, detail } of problems) wrong.push(`repair leaves ${kind}: ${path} ${detail}`);
  for (const key of expectations.keys) {
    for (const cache of [survivor, newcomer]) {
      const found = cache.getSync(key);
      if (!isAllowed(expectations, key, found)) wrong.push(`after repair ${key} holds ${shown(found)}`);
    }
  }
  const { totalKeys, sizeBytes } = newcomer.getStatsSync();
  const files = listEntryFolder(place.location);
  if (files.length !== 2 * totalKeys) wrong.push(`${totalKeys} keys have ${files.length} files`);
  const onDisk = bytesOnDisk(place.location);
  if (onDisk !== sizeBytes) wrong.push(`${sizeBytes} bytes are said to be used and ${onDisk} are`);
  if (onDisk > limitOf(scene.scenario)) wrong.push(`${onDisk} bytes are over the limit`);
  const strays = readdirSync(tagFolder(place.location)).filter((name) => !BELONGING.includes(name));
  if (strays.length > 0) wrong.push(`left in the tag's folder: ${strays.join()}`);
}

const BELONGING: readonly string[] = ['entries', 'index.jsonl', 'locks'];

/** What the entries of a tag take on the disk. */
export function bytesOnDisk(location: TagLocation): number {
  return listEntryFolder(location).reduce((sum, path) => sum + allocatedBytes(path), 0);
}

/** A value, short. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof Uint8Array) return `${value.length} bytes of ${value[0]}`;
  return JSON.stringify(value).slice(0, 40);
}
