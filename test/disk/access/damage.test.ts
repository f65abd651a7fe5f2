import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { CacheFormatError } from '../../../src/errors.ts';
import { expectSound, openCache } from '../../support/open-cache.ts';
import { findEntry, indexPath, listEntryFiles, listSidecars } from '../../support/store-files.ts';
import { createTempRoot } from '../../support/temp-root.ts';

function replaceByFolder(path: string): void {
  rmSync(path);
  mkdirSync(path);
}

function replaceByLink(path: string): void {
  const target = join(createTempRoot(), 'target');
  copyFileSync(path, target);
  rmSync(path);
  symlinkSync(target, path);
}

function replaceByPipe(path: string): void {
  rmSync(path);
  execFileSync('mkfifo', [path]);
}

/** What can happen to a value's file. */
const entryDamages: Record<string, (path: string) => void> = {
  'is cut short': (path) => truncateSync(path, 50),
  'is empty': (path) => truncateSync(path, 0),
  'has grown': (path) => appendFileSync(path, 'more'),
  'holds zeros': (path) => writeFileSync(path, Buffer.alloc(readFileSync(path).length)),
  'holds a flipped bit': (path) => {
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
    writeFileSync(path, bytes);
  },
  'is gone': (path) => rmSync(path),
  'is a folder': replaceByFolder,
  'is a link': replaceByLink,
  'is a pipe': replaceByPipe,
};

/** What can happen to a sidecar. */
const sidecarDamages: Record<string, (path: string) => void> = {
  'is cut short': (path) => truncateSync(path, 40),
  'is empty': (path) => truncateSync(path, 0),
  'holds zeros': (path) => writeFileSync(path, Buffer.alloc(200)),
  'holds garbage': (path) => writeFileSync(path, Buffer.from([0xff, 0xfe, 0x00, 0x7b])),
  'holds other JSON': (path) => writeFileSync(path, '["set"]'),
  'is endless': (path) => writeFileSync(path, Buffer.alloc(3 * 2 ** 20, ' ')),
  'is gone': (path) => rmSync(path),
  'is a folder': replaceByFolder,
  'is a link': replaceByLink,
  'is a pipe': replaceByPipe,
};

const value = { text: 'x'.repeat(100) };

/** A cache with three entries; the one under `key` is to be damaged. */
function fill(): DiskCacheManager {
  const cache = openCache();
  cache.setSync('before', 1);
  cache.setSync('key', value);
  cache.setSync('after', 2);
  return cache;
}

/** Every way to look at the damaged key: none may throw, and none may give anything but the value or nothing. */
async function expectWholeOrNothing(cache: DiskCacheManager): Promise<void> {
  for (const read of [cache.getSync('key'), await cache.get('key')])
    if (read !== undefined) expect(read).toEqual(value);
  expect(cache.existsSync('key')).toBeTypeOf('boolean');
  expect(await cache.exists('key')).toBeTypeOf('boolean');
  cache.getMetadataSync('key');
  cache.keysSync();
  cache.getStatsSync();
  expect(cache.getSync('before')).toBe(1);
  expect(cache.getSync('after')).toBe(2);
}

async function expectUsable(cache: DiskCacheManager): Promise<void> {
  cache.setSync('key', 'new');
  expect(cache.getSync('key')).toBe('new');
  expect(openCache({ cacheRoot: cache.cacheRoot }).getSync('key')).toBe('new');
  expect(cache.deleteSync('key')).toBe(true);
  expect(cache.getSync('key')).toBeUndefined();
  await cache.check({ repair: true });
  await expectSound(cache);
}

describe.each(Object.entries(entryDamages))('an entry file that %s', (_name, damage) => {
  it('is a miss, and the key can be used again', async () => {
    const writer = fill();
    writer.closeSync();
    damage(findEntry(writer, 'key').entry);
    const cache = openCache({ cacheRoot: writer.cacheRoot });
    expect(cache.getSync('key')).toBeUndefined();
    expect(await cache.get('key')).toBeUndefined();
    await expectWholeOrNothing(cache);
    await expectUsable(cache);
  });

  it('is a miss, or read from memory, for an instance that had read it', async () => {
    const cache = fill();
    for (let turn = 0; turn < 3; turn++) cache.getSync('key');
    damage(findEntry(cache, 'key').entry);
    cache.getSync('key');
    cache.setSync('key', 'new');
    expect(cache.getSync('key')).toBe('new');
    await cache.check({ repair: true });
    await expectSound(cache);
  });

  it('is found and repaired by check', async () => {
    const writer = fill();
    writer.closeSync();
    damage(findEntry(writer, 'key').entry);
    const cache = openCache({ cacheRoot: writer.cacheRoot });
    const found = await cache.check();
    expect(found.problems.length).toBeGreaterThan(0);
    expect(found.repaired).toBe(0);
    expect(found.problems.some((problem) => problem.repaired)).toBe(false);
    const repaired = await cache.check({ repair: true });
    expect(repaired.problems.every((problem) => problem.repaired)).toBe(true);
    expect(repaired.repaired).toBe(repaired.problems.length);
    await expectSound(cache);
    expect(cache.keysSync().sort()).toEqual(['after', 'before']);
    expect(cache.getStatsSync().totalKeys).toBe(2);
  });
});

describe.each(Object.entries(sidecarDamages))('a sidecar that %s', (_name, damage) => {
  it('is a miss for an instance that starts cold, and the key can be used again', async () => {
    const writer = fill();
    writer.closeSync();
    damage(findEntry(writer, 'key').sidecar);
    const cache = openCache({ cacheRoot: writer.cacheRoot });
    expect(cache.getSync('key')).toBeUndefined();
    await expectWholeOrNothing(cache);
    await expectUsable(cache);
  });

  it('never makes an instance that knows the index throw, hang or lie', async () => {
    const cache = fill();
    expect(cache.keysSync()).toHaveLength(3);
    damage(findEntry(cache, 'key').sidecar);
    await expectWholeOrNothing(cache);
    await expectUsable(cache);
  });

  it('does not let the entry outlive its deletion', async () => {
    for (const remove of ['delete', 'clear'] as const) {
      const cache = fill();
      expect(cache.getSync('key')).toEqual(value);
      const other = openCache({ cacheRoot: cache.cacheRoot });
      for (let turn = 0; turn < 10; turn++) other.getSync('key');
      damage(findEntry(cache, 'key').sidecar);
      if (remove === 'delete') cache.deleteSync('key');
      else await cache.clear();
      expect(cache.getSync('key')).toBeUndefined();
      expect(other.getSync('key')).toBeUndefined();
      expect(cache.keysSync()).not.toContain('key');
    }
  });

  it('is found and repaired by check', async () => {
    const writer = fill();
    writer.closeSync();
    damage(findEntry(writer, 'key').sidecar);
    const cache = openCache({ cacheRoot: writer.cacheRoot });
    expect((await cache.check()).problems.length).toBeGreaterThan(0);
    const repaired = await cache.check({ repair: true });
    expect(repaired.problems.every((problem) => problem.repaired)).toBe(true);
    await expectSound(cache);
    expect(cache.getSync('before')).toBe(1);
    expect(cache.getSync('after')).toBe(2);
  });

  it('does not hinder clear and cleanup', async () => {
    const cache = fill();
    damage(findEntry(cache, 'key').sidecar);
    cache.cleanupSync();
    cache.clearSync();
    expect(cache.keysSync()).toEqual([]);
    expect(cache.getSync('key')).toBeUndefined();
    await cache.check({ repair: true });
    await expectSound(cache);
  });
});

describe('damage', () => {
  it('is counted once, healed, and counted no more', () => {
    const writer = fill();
    writer.closeSync();
    truncateSync(findEntry(writer, 'key').entry, 5);
    const cache = openCache({ cacheRoot: writer.cacheRoot });
    cache.getSync('key');
    expect(cache.getStatsSync()).toMatchObject({ errors: 1, misses: 1, hits: 0, totalKeys: 2 });
    cache.getSync('key');
    expect(cache.getStatsSync()).toMatchObject({ errors: 1, misses: 2 });
    expect(openCache({ cacheRoot: writer.cacheRoot }).keysSync().sort()).toEqual(['after', 'before']);
  });

  it('is not what an evicted entry is: a file that is gone counts as no error', () => {
    const writer = fill();
    writer.closeSync();
    rmSync(findEntry(writer, 'key').entry);
    const cache = openCache({ cacheRoot: writer.cacheRoot });
    expect(cache.getSync('key')).toBeUndefined();
    expect(cache.getStatsSync()).toMatchObject({ errors: 0, misses: 1 });
  });

  it('is not claimed to exist by an instance that knows the index and not yet the loss', () => {
    const cache = fill();
    for (let turn = 0; turn < 10; turn++) cache.existsSync('key');
    rmSync(findEntry(cache, 'key').entry);
    expect(cache.existsSync('key')).toBe(false);
    expect(openCache({ cacheRoot: cache.cacheRoot }).existsSync('key')).toBe(false);
  });

  it('of one entry does not spread when two sidecars were swapped', async () => {
    const writer = fill();
    writer.closeSync();
    const [one, two] = [findEntry(writer, 'key').sidecar, findEntry(writer, 'before').sidecar];
    const content = readFileSync(one);
    writeFileSync(one, readFileSync(two));
    writeFileSync(two, content);
    const cache = openCache({ cacheRoot: writer.cacheRoot });
    expect(cache.getSync('key')).toBeUndefined();
    expect(cache.getSync('before')).toBeUndefined();
    expect(cache.getSync('after')).toBe(2);
    await cache.check({ repair: true });
    await expectSound(cache);
  });

  it('is not what a newer version of the format is: a sidecar from the future is left alone', () => {
    const writer = fill();
    writer.closeSync();
    const { sidecar } = findEntry(writer, 'key');
    const newer = readFileSync(sidecar, 'utf8').replace('"version":1', '"version":2');
    writeFileSync(sidecar, newer);
    const cache = openCache({ cacheRoot: writer.cacheRoot });
    expect(cache.getSync('key')).toBeUndefined();
    for (const write of [() => cache.setSync('key', 1), () => cache.deleteSync('key')]) {
      expect(write).toThrow(CacheFormatError);
      expect(write).toThrow(/version 2 of the cache format and this is version 1; update glovebox-cache/);
    }
    expect(readFileSync(sidecar, 'utf8')).toBe(newer);
  });
});

describe('what does not belong to a tag', () => {
  it('is reported, and foreign files are never removed', async () => {
    const cache = fill();
    const shard = dirname(findEntry(cache, 'key').sidecar);
    const foreign = join(shard, 'notes.txt');
    writeFileSync(foreign, 'mine');
    const report = await cache.check({ repair: true });
    expect(report.problems.map((problem) => problem.kind)).toEqual(['foreign']);
    expect(readFileSync(foreign, 'utf8')).toBe('mine');
    cache.clearSync();
    cache.cleanupSync();
    expect(readFileSync(foreign, 'utf8')).toBe('mine');
  });

  it('is reported and repaired where it is an entry file that no sidecar names', async () => {
    const cache = fill();
    const { entry, generation } = findEntry(cache, 'key');
    const orphan = entry.replace(generation, '0'.repeat(24));
    writeFileSync(orphan, 'left by a killed writer');
    const report = await cache.check();
    expect(report.problems).toMatchObject([{ kind: 'orphan', severity: 'leftover', repaired: false }]);
    expect(report.problems[0]?.detail).not.toBe('');
    await cache.check({ repair: true });
    expect(listEntryFiles(cache)).not.toContain(orphan);
    await expectSound(cache);
    expect(cache.getSync('key')).toEqual(value);
  });

  it('is reported and left alone where a newer version wrote it', async () => {
    const cache = fill();
    const { sidecar } = findEntry(cache, 'key');
    const newer = readFileSync(sidecar, 'utf8').replace('"version":1', '"version":2');
    writeFileSync(sidecar, newer);
    const { problems } = await cache.check({ repair: true });
    const told = problems.filter(({ path }) => path.endsWith('.json'));
    expect(told).toMatchObject([{ kind: 'newer-format', severity: 'damage', repaired: false }]);
    expect(readFileSync(sidecar, 'utf8')).toBe(newer);
  });

  it('is swept by cleanup once it is an hour old, not before', () => {
    const cache = openCache();
    cache.setSync('key', 1);
    const { entry, sidecar, generation } = findEntry(cache, 'key');
    const orphan = entry.replace(generation, '0'.repeat(24));
    const temporary = sidecar.replace('.json', `.${'1'.repeat(24)}.tmp`);
    const temporaryIndex = `${indexPath(cache)}.${'2'.repeat(24)}.tmp`;
    for (const path of [orphan, temporary, temporaryIndex]) {
      writeFileSync(path, 'left by a killed writer');
      // A writer may still be at work on it: only the time of its last change counts, and that can't be set back.
      utimesSync(path, 0, 0);
    }
    cache.cleanupSync();
    expect(listEntryFiles(cache).sort()).toEqual([entry, orphan, temporary].sort());
    expect(existsSync(temporaryIndex)).toBe(true);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_700_000 });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    cache.cleanupSync();
    expect(listEntryFiles(cache)).toEqual([entry]);
    expect(listSidecars(cache)).toEqual([sidecar]);
    expect(existsSync(temporaryIndex)).toBe(false);
    expect(cache.getSync('key')).toBe(1);
  });
});
