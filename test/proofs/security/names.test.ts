/**
 * Whatever keys and tags are called, they become no paths.
 */

import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { CacheTagError } from '../../../src/errors.ts';
import { createTempRoot } from '../../support/temp-root.ts';

const RUNS = 300;

const nasty = fc.constantFrom(
  '..',
  '../',
  '/',
  '\\',
  '..\\',
  '.',
  '/etc/passwd',
  '~',
  '\0',
  '\n',
  '%2e%2e%2f',
  '\u2024\u2024/',
  '\uff0e\uff0e\uff0f',
  'CON',
  'nul.txt',
  'C:',
  'index.jsonl',
  'index.lock',
  'entries',
  'locks',
  '.reap',
  '.json',
  '.tmp',
  '__proto__',
  'constructor',
  '\u202e',
  '$(touch x)',
  'a',
  '0'.repeat(40),
);
const names = fc.oneof(
  fc
    .array(fc.oneof(nasty, fc.string({ unit: 'grapheme', maxLength: 4 })), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
);

/** The only names that there may be in a root with one tag. */
const OWN_NAME = new RegExp(
  '^(CACHEDIR\\.TAG|default|default/(index\\.jsonl|entries|locks|locks/[0-9a-f]{40}\\.lock' +
    '|entries/[0-9a-f]{2}|entries/([0-9a-f]{2})/\\3[0-9a-f]{38}\\.(json|[0-9a-f]{24})))$',
);

function namesUnder(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
}

it('a key is only ever hashed', async () => {
  const parent = createTempRoot();
  const cacheRoot = join(parent, 'root');
  using cache = new DiskCacheManager({ cacheRoot });
  await fc.assert(
    fc.asyncProperty(
      names.filter((name) => name.length > 0 && name.isWellFormed()),
      fc.boolean(),
      async (key, isDeleted) => {
        await cache.withLock(key, () => cache.setSync(key, { key }));
        expect(await cache.get(key)).toEqual({ key });
        expect(cache.getMetadataSync(key)?.key).toBe(key);
        expect(cache.keysSync()).toContain(key);
        if (isDeleted) expect(cache.deleteSync(key)).toBe(true);
      },
    ),
    { seed: 1, numRuns: RUNS },
  );
  expect(fs.readdirSync(parent)).toEqual(['root']);
  expect(namesUnder(cacheRoot).filter((name) => !OWN_NAME.test(name))).toEqual([]);
});

it('the longest key has a name no longer than others', () => {
  const cacheRoot = createTempRoot();
  using cache = new DiskCacheManager({ cacheRoot });
  const key = '../'.repeat(21_845);
  cache.setSync(key, 1);
  expect(cache.getSync(key)).toBe(1);
  for (const name of namesUnder(cacheRoot)) expect(basename(name).length).toBeLessThanOrEqual(65);
});

it('a key that differs only in case, in form or at its end is another key', () => {
  using cache = new DiskCacheManager({ cacheRoot: createTempRoot() });
  const keys = [
    'key',
    'KEY',
    'key ',
    'key.',
    'key\0',
    'caf\u00e9',
    'cafe\u0301',
    '\ufeffkey',
    'k\u200dey',
    '__proto__',
    'toString',
  ];
  for (const key of keys) cache.setSync(key, key);
  for (const key of keys) expect(cache.getSync(key)).toBe(key);
  expect(cache.keysSync().sort()).toEqual([...keys].sort());
});

it('a tag is one folder in the root, of exactly that name, or refused before anything is created', () => {
  const parent = createTempRoot();
  const cacheRoot = join(parent, 'root');
  fs.mkdirSync(cacheRoot);
  let opened = 0;
  fc.assert(
    fc.property(names, (tag) => {
      const before = fs.readdirSync(cacheRoot);
      try {
        new DiskCacheManager({ cacheRoot, tag }).closeSync();
        opened++;
      } catch (error) {
        expect(error).toBeInstanceOf(CacheTagError);
        expect(fs.readdirSync(cacheRoot)).toEqual(before);
        return;
      }
      expect(basename(tag)).toBe(tag);
      expect(fs.readdirSync(cacheRoot)).toContain(tag);
      expect(fs.lstatSync(join(cacheRoot, tag)).isDirectory()).toBe(true);
    }),
    { seed: 1, numRuns: RUNS },
  );
  expect(opened).toBeGreaterThan(0);
  expect(fs.readdirSync(parent)).toEqual(['root']);
});
