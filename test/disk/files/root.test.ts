import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assertSameName, listTags, prepareFolders, realRoot } from '../../../src/disk/files/root.ts';
import { CacheTagError } from '../../../src/errors.ts';
import { openCache } from '../../support/open-cache.ts';
import { createTempRoot } from '../../support/temp-root.ts';

describe('listTags', () => {
  it('gives the tags that are in a root, sorted', () => {
    const cacheRoot = createTempRoot();
    for (const tag of ['metrics', 'compilation']) openCache({ cacheRoot, tag }).setSync('key', 1);
    expect(listTags(cacheRoot)).toEqual(['compilation', 'metrics']);
  });

  it('leaves out what is no tag', () => {
    const cacheRoot = createTempRoot();
    openCache({ cacheRoot, tag: 'real' }).setSync('key', 1);
    mkdirSync(join(cacheRoot, 'empty'));
    mkdirSync(join(cacheRoot, '.git'));
    writeFileSync(join(cacheRoot, 'file'), '');
    expect(listTags(cacheRoot)).toEqual(['real']);
  });

  it('creates nothing where there is no root', () => {
    const missing = join(createTempRoot(), 'missing');
    expect(listTags(missing)).toEqual([]);
    expect(existsSync(missing)).toBe(false);
    const file = join(createTempRoot(), 'file');
    writeFileSync(file, '');
    expect(listTags(file)).toEqual([]);
  });
});

describe('prepareFolders', () => {
  it('marks a new root as a cache, and one that holds other things not', () => {
    const fresh = join(createTempRoot(), 'fresh');
    prepareFolders(fresh, 'tag');
    expect(existsSync(join(fresh, 'CACHEDIR.TAG'))).toBe(true);
    const home = createTempRoot();
    writeFileSync(join(home, 'thesis.txt'), 'precious');
    prepareFolders(home, 'tag');
    expect(existsSync(join(home, 'CACHEDIR.TAG'))).toBe(false);
  });

  it('gives real paths', () => {
    const real = createTempRoot();
    const link = join(createTempRoot(), 'link');
    symlinkSync(real, link);
    expect(prepareFolders(link, 'tag')).toEqual({ root: real, folder: join(real, 'tag') });
  });
});

describe('realRoot', () => {
  it('is one path for every way to write it, whether it exists or not', () => {
    const real = createTempRoot();
    const link = join(createTempRoot(), 'link');
    symlinkSync(real, link);
    expect(realRoot(link)).toBe(real);
    expect(realRoot(`${real}/./x/..//`)).toBe(real);
    expect(realRoot(join(link, 'not', 'yet'))).toBe(join(real, 'not', 'yet'));
    expect(existsSync(join(real, 'not'))).toBe(false);
  });
});

describe('a tag whose folder has another spelling, as on a case-insensitive file system', () => {
  it('is refused, with both names', () => {
    expect(() => assertSameName('layout', 'layout')).not.toThrow();
    expect(() => assertSameName('layout', 'Layout')).toThrow(CacheTagError);
    expect(() => assertSameName('layout', 'Layout')).toThrow(/tag 'layout' collides with 'Layout' .*use one spelling/);
  });
});
