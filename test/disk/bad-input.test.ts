import { chmodSync, chownSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { DiskCacheManager } from '../../src/disk/disk-cache-manager.ts';
import {
  CacheArgumentError,
  CacheClosedError,
  CacheEntryTooLargeError,
  CacheError,
  CacheKeyError,
  CacheOwnerError,
  CacheRootError,
  CacheTagError,
} from '../../src/errors.ts';
import { expectSound, openCache } from '../support/open-cache.ts';
import { listEntryFolder } from '../support/store-files.ts';
import { createTempRoot } from '../support/temp-root.ts';

/** Opens a cache with what the types forbid, as JavaScript callers can; it is not supposed to open. */
function open(options: unknown): unknown {
  return Reflect.construct(DiskCacheManager, [options]);
}

/** Calls a method with what the types forbid. */
function call(cache: DiskCacheManager, method: keyof DiskCacheManager, ...args: unknown[]): unknown {
  const implementation = cache[method];
  if (typeof implementation !== 'function') throw new Error(`${String(method)} is no method`);
  return Reflect.apply(implementation, cache, args);
}

const isRoot = process.getuid?.() === 0;

describe('a key', () => {
  const bad: [string, unknown, RegExp][] = [
    ['empty', '', /key .*empty.*at least one character/],
    ['not well-formed', 'broken \ud800', /key .*well-formed Unicode/],
    ['over 64 KiB', 'k'.repeat(65_537), /key .*65537 bytes.*65536/],
    ['undefined', undefined, /key must be .*undefined/],
    ['a function', () => 1, /key must be a string/],
  ];

  it.each(bad)('%s is refused by every method, and nothing is lost', async (_name, key, message) => {
    const cache = openCache();
    cache.setSync('there', 'before');
    const files = listEntryFolder(cache);
    for (const method of ['getSync', 'setSync', 'deleteSync', 'existsSync', 'getMetadataSync'] as const) {
      expect(() => call(cache, method, key, 'value')).toThrow(CacheKeyError);
      expect(() => call(cache, method, key, 'value')).toThrow(message);
    }
    expect(() => call(cache, 'deleteManySync', ['there', key])).toThrow(message);
    for (const method of ['get', 'set', 'delete', 'exists', 'getMetadata'] as const) {
      await expect(call(cache, method, key, 'value')).rejects.toThrow(message);
    }
    await expect(call(cache, 'deleteMany', ['there', key])).rejects.toThrow(message);
    await expect(call(cache, 'withLock', key, () => 1)).rejects.toThrow(message);
    expect(cache.getSync('there')).toBe('before');
    expect(listEntryFolder(cache)).toEqual(files);
    await expectSound(cache);
  });

  it('list that is no list is refused', async () => {
    const cache = openCache();
    cache.setSync('a', 1);
    expect(() => call(cache, 'deleteManySync', undefined)).toThrow(CacheArgumentError);
    expect(() => call(cache, 'deleteManySync', 5)).toThrow(/keys/);
    // A string is iterable, but its letters are not what anyone means.
    expect(() => call(cache, 'deleteManySync', 'a')).toThrow(CacheArgumentError);
    await expect(call(cache, 'deleteMany', 'a')).rejects.toThrow(/keys/);
    expect(cache.existsSync('a')).toBe(true);
  });
});

describe('a ttl', () => {
  const bad: [string, unknown][] = [
    ['0', 0],
    ['negative', -1],
    ['NaN', Number.NaN],
    ['infinite', Number.POSITIVE_INFINITY],
    ['a string', '60'],
    ['null', null],
    ['a date', new Date()],
  ];

  it.each(bad)('that is %s is refused, and what was there stays', async (_name, ttl) => {
    const cache = openCache();
    cache.setSync('key', 'before');
    const files = listEntryFolder(cache);
    expect(() => call(cache, 'setSync', 'key', 'after', { ttl })).toThrow(CacheArgumentError);
    expect(() => call(cache, 'setSync', 'key', 'after', { ttl })).toThrow(/ttl .*positive.*seconds/);
    await expect(call(cache, 'set', 'key', 'after', { ttl })).rejects.toThrow(/ttl .*positive.*seconds/);
    expect(cache.getSync('key')).toBe('before');
    expect(listEntryFolder(cache)).toEqual(files);
  });

  it('in place of the options is refused', () => {
    const cache = openCache();
    for (const options of [60, '60', null]) {
      expect(() => call(cache, 'setSync', 'key', 'value', options)).toThrow(CacheArgumentError);
    }
    expect(cache.existsSync('key')).toBe(false);
  });
});

describe('a tag', () => {
  const plain: unknown[] = [
    '',
    '.',
    '..',
    'a/b',
    '../escape',
    '/absolute',
    'a\\b',
    'with space',
    'n\u00fcl',
    'nul\0',
    'line\n',
    't'.repeat(65),
    '.hidden',
    'dot.',
    'a:b',
    '*',
    5,
    null,
    {},
  ];

  it.each(plain)('%j is refused as no plain name', (tag) => {
    const cacheRoot = createTempRoot();
    expect(() => open({ cacheRoot, tag })).toThrow(CacheTagError);
    expect(() => open({ cacheRoot, tag })).toThrow(/tag .*plain name.*64/);
    expect(readdirSync(cacheRoot)).toEqual([]);
  });

  it.each(['con', 'PRN', 'aux.txt', 'nul', 'COM1', 'lpt9.log'])('%j is refused as a device name', (tag) => {
    const cacheRoot = createTempRoot();
    expect(() => open({ cacheRoot, tag })).toThrow(CacheTagError);
    expect(() => open({ cacheRoot, tag })).toThrow(/reserved device name/);
    expect(readdirSync(cacheRoot)).toEqual([]);
  });

  it.each(['a', 'A-b_c.9', 'console', 'com', 't'.repeat(64)])('%j is accepted', (tag) => {
    expect(openCache({ tag }).tag).toBe(tag);
  });
});

describe('options', () => {
  const bad: [string, unknown, RegExp][] = [
    ['maxSizeBytes 0', { maxSizeBytes: 0 }, /maxSizeBytes/],
    ['maxSizeBytes negative', { maxSizeBytes: -1 }, /maxSizeBytes/],
    ['maxSizeBytes NaN', { maxSizeBytes: Number.NaN }, /maxSizeBytes/],
    ['maxSizeBytes text', { maxSizeBytes: '1GB' }, /maxSizeBytes/],
    ['maxSizeGb negative', { maxSizeGb: -2 }, /maxSizeGb/],
    ['maxSizeGb text', { maxSizeGb: '2' }, /maxSizeGb/],
    ['both limits', { maxSizeGb: 1, maxSizeBytes: 5000 }, /maxSizeGb.*maxSizeBytes|maxSizeBytes.*maxSizeGb/],
    ['timeout negative', { timeout: -1 }, /timeout/],
    ['timeout NaN', { timeout: Number.NaN }, /timeout/],
    ['timeout text', { timeout: '30' }, /timeout/],
    ['memoryMaxBytes negative', { memoryMaxBytes: -1 }, /memoryMaxBytes/],
    ['memoryMaxBytes text', { memoryMaxBytes: 'all' }, /memoryMaxBytes/],
    ['atimeResolution negative', { atimeResolution: -1 }, /atimeResolution/],
    ['fsync text', { fsync: 'yes' }, /fsync/],
    ['clock a number', { clock: 5 }, /clock/],
  ];

  it.each(bad)('%s are refused by name', (_name, options, message) => {
    const cacheRoot = createTempRoot();
    const wrong = () => open({ cacheRoot, ...Object(options) });
    expect(wrong).toThrow(CacheArgumentError);
    expect(wrong).toThrow(message);
    expect(readdirSync(cacheRoot)).toEqual([]);
  });

  it('that are missing are refused', () => {
    for (const options of [undefined, null, {}, 'folder', { cacheRoot: '' }, { cacheRoot: 5 }, { cacheRoot: 'a\0b' }]) {
      expect(() => open(options)).toThrow(CacheArgumentError);
      expect(() => open(options)).toThrow(/cacheRoot|options/);
    }
  });
});

describe('a root', () => {
  it('that is a file is refused', () => {
    const file = join(createTempRoot(), 'file');
    writeFileSync(file, 'precious');
    expect(() => open({ cacheRoot: file })).toThrow(CacheRootError);
    expect(() => open({ cacheRoot: file })).toThrow(/cacheRoot .*file.* a file is in its place/);
  });

  it('under a file is refused', () => {
    const file = join(createTempRoot(), 'file');
    writeFileSync(file, 'precious');
    expect(() => open({ cacheRoot: join(file, 'below') })).toThrow(CacheRootError);
  });

  it('that is a link to nowhere is refused', () => {
    const link = join(createTempRoot(), 'link');
    symlinkSync('/nowhere/at/all', link);
    expect(() => open({ cacheRoot: link })).toThrow(CacheRootError);
    expect(() => open({ cacheRoot: link })).toThrow(/cacheRoot .*link.* a link to nowhere is in its place/);
  });

  it("that can't be created is refused", () => {
    // Nobody, root included, can create anything in there.
    expect(() => open({ cacheRoot: '/proc/glovebox-cache' })).toThrow(CacheRootError);
    expect(() => open({ cacheRoot: '/proc/glovebox-cache/deep/er' })).toThrow(/cacheRoot .*proc.*can be created/);
  });

  it('that is a link to a folder is the folder', () => {
    const cacheRoot = createTempRoot();
    const link = join(createTempRoot(), 'link');
    symlinkSync(cacheRoot, link);
    expect(openCache({ cacheRoot: link }).cacheRoot).toBe(cacheRoot);
  });

  it('that is missing is created, with its parents', () => {
    const cacheRoot = join(createTempRoot(), 'a', 'b', 'c');
    expect(openCache({ cacheRoot }).cacheRoot).toBe(cacheRoot);
  });

  it.runIf(isRoot)('that another user owns is refused', () => {
    const cacheRoot = createTempRoot();
    chownSync(cacheRoot, 12345, 12345);
    expect(() => open({ cacheRoot })).toThrow(CacheOwnerError);
    expect(() => open({ cacheRoot })).toThrow(/cacheRoot .*belongs to user 12345, not to user 0/);
    expect(readdirSync(cacheRoot)).toEqual([]);
  });
});

describe('a tag folder', () => {
  it('that is a file is refused', () => {
    const cacheRoot = createTempRoot();
    writeFileSync(join(cacheRoot, 'default'), 'precious');
    expect(() => open({ cacheRoot })).toThrow(CacheRootError);
    expect(() => open({ cacheRoot })).toThrow(/tag folder .*default.* is not a folder but a file/);
  });

  it('that is a link is refused, so that nobody can point it elsewhere', () => {
    const cacheRoot = createTempRoot();
    const elsewhere = createTempRoot();
    symlinkSync(elsewhere, join(cacheRoot, 'default'));
    expect(() => open({ cacheRoot })).toThrow(CacheRootError);
    expect(() => open({ cacheRoot })).toThrow(/tag folder .*default.* is not a folder but a symbolic link/);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('that is not ours is refused, whoever we are', () => {
    const cacheRoot = createTempRoot();
    mkdirSync(join(cacheRoot, 'default'));
    // As another user would find it: the root open to all, as mounted volumes are, the folder in it somebody else's.
    chmodSync(cacheRoot, 0o777);
    const own = process.geteuid?.() ?? 0;
    const asAnother = vi.spyOn(process, 'geteuid').mockReturnValue(own + 1);
    try {
      expect(() => open({ cacheRoot })).toThrow(CacheOwnerError);
      expect(() => open({ cacheRoot })).toThrow(`belongs to user ${own}, not to user ${own + 1}`);
      expect(() => open({ cacheRoot })).toThrow(/tag folder .*; use a folder of your own/);
      chmodSync(cacheRoot, 0o755);
      expect(() => open({ cacheRoot })).toThrow(/^cacheRoot .*; use a folder of your own/);
    } finally {
      asAnother.mockRestore();
    }
    expect(readdirSync(join(cacheRoot, 'default'))).toEqual([]);
  });

  it.runIf(isRoot)('that another user owns is refused', () => {
    const cacheRoot = createTempRoot();
    const folder = join(cacheRoot, 'default');
    mkdirSync(folder);
    chownSync(folder, 12345, 12345);
    expect(() => open({ cacheRoot })).toThrow(CacheOwnerError);
    expect(() => open({ cacheRoot })).toThrow(/tag folder .*belongs to user 12345/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('an entry larger than the limit', () => {
  it('is refused by name, before anything is evicted for it', async () => {
    const cache = openCache({ maxSizeBytes: 100_000 });
    cache.setSync('before', 'kept');
    cache.setSync('key', 'kept');
    const files = listEntryFolder(cache);
    const refused = (error: unknown) => {
      expect(error).toBeInstanceOf(CacheEntryTooLargeError);
      expect(error).toMatchObject({ code: 'ERR_CACHE_ENTRY_TOO_LARGE', key: 'key' });
      expect(String(error)).toMatch(/100000/);
      return true;
    };
    for (const value of [Buffer.alloc(100_001), 'x'.repeat(200_000), { list: ['x'.repeat(200_000)] }]) {
      expect(() => cache.setSync('key', value)).toThrow(expect.toSatisfy(refused));
      await expect(cache.set('key', value)).rejects.toSatisfy(refused);
    }
    // Fits by its bytes, but not with the disk blocks that it and its sidecar take.
    expect(() => cache.setSync('key', Buffer.alloc(99_999))).toThrow(CacheEntryTooLargeError);
    expect(listEntryFolder(cache)).toEqual(files);
    expect(cache.getSync('before')).toBe('kept');
    expect(cache.getSync('key')).toBe('kept');
    expect(cache.getStatsSync().evictions).toBe(0);
    await expectSound(cache);
  });
});

describe('a closed cache', () => {
  it('refuses every call by name, and close again is no error', async () => {
    const cache = openCache();
    cache.setSync('key', 1);
    cache.closeSync();
    cache.closeSync();
    cache[Symbol.dispose]();
    await cache.close();
    expect(cache.closed).toBe(true);
    const calls: (() => unknown)[] = [
      () => cache.getSync('key'),
      () => cache.setSync('key', 2),
      () => cache.deleteSync('key'),
      () => cache.deleteManySync(['key']),
      () => cache.clearSync(),
      () => cache.existsSync('key'),
      () => cache.getMetadataSync('key'),
      () => cache.getStatsSync(),
      () => cache.cleanupSync(),
      () => cache.keysSync(),
      () => cache.planCleanup(),
    ];
    for (const use of calls) {
      expect(use).toThrow(CacheClosedError);
      expect(use).toThrow(/closed/);
    }
    await expect(cache.check()).rejects.toThrow(CacheClosedError);
    expect(openCache({ cacheRoot: cache.cacheRoot }).getSync('key')).toBe(1);
  });

  it('carries out or refuses what was under way, and leaves nothing half done', async () => {
    const cache = openCache();
    const large = Buffer.alloc(4 * 2 ** 20, 1);
    cache.setSync('there', large);
    const underWay = [cache.set('large', large), cache.get('there'), cache.get('missing'), cache.delete('there')];
    const closing = cache.close();
    for (const outcome of await Promise.allSettled(underWay)) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(CacheError);
    }
    await closing;
    const after = openCache({ cacheRoot: cache.cacheRoot });
    const read = after.getSync<Buffer>('large');
    if (read !== undefined) expect(read.equals(large)).toBe(true);
    await expectSound(after);
  });
});

describe('every error', () => {
  it('is a CacheError with a name and a code', () => {
    const cache = openCache();
    for (const wrong of [
      () => cache.getSync(''),
      () => cache.setSync('k', () => 1),
      () => cache.setSync('k', 1, { ttl: -1 }),
      () => open({ cacheRoot: createTempRoot(), tag: '..' }),
    ]) {
      expect(wrong).toThrow(CacheError);
      try {
        wrong();
      } catch (error) {
        expect(error).toMatchObject({
          name: expect.stringMatching(/^Cache\w+Error$/),
          code: expect.stringMatching(/^ERR_CACHE_/),
        });
      }
    }
  });
});
