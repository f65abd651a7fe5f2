import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { bootId } from '../../../src/disk/files/boot.ts';
import { CacheFormatError } from '../../../src/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { expectSound, openCache } from '../../support/open-cache.ts';
import { indexPath, tagFolder } from '../../support/store-files.ts';
import { createTempRoot } from '../../support/temp-root.ts';

/** What can happen to an index, besides to be gone. */
const damages: Record<string, (path: string) => void> = {
  deleted: (path) => rmSync(path),
  emptied: (path) => truncateSync(path, 0),
  'cut inside a record': (path) => truncateSync(path, statSync(path).size - 30),
  'cut in the middle': (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
  'cut inside its header': (path) => truncateSync(path, 10),
  'filled with NULs': (path) => writeFileSync(path, Buffer.alloc(statSync(path).size)),
  'NULs at its end, as after a power cut': (path) => {
    const content = readFileSync(path);
    writeFileSync(path, content.fill(0, Math.floor(content.length / 2)));
  },
  'NULs in its middle': (path) => {
    const content = readFileSync(path);
    writeFileSync(path, content.fill(0, Math.floor(content.length / 3), Math.floor(content.length / 2)));
  },
  'replaced by garbage': (path) => writeFileSync(path, Buffer.alloc(5000, '\u0007\xff{["set"\n\n')),
  'replaced by one endless line': (path) => writeFileSync(path, Buffer.alloc(2 ** 20, 'x')),
  'followed by garbage': (path) => appendFileSync(path, Buffer.alloc(5000, '\xfe["del",')),
  'without its header': (path) => writeFileSync(path, readFileSync(path, 'utf8').replace(/^.*\n/, '')),
  "replaced by another tag's": (path) => {
    const other = openCache({ tag: 'other' });
    other.setSync('foreign', 1);
    writeFileSync(path, readFileSync(indexPath(other)));
  },
  doubled: (path) => appendFileSync(path, readFileSync(path)),
  'replaced by a folder': (path) => {
    rmSync(path);
    mkdirSync(path);
  },
  'replaced by a folder that is not empty': (path) => {
    rmSync(path);
    mkdirSync(join(path, 'inner'), { recursive: true });
  },
  'replaced by a link to nowhere': (path) => {
    rmSync(path);
    symlinkSync('/nowhere/at/all', path);
  },
  'replaced by a link to itself': (path) => {
    rmSync(path);
    symlinkSync('index.jsonl', path);
  },
  'replaced by a pipe': (path) => {
    rmSync(path);
    execFileSync('mkfifo', [path]);
  },
};

/** Entries of all kinds, some replaced and some deleted; returns what is left. */
function fill(cache: DiskCacheManager): Map<string, unknown> {
  const expected = new Map<string, unknown>();
  for (let number = 0; number < 30; number++) {
    const key = `key ${number}`;
    cache.setSync(key, 'first');
    if (number % 3 === 0) cache.setSync(key, { second: number });
    if (number % 5 === 0) cache.deleteSync(key);
    else expected.set(key, number % 3 === 0 ? { second: number } : 'first');
  }
  return expected;
}

function expectAll(cache: DiskCacheManager, expected: Map<string, unknown>): void {
  for (const [key, value] of expected) expect(cache.getSync(key)).toEqual(value);
  expect(cache.keysSync().sort()).toEqual([...expected.keys()].sort());
  expect(cache.getStatsSync().totalKeys).toBe(expected.size);
}

describe.each(Object.entries(damages))('an index that was %s', (_name, damage) => {
  it('loses no entry for an instance that is opened afterwards', async () => {
    const before = openCache();
    const expected = fill(before);
    const sizeBytes = before.getStatsSync().sizeBytes;
    before.closeSync();
    damage(indexPath(before));
    const after = openCache({ cacheRoot: before.cacheRoot });
    expectAll(after, expected);
    expect(after.getStatsSync().sizeBytes).toBe(sizeBytes);
    after.setSync('new', 1);
    after.deleteSync('key 1');
    expected.set('new', 1).delete('key 1');
    expectAll(after, expected);
    expectAll(openCache({ cacheRoot: before.cacheRoot }), expected);
    after.cleanupSync();
    await expectSound(after);
  });

  it('loses no entry for an instance that had it open', async () => {
    const open = openCache();
    const expected = fill(open);
    expectAll(open, expected);
    damage(indexPath(open));
    expectAll(open, expected);
    const other = openCache({ cacheRoot: open.cacheRoot });
    other.setSync('key 1', 'changed by another instance');
    other.setSync('new', 1);
    expected.set('key 1', 'changed by another instance').set('new', 1);
    expectAll(open, expected);
    open.setSync('key 2', 'changed');
    expected.set('key 2', 'changed');
    expectAll(other, expected);
    open.cleanupSync();
    await expectSound(open);
  });

  it('is found and repaired by check', async () => {
    const cache = openCache();
    const expected = fill(cache);
    cache.closeSync();
    damage(indexPath(cache));
    const checker = openCache({ cacheRoot: cache.cacheRoot });
    const report = await checker.check({ repair: true });
    expect(report.entries).toBe(expected.size);
    expect(report.problems.every((problem) => problem.repaired)).toBe(true);
    await expectSound(checker);
    expectAll(checker, expected);
  });
});

describe('the index', () => {
  it('begins with a header that names format, version, tag and the run of the system', () => {
    const cache = openCache({ tag: 'metrics' });
    cache.setSync('key', 1);
    const header = readFileSync(indexPath(cache), 'utf8').split('\n').find(Boolean);
    expect(JSON.parse(header ?? '')).toEqual({
      format: 'glovebox-cache',
      version: 1,
      tag: 'metrics',
      boot: bootId(),
    });
  });

  it('is JSON, line by line', () => {
    const cache = openCache();
    fill(cache);
    for (const line of readFileSync(indexPath(cache), 'utf8').split('\n')) {
      if (line !== '') expect(() => JSON.parse(line)).not.toThrow();
    }
  });

  it('of a newer version is refused by name, and left alone', () => {
    const cacheRoot = createTempRoot();
    const folder = tagFolder({ cacheRoot, tag: 'default' });
    mkdirSync(folder);
    const header = '{"format":"glovebox-cache","version":2,"tag":"default"}\n';
    writeFileSync(join(folder, 'index.jsonl'), header);
    const use = () => openCache({ cacheRoot });
    expect(use).toThrow(CacheFormatError);
    expect(use).toThrow(/tag 'default' was written in version 2 .*version 1; update glovebox-cache/);
    expect(readFileSync(join(folder, 'index.jsonl'), 'utf8')).toBe(header);
  });

  it('is compacted: it does not grow for ever, and nobody misses anything', async () => {
    const clock = new ManualClock();
    const writer = openCache({ clock: clock.now });
    const reader = openCache({ clock: clock.now, cacheRoot: writer.cacheRoot });
    const keys = ['a', 'b', 'c'];
    writer.setSync('untouched', 'since the beginning');
    let largest = 0;
    for (let turn = 0; turn < 3_000; turn++) {
      const key = keys[turn % 3] ?? 'a';
      writer.setSync(key, turn);
      if (turn % 100 === 0) {
        expect(reader.getSync(key)).toBe(turn);
        expect(reader.getSync('untouched')).toBe('since the beginning');
        largest = Math.max(largest, statSync(indexPath(writer)).size);
      }
    }
    expect(largest).toBeLessThan(600_000);
    expect(reader.keysSync().sort()).toEqual(['a', 'b', 'c', 'untouched']);
    expect([reader.getSync('a'), reader.getSync('b'), reader.getSync('c')]).toEqual([2997, 2998, 2999]);
    await expectSound(reader);
  });

  it('is small again after cleanup', async () => {
    const cache = openCache();
    for (let turn = 0; turn < 400; turn++) cache.setSync(['n', turn], turn);
    cache.clearSync();
    cache.cleanupSync();
    expect(statSync(indexPath(cache)).size).toBeLessThan(10_000);
    await expectSound(cache);
  });

  it('leaves no temporary file behind', () => {
    const cache = openCache();
    for (let turn = 0; turn < 100; turn++) cache.setSync('key', turn);
    cache.cleanupSync();
    cache.clearSync();
    expect(existsSync(join(tagFolder(cache), 'index.lock'))).toBe(false);
    cache.closeSync();
    expect(existsSync(indexPath(cache))).toBe(true);
  });

  it.each([
    ['set', (cache: DiskCacheManager) => cache.setSync('key', 'new'), 'new'],
    ['delete', (cache: DiskCacheManager) => cache.deleteSync('key'), undefined],
  ] as const)('does not hide a %s whose process was killed before it could record it', async (_name, change, after) => {
    const survivor = openCache();
    survivor.setSync('key', 'old');
    survivor.setSync('other', 1);
    for (let turn = 0; turn < 10; turn++) expect(survivor.getSync('key')).toBe('old');
    const killed = openCache({ cacheRoot: survivor.cacheRoot });
    const before = statSync(indexPath(survivor)).size;
    change(killed);
    // What such a process leaves: the change itself, and in the index only that it was about to come.
    const lines = readFileSync(indexPath(survivor), 'utf8');
    truncateSync(indexPath(survivor), lines.indexOf('\n', lines.indexOf('"open"', before)) + 1);
    expect(survivor.getSync('key')).toBe(after);
    expect(survivor.existsSync('key')).toBe(after !== undefined);
    const live = after === undefined ? ['other'] : ['key', 'other'];
    expect(survivor.keysSync().sort()).toEqual(live);
    expect(survivor.getStatsSync().totalKeys).toBe(live.length);
    survivor.setSync('key', 'newer');
    expect(survivor.getSync('key')).toBe('newer');
    await expectSound(survivor);
  });

  it('does not hide what another instance wrote, deleted or cleared a moment ago', () => {
    const one = openCache();
    const two = openCache({ cacheRoot: one.cacheRoot });
    for (let turn = 0; turn < 50; turn++) {
      one.setSync('key', turn);
      expect(two.getSync('key')).toBe(turn);
      two.setSync('key', -turn);
      expect(one.getSync('key')).toBe(-turn);
      if (turn % 10 === 0) {
        two.clearSync();
        expect(one.getSync('key')).toBeUndefined();
      }
      one.deleteSync('key');
      expect(two.getSync('key')).toBeUndefined();
      expect(two.existsSync('key')).toBe(false);
    }
  });
});

describe('an index that has lost its end and looks whole', () => {
  // Shards are large enough to be looked into key by key first.
  const MANY = 18_000;
  const ASKED = 4000;

  it('hides no entry, whether few are looked for or many', () => {
    const cacheRoot = createTempRoot();
    const writer = openCache({ cacheRoot });
    for (let number = 0; number < MANY; number++) writer.setSync(`key ${number}`, number);
    const path = indexPath(writer);
    writer.closeSync();
    const reader = openCache({ cacheRoot, memoryMaxBytes: 0 });
    // It has read the list before most keys are asked for.
    truncateSync(path, Math.floor(statSync(path).size / 2));
    for (let number = 0; number < ASKED; number++) {
      expect(reader.getSync(`nobody ${number}`)).toBeUndefined();
      expect(reader.getSync(`key ${MANY - 1 - number}`)).toBe(MANY - 1 - number);
    }
    expect(reader.keysSync()).toHaveLength(MANY);
    reader.setSync(`key ${MANY - 1}`, 'new');
    expect(openCache({ cacheRoot }).getSync(`key ${MANY - 1}`)).toBe('new');
  });
});
