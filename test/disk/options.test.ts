import { describe, expect, it } from 'vitest';
import { DISK_CACHE_DEFAULTS, resolveOptions } from '../../src/disk/options.ts';
import { CacheArgumentError } from '../../src/errors.ts';
import { openCache } from '../support/open-cache.ts';

describe('the defaults', () => {
  it('are what the documentation says', () => {
    expect(DISK_CACHE_DEFAULTS).toEqual({
      tag: 'default',
      maxSizeBytes: 2 * 2 ** 30,
      timeout: 30,
      memoryMaxBytes: 32 * 2 ** 20,
      atimeResolution: 1,
      fsync: false,
    });
  });

  it('are what an instance gets that is told nothing else', () => {
    expect(resolveOptions({ cacheRoot: 'root' })).toEqual({
      ...DISK_CACHE_DEFAULTS,
      cacheRoot: 'root',
      clock: Date.now,
    });
  });

  it('also stand in for what is given as undefined', () => {
    const options = {
      cacheRoot: 'root',
      tag: undefined,
      maxSizeBytes: undefined,
      timeout: undefined,
      fsync: undefined,
    };
    expect(resolveOptions(options)).toEqual(resolveOptions({ cacheRoot: 'root' }));
  });
});

describe('the limit', () => {
  it('may be given in bytes or in GiB, or in both where they agree', () => {
    expect(resolveOptions({ cacheRoot: 'root', maxSizeGb: 0.25 }).maxSizeBytes).toBe(2 ** 28);
    expect(resolveOptions({ cacheRoot: 'root', maxSizeBytes: 5000 }).maxSizeBytes).toBe(5000);
    expect(resolveOptions({ cacheRoot: 'root', maxSizeGb: 1, maxSizeBytes: 2 ** 30 }).maxSizeBytes).toBe(2 ** 30);
    expect(() => resolveOptions({ cacheRoot: 'root', maxSizeGb: 1, maxSizeBytes: 5000 })).toThrow(CacheArgumentError);
  });
});

describe('an option whose name is misspelt', () => {
  it('is refused, with the names that there are', () => {
    expect(() => openCache(JSON.parse('{ "maxSize": 5 }'))).toThrow(
      /^maxSize is not an option; there are cacheRoot, tag, /,
    );
    const cache = openCache();
    expect(() => cache.setSync('key', 1, JSON.parse('{ "tll": 60 }'))).toThrow('tll is not an option; there is ttl');
    expect(cache.existsSync('key')).toBe(false);
  });
});
