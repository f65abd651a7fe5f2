/**
 * One generated state of a tag's folder, and the life that goes on in it.
 */

import { strict as assert } from 'node:assert';
import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { listEntryFiles } from '../../support/store-files.ts';
import { type Damage, damages, inflict } from './damages.ts';
import { type Circumstances, type Expectation, exactly, expectCold, expectHot, NOTHING } from './expectations.ts';
import { type History, TAG } from './history.ts';
import { INDEX } from './index-damages.ts';
import { Observer } from './observer.ts';
import { Outside } from './outside.ts';
import { cutPower, type PowerCut, powerCuts } from './power-cut.ts';
import { applyImage, bytesAt, type Nursery, type Replacement, type TagImage } from './tag-image.ts';
import { KEYS, makeValue, VALUE_KINDS, type ValueKind } from './values.ts';

const OTHER_BOOT = '00000000-0000-4000-8000-000000000000';
/** Versions that are set in a state, apart from those of its history. */
const LATER = 1000;

interface Action {
  readonly by: 'cold' | 'hot';
  readonly action: 'set' | 'delete' | 'cleanup' | 'check' | 'look';
  readonly key: number;
  readonly kind: ValueKind;
}

/** A state, told by numbers, so that a simpler one can be looked for. */
export interface State {
  readonly history: number;
  readonly moment: number;
  /** What a power cut did, if there was one. */
  readonly cut?: PowerCut;
  readonly damages: readonly Damage[];
  /** Whether an instance is open while it happens; else the machine has gone down and come up again. */
  readonly hot: boolean;
  readonly replacement: Replacement;
  /** How long after, in seconds. */
  readonly later: number;
  readonly actions: readonly Action[];
}

const actions = fc.array(
  fc.record({
    by: fc.constantFrom<Action['by'][]>('cold', 'hot'),
    action: fc.constantFrom<Action['action'][]>('set', 'set', 'delete', 'cleanup', 'check', 'look'),
    key: fc.nat(KEYS.length - 1),
    kind: fc.constantFrom(...VALUE_KINDS),
  }),
  { maxLength: 4, size: 'max' },
);
const replacement = fc.constantFrom<Replacement[]>('in place', 'anew');
const later = fc.constantFrom(0, 0, 0, 100);

/** Anything may have happened to any file. */
export const damagedStates: fc.Arbitrary<State> = fc.record({
  history: fc.nat(999),
  moment: fc.nat(2),
  damages: fc.array(damages, { minLength: 1, maxLength: 5, size: 'max' }),
  hot: fc.boolean(),
  replacement,
  later,
  actions,
});

/** What a file system with a journal leaves: all names as they were at some moment, and the data of the last writes or not. */
export const journalStates: fc.Arbitrary<State> = fc.record({
  history: fc.nat(999),
  moment: fc.nat(19),
  cut: powerCuts,
  damages: fc.constant([]),
  hot: fc.constant(false),
  replacement,
  later,
  actions,
});

/** What all states share. */
export interface Ground {
  readonly root: string;
  readonly histories: readonly History[];
  readonly nursery: Nursery;
}

/** Makes a state and lives in it. Fails if anything is wrong. */
export async function liveIn(state: State, ground: Ground): Promise<void> {
  const history = at(ground.histories, state.history);
  const last = history.moments.length - 1;
  const number = Math.max(0, last - (state.moment % (last + 1)));
  const moment = at(history.moments, number);
  const outside = new Outside(ground.root);
  const cacheRoot = fs.mkdtempSync(join(ground.root, 'state-'));
  const folder = join(cacheRoot, TAG);
  fs.mkdirSync(folder, { mode: 0o700 });
  try {
    const image = state.cut === undefined ? new Map(moment.image) : cutPower(history, number, state.cut);
    for (const damage of state.damages) {
      if (!(state.hot && isFolderSwappedForLink(damage))) inflict(image, damage, { history, moment, outside });
    }
    if (!state.hot) reboot(image);
    const now = moment.now + state.later * 1000;
    const rebooted = !state.hot;
    await live({ state, history, moment, image, now, rebooted, cacheRoot, folder, ground });
    assert.deepEqual(outside.touched(), [], 'something outside of the root was touched');
  } finally {
    fs.rmSync(cacheRoot, { recursive: true, force: true });
    outside.remove();
  }
}

/** Under an instance that has looked at the folder before, nothing can be done about it. */
function isFolderSwappedForLink(damage: Damage): boolean {
  return (damage.damage === 'shard' || damage.damage === 'entries') && damage.as.startsWith('link');
}

interface Life extends Circumstances {
  readonly state: State;
  readonly cacheRoot: string;
  readonly folder: string;
  readonly ground: Ground;
}

async function live(life: Life): Promise<void> {
  const { state, moment, image, cacheRoot, folder, ground } = life;
  const { replacement } = state;
  const { nursery } = ground;
  const clock = new ManualClock();
  clock.advance((life.now - clock.now()) / 1000);
  const opened: DiskCacheManager[] = [];
  const open = (name: 'hot' | 'cold' | 'fresh', expected: readonly Expectation[]) => {
    const cache = new DiskCacheManager({ cacheRoot, tag: TAG, clock: clock.now, timeout: 20 });
    opened.push(cache);
    return new Observer(name, cache, expected);
  };
  try {
    const observers: Observer[] = [];
    if (state.hot) {
      applyImage(folder, new Map(), moment.image, { replacement, nursery });
      const hot = open('hot', expectHot(life));
      await warm(hot);
      applyImage(folder, moment.image, image, { replacement, nursery });
      await hot.lookAtAll();
      observers.push(hot);
    } else {
      applyImage(folder, new Map(), image, { replacement, nursery });
    }
    const cold = open('cold', expectCold(life));
    await cold.lookAtAll();
    observers.push(cold);
    let version = LATER;
    for (const action of state.actions) {
      const actor = action.by === 'hot' ? (observers[0] ?? cold) : cold;
      await act(actor, action, ++version, observers);
    }
    await heal(cold, observers, () => open('fresh', cold.expected));
  } finally {
    for (const cache of opened) cache.closeSync();
  }
}

/** Makes an instance know everything, index and values. */
async function warm(hot: Observer): Promise<void> {
  hot.cache.keysSync();
  await hot.readAll();
  await hot.readAll();
}

/** An instance that was open before can't delete what was put there behind its back, as it knows of nothing to delete. */
function afterDelete(actor: Observer, key: number): Expectation {
  const before = actor.expected[key] ?? NOTHING;
  return actor.wasOpen && before.isUnheardOf === true ? { ...before, mayMiss: true } : NOTHING;
}

async function act(actor: Observer, { action, key, kind }: Action, version: number, all: Observer[]): Promise<void> {
  const { cache } = actor;
  const name = KEYS[key] ?? '';
  const expectFromNowOn = (expectation: Expectation) => {
    for (const observer of all) observer.expected[key] = expectation;
  };
  switch (action) {
    case 'set': {
      const value = makeValue(key, version, kind);
      if (version % 2 === 0) await actor.call('set', () => cache.set(name, value));
      else await actor.call('setSync', () => cache.setSync(name, value));
      expectFromNowOn(exactly(value));
      break;
    }
    case 'delete':
      await actor.call('delete', () => cache.delete(name));
      expectFromNowOn(afterDelete(actor, key));
      break;
    case 'cleanup':
      await actor.call('cleanup', () => (version % 2 === 0 ? cache.cleanup() : cache.cleanupSync()));
      break;
    case 'check':
      await actor.call('check', () => cache.check());
      break;
    case 'look':
      break;
  }
  for (const observer of all) await observer.lookAtAll();
}

/** After a repair nothing is wrong any more, all agree, and the tag can be used. */
async function heal(cold: Observer, before: readonly Observer[], open: () => Observer): Promise<void> {
  await cold.call('check with repair', () => cold.cache.check({ repair: true }));
  const fresh = open();
  const all = [...before, fresh];
  await fresh.expectSound();
  const values = await cold.readAll();
  for (const observer of all) {
    await observer.lookAtAll();
    assert.deepEqual(await observer.readAll(), values, 'two instances read different values');
    await observer.expectListed();
  }
  assert.equal(listEntryFiles(cold.cache).length, (await cold.list()).length, 'there are files of no entry');
  for (let key = 0; key < KEYS.length; key++) {
    const actor = all[key % all.length] ?? cold;
    await act(actor, { by: 'cold', action: 'set', key, kind: 'json' }, LATER + 100 + key, []);
    for (const observer of all) observer.expected[key] = exactly(makeValue(key, LATER + 100 + key, 'json'));
  }
  for (const observer of all) await observer.lookAtAll();
  await cold.expectSound();
}

/** The machine was started anew: the index says that it was written before. */
function reboot(image: TagImage): void {
  const bytes = bytesAt(image, INDEX);
  if (bytes === undefined) return;
  const text = bytes.toString('latin1').replaceAll(/"boot":"[^"]*"/g, `"boot":"${OTHER_BOOT}"`);
  image.set(INDEX, { kind: 'file', bytes: Buffer.from(text, 'latin1') });
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length];
  assert.ok(item !== undefined);
  return item;
}
