/**
 * Compactions and rebuilds that are stopped, die or overtake each other while others set.
 *
 * What must not happen is always the same: a process that trusts the index reads the old value from the entry file that
 * is still there, while one that asks the sidecar reads the new one.
 */

import { existsSync, readdirSync, rmSync, statSync, truncateSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe } from 'vitest';
import type { RemoteCache } from './actors.ts';
import { MOMENTS } from './moments.ts';
import { race } from './race.ts';
import type { Stage } from './stage.ts';

/**
 * A call after which the index is compacted. It appends nothing itself, and nothing is swept before: a sweep announces
 * anew those who are at work.
 */
const COMPACT = ['deleteSync', 'absent'] as const;

/** A writer, two that compact the index at their next delete, and one that reads; the key is `old`. */
async function cast(stage: Stage) {
  const writer = await stage.hot();
  await writer.call('setSync', 'key', 'old');
  const compactor = await stage.hot(['key']);
  const second = await stage.hot(['key'], {}, stage.audience);
  const reader = await stage.hot(['key'], {}, stage.audience);
  stage.fillIndex();
  return { writer, compactor, second, reader };
}

function temporaryIndexes({ index }: Stage): string[] {
  const names = readdirSync(dirname(index)).filter((name) => /^index\.jsonl\..*tmp$/.test(name));
  return names.map((name) => join(dirname(index), name));
}

/** All must read the same, whichever of the two. */
function lookWhileSetting(stage: Stage, caches: readonly RemoteCache[]): Promise<string[]> {
  return stage.look(caches, 'key', ['old', 'new']);
}

async function lookAfterwards(stage: Stage, caches: readonly RemoteCache[]): Promise<string[]> {
  const wrong = await stage.look(caches, 'key', ['new']);
  return wrong.length > 0 ? wrong : stage.lookAround(caches);
}

/** Without the rule, one who trusts the index reads another value than one who asks the sidecar. */
const DISAGREE = /others/;

describe('an index that is replaced', () => {
  race('is not read on from by those who had it open', {
    without: { 'reopen-when-replaced': /reads old/ },
    async play(stage) {
      const writer = await stage.hot([], {}, stage.soundActor());
      await writer.call('setSync', 'key', 'old');
      stage.litter();
      const reader = await stage.hot(['key']);
      await writer.call('cleanupSync');
      await writer.call('setSync', 'key', 'new');
      return lookAfterwards(stage, [reader, writer]);
    },
  });

  race('while a set is about to announce itself hears of it', {
    without: { 'append-again': DISAGREE },
    async play(stage) {
      const { writer, compactor, reader } = await cast(stage);
      const set = await writer.stopAt([MOMENTS.beforeAnnouncing, MOMENTS.sidecarPlaced], 'setSync', 'key', 'new');
      await compactor.call(...COMPACT);
      await set.goOn();
      const wrong = await lookWhileSetting(stage, [reader, compactor, await stage.observer()]);
      await set.go();
      return [...wrong, ...(await lookAfterwards(stage, [reader, compactor, writer, await stage.observer()]))];
    },
  });

  race('while a set is about to append its record hears of it', {
    without: {},
    async play(stage) {
      const { writer, compactor, reader } = await cast(stage);
      const set = await writer.stopAt(MOMENTS.beforeRecord, 'setSync', 'key', 'new');
      await compactor.call(...COMPACT);
      await set.go();
      return lookAfterwards(stage, [reader, compactor, writer, await stage.observer()]);
    },
  });

  race('tells of a set that was announced before the snapshot and has not set yet', {
    without: { 'compaction-keeps-doubts': DISAGREE },
    async play(stage) {
      const { writer, compactor, reader } = await cast(stage);
      const set = await writer.stopAt([MOMENTS.beforeSidecar, MOMENTS.sidecarPlaced], 'setSync', 'key', 'new');
      await compactor.call(...COMPACT);
      await set.goOn();
      const wrong = await lookWhileSetting(stage, [reader, compactor, await stage.observer()]);
      await set.go();
      return [...wrong, ...(await lookAfterwards(stage, [reader, compactor, writer, await stage.observer()]))];
    },
  });

  race('tells of a set that was announced after the snapshot', {
    without: { 'compaction-carries-over': DISAGREE },
    async play(stage) {
      const { writer, compactor, reader } = await cast(stage);
      const compaction = await compactor.stopAt(MOMENTS.beforeNewIndex, ...COMPACT);
      const set = await writer.stopAt(MOMENTS.sidecarPlaced, 'setSync', 'key', 'new');
      await compaction.go();
      const wrong = await lookWhileSetting(stage, [reader, compactor, await stage.observer()]);
      await set.go();
      return [...wrong, ...(await lookAfterwards(stage, [reader, compactor, writer, await stage.observer()]))];
    },
  });

  race('tells of a set that was half announced at the snapshot', {
    without: { 'compaction-whole-lines': DISAGREE },
    async play(stage) {
      const { writer, compactor, reader } = await cast(stage);
      const set = await writer.stopAt([MOMENTS.halfAnnounced, MOMENTS.sidecarPlaced], 'setSync', 'key', 'new');
      const compaction = await compactor.stopAt(MOMENTS.beforeNewIndex, ...COMPACT);
      await set.goOn();
      await compaction.go();
      const wrong = await lookWhileSetting(stage, [reader, compactor, await stage.observer()]);
      await set.go();
      return [...wrong, ...(await lookAfterwards(stage, [reader, compactor, writer, await stage.observer()]))];
    },
  });

  race('tells one who replaces the same value which file another has left', {
    without: { 'carry-over-names-generations': /left over/ },
    async play(stage) {
      const { writer, compactor, reader } = await cast(stage);
      const set = await writer.stopAt(MOMENTS.beforeSidecar, 'setSync', 'key', 'new');
      const compaction = await compactor.stopAt(MOMENTS.beforeNewIndex, ...COMPACT);
      await reader.call('setSync', 'key', 'other');
      await compaction.go();
      await set.go();
      return lookAfterwards(stage, [reader, compactor, writer, await stage.observer()]);
    },
  });

  race('is no complete list until its compactor has said so', {
    without: { 'complete-with-done': DISAGREE },
    async play(stage) {
      const { writer, compactor, reader } = await cast(stage);
      const compaction = await compactor.stopAt([MOMENTS.beforeNewIndex, MOMENTS.newIndexPlaced], ...COMPACT);
      const set = await writer.stopAt(MOMENTS.sidecarPlaced, 'setSync', 'key', 'new');
      await compaction.goOn();
      // Who reopens the index now, and stays with it, must not be blind for what follows.
      const wrong = await lookWhileSetting(stage, [reader, await stage.observer()]);
      await compaction.go();
      wrong.push(...(await lookWhileSetting(stage, [reader, compactor, await stage.observer()])));
      await set.go();
      return [...wrong, ...(await lookAfterwards(stage, [reader, compactor, writer, await stage.observer()]))];
    },
  });

  race('and whose compactor died is rebuilt', {
    without: { 'complete-with-done': DISAGREE },
    async play(stage) {
      const { writer, compactor, reader } = await cast(stage);
      const compaction = await compactor.stopAt([MOMENTS.beforeNewIndex, MOMENTS.newIndexPlaced], ...COMPACT);
      await writer.killAt(MOMENTS.sidecarPlaced, 'setSync', 'key', 'new');
      await compaction.goOn();
      await compaction.kill();
      stage.ageLock();
      const caches = [reader, await stage.observer()];
      const wrong = await lookWhileSetting(stage, caches);
      await reader.call('keysSync');
      wrong.push(...(await lookWhileSetting(stage, caches)));
      await reader.call('setSync', 'key', 'new');
      return [...wrong, ...(await stage.look(caches, 'key', ['new']))];
    },
  });

  race('and rebuilt by another hears of a set that the first had not carried over', {
    without: {},
    async play(stage) {
      const { writer, compactor, reader } = await cast(stage);
      const compaction = await compactor.stopAt([MOMENTS.beforeNewIndex, MOMENTS.newIndexPlaced], ...COMPACT);
      const set = await writer.stopAt([MOMENTS.beforeNewSidecar, MOMENTS.sidecarPlaced], 'setSync', 'key', 'new');
      await compaction.goOn();
      await compaction.kill();
      stage.ageLock();
      await reader.call('keysSync');
      await set.goOn();
      await set.kill();
      return lookWhileSetting(stage, [reader, await stage.observer()]);
    },
  });

  race('and rebuilt while a set is between its last look and its sidecar hears of it', {
    without: {},
    async play(stage) {
      const { writer, compactor, reader } = await cast(stage);
      const compaction = await compactor.stopAt([MOMENTS.beforeNewIndex, MOMENTS.newIndexPlaced], ...COMPACT);
      const set = await writer.stopAt([MOMENTS.beforeSidecar, MOMENTS.sidecarPlaced], 'setSync', 'key', 'new');
      await compaction.goOn();
      await compaction.kill();
      stage.ageLock();
      await reader.call('keysSync');
      await set.goOn();
      await set.kill();
      return lookWhileSetting(stage, [reader, await stage.observer()]);
    },
  });
});

describe('two compactors at once, after a lock was lost', () => {
  race('one gives up, and nothing set meanwhile is lost', {
    without: { 'compaction-own-file': DISAGREE },
    async play(stage) {
      const { writer, compactor, second, reader } = await cast(stage);
      const first = await compactor.stopAt(MOMENTS.beforeNewIndex, ...COMPACT);
      stage.ageLock();
      await second.call(...COMPACT);
      // It turns to the second's index; otherwise its announcement would go to the first's base, too.
      await writer.call('existsSync', 'key');
      const set = await writer.stopAt(MOMENTS.sidecarPlaced, 'setSync', 'key', 'new');
      await first.go();
      const wrong = await lookWhileSetting(stage, [reader, compactor, second, await stage.observer()]);
      await set.go();
      return [...wrong, ...(await lookAfterwards(stage, [reader, compactor, second, writer, await stage.observer()]))];
    },
  });

  race('what one carries over into an index that the other has replaced is passed on', {
    without: {},
    async play(stage) {
      const { writer, compactor, second, reader } = await cast(stage);
      const first = await compactor.stopAt([MOMENTS.beforeNewIndex, MOMENTS.beforeDone], ...COMPACT);
      const set = await writer.stopAt([MOMENTS.beforeSidecar, MOMENTS.sidecarPlaced], 'setSync', 'key', 'new');
      await first.goOn();
      stage.ageLock();
      await second.call('keysSync');
      await first.go();
      await set.goOn();
      const wrong = await lookWhileSetting(stage, [reader, second, await stage.observer()]);
      await set.go();
      return [...wrong, ...(await lookAfterwards(stage, [reader, compactor, second, writer, await stage.observer()]))];
    },
  });
});

describe('two compactors at once, and a delete', () => {
  race('what one carries over into an index that the other has replaced is passed on', {
    without: { 'compaction-passes-on': /reads old/ },
    async play(stage) {
      const { writer, compactor, second, reader } = await cast(stage);
      const first = await compactor.stopAt([MOMENTS.beforeNewIndex, MOMENTS.beforeDone], ...COMPACT);
      const deletion = await writer.stopAt([MOMENTS.beforeKill, MOMENTS.killed], 'deleteSync', 'key');
      await first.goOn();
      stage.ageLock();
      await second.call('keysSync');
      await first.go();
      // It would be kept in memory, were the key not in doubt.
      for (let time = 0; time < 6; time++) await reader.call('getSync', 'key');
      await deletion.goOn();
      const wrong = await stage.look([reader, await stage.observer()], 'key', [undefined]);
      await deletion.go();
      const caches = [reader, compactor, second, writer, await stage.observer()];
      wrong.push(...(await stage.look(caches, 'key', [undefined])));
      return wrong.length > 0 ? wrong : stage.lookAround(caches);
    },
  });
});

describe('a rebuild that takes longer than its lock lasts', () => {
  race('is let finish by whoever takes the lock over', {
    without: { 'rebuild-is-let-finish': /has to start over/ },
    async play(stage) {
      const { compactor, reader } = await cast(stage);
      rmSync(stage.index);
      const rebuild = await compactor.stopAt(MOMENTS.beforeNewIndex, 'keysSync');
      stage.ageLock();
      // To the other it was begun ten seconds ago, and is being written now.
      const [temporary = ''] = temporaryIndexes(stage);
      const now = Date.now() / 1000 + 10;
      utimesSync(temporary, now, now);
      const other = await stage.cold({ timeout: 0.5 });
      await other.actor.stepClock(10);
      const waited = other.call('keysSync').then(String, String);
      const wrong = /CacheTimeoutError/.test(await waited) ? [] : ['the other has not waited'];
      if (!existsSync(temporary)) wrong.push('the first has to start over');
      await rebuild.go();
      await other.actor.stepClock(-10);
      return [...wrong, ...(await stage.look([reader, other], 'key', ['old'])), ...(await stage.lookAround([reader]))];
    },
  });
});

describe('an index that is damaged', () => {
  race('at its end hides nothing', {
    without: { 'absent-is-verified': /reads undefined/ },
    async play(stage) {
      const writer = await stage.hot();
      const { size } = statSync(stage.index);
      await writer.call('setSync', 'key', 'new');
      truncateSync(stage.index, size);
      const caches = [await stage.hot(), await stage.observer()];
      const wrong = await stage.look(caches, 'key', ['new']);
      // The end that is lost is written anew.
      stage.litter();
      await writer.call('cleanupSync');
      return wrong.length > 0 ? wrong : stage.lookAround(caches);
    },
  });

  race('or removed while a set is under way loses nothing', {
    without: {},
    async play(stage) {
      const { writer, compactor, reader } = await cast(stage);
      const set = await writer.stopAt([MOMENTS.announced, MOMENTS.sidecarPlaced], 'setSync', 'key', 'new');
      rmSync(stage.index);
      await compactor.call('keysSync');
      await set.goOn();
      const wrong = await lookWhileSetting(stage, [reader, compactor, await stage.observer()]);
      await set.go();
      return [...wrong, ...(await lookAfterwards(stage, [reader, compactor, writer, await stage.observer()]))];
    },
  });
});
