import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { createUserConfig } from '../src/config.ts';
import { getCacheInstanceCount, getSharedCacheInstance } from '../src/coordinator.ts';
import { DisabledCache } from '../src/disabled-cache.ts';
import { DiskCacheManager } from '../src/disk/disk-cache-manager.ts';
import { CacheArgumentError, CacheConfigError, CacheRootError, CacheTagError } from '../src/errors.ts';
import { createCacheFromUserConfig, createDefaultCache, createDiskCacheManager } from '../src/factories.ts';
import { testCacheRoot } from '../src/testing/vitest.ts';

/** The limit of a cache that must be a disk cache. */
function limitOf(cache: unknown): number {
  expect(cache).toBeInstanceOf(DiskCacheManager);
  return cache instanceof DiskCacheManager ? cache.maxSizeBytes : Number.NaN;
}

describe('createDiskCacheManager', () => {
  test('opens an instance that nobody shares, over the same entries', async () => {
    const cacheRoot = testCacheRoot();
    using first = createDiskCacheManager({ cacheRoot, tag: 'layout' });
    using second = createDiskCacheManager({ cacheRoot, tag: 'layout' });
    expect(second).not.toBe(first);
    expect(getSharedCacheInstance({ cacheRoot, tag: 'layout' })).not.toBe(first);
    await first.set('key', 'value');
    expect(await second.get('key')).toBe('value');
  });

  test('is not counted among the shared ones, and no environment switches it off', () => {
    process.env['GLOVEBOX_CACHE_GLOBAL'] = 'disabled';
    using cache = createDiskCacheManager({ cacheRoot: testCacheRoot() });
    expect(cache).toBeInstanceOf(DiskCacheManager);
    expect(getCacheInstanceCount()).toBe(0);
  });
});

describe('createDefaultCache', () => {
  test('is the shared cache of the tag in the user’s folder', () => {
    const cache = createDefaultCache({ tag: 'layout' });
    expect(createDefaultCache({ tag: 'layout' })).toBe(cache);
    expect(getSharedCacheInstance({ cacheRoot: testCacheRoot(), tag: 'layout' })).toBe(cache);
    expect(existsSync(join(testCacheRoot(), 'layout'))).toBe(true);
  });

  test('has the tag default where none is given', () => {
    expect(createDefaultCache()).toBe(createDefaultCache({ tag: 'default' }));
  });

  test('has the user’s limit unless the caller gives one', () => {
    process.env['GLOVEBOX_CACHE_MAX_SIZE_GB'] = '0.5';
    expect(limitOf(createDefaultCache({ tag: 'a' }))).toBe(2 ** 29);
    expect(limitOf(createDefaultCache({ tag: 'b', maxSizeGb: 1 }))).toBe(2 ** 30);
    expect(limitOf(createDefaultCache({ tag: 'c', maxSizeBytes: 1_000_000 }))).toBe(1_000_000);
  });

  test('does not take a default for a wish that another caller’s options go against', () => {
    const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const cache = createDefaultCache({ tag: 'layout', maxSizeGb: 1, timeout: 5 });
    expect(createDefaultCache({ tag: 'layout' })).toBe(cache);
    expect(emit).not.toHaveBeenCalled();
    process.env['GLOVEBOX_CACHE_MAX_SIZE_GB'] = '3';
    expect(createDefaultCache({ tag: 'layout' })).toBe(cache);
    expect(emit).toHaveBeenCalledOnce();
    emit.mockRestore();
  });

  test.each([
    ['GLOVEBOX_CACHE_GLOBAL', 'disabled'],
    ['GLOVEBOX_CACHE_LAYOUT', '0'],
    ['GLOVEBOX_CACHE_STRATEGY', 'disabled'],
  ])('stores nothing with %s=%s', async (variable, value) => {
    process.env[variable] = value;
    const cache = createDefaultCache({ tag: 'layout' });
    expect(cache).toBeInstanceOf(DisabledCache);
    expect(createDefaultCache({ tag: 'layout' })).toBe(cache);
    await cache.set('key', 1);
    expect(existsSync(join(testCacheRoot(), 'layout'))).toBe(false);
  });

  test('the caller’s enabled stands above the environment', () => {
    expect(createDefaultCache({ enabled: false })).toBeInstanceOf(DisabledCache);
    process.env['GLOVEBOX_CACHE_GLOBAL'] = 'disabled';
    process.env['GLOVEBOX_CACHE_STRATEGY'] = 'disabled';
    expect(createDefaultCache({ enabled: true })).toBeInstanceOf(DiskCacheManager);
  });

  test('needs no folder where the user switched it off', () => {
    const file = join(testCacheRoot(), 'file');
    writeFileSync(file, '');
    delete process.env['GLOVEBOX_CACHE_DIR'];
    for (const name of ['HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'TMPDIR']) vi.stubEnv(name, file);
    try {
      expect(() => createDefaultCache()).toThrow(CacheRootError);
      process.env['GLOVEBOX_CACHE_GLOBAL'] = '0';
      expect(createDefaultCache()).toBeInstanceOf(DisabledCache);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('a folder that the user named and that can’t be used is an error', () => {
    const file = join(testCacheRoot(), 'file');
    writeFileSync(file, '');
    process.env['GLOVEBOX_CACHE_DIR'] = join(file, 'cache');
    expect(() => createDefaultCache()).toThrow(CacheRootError);
    expect(() => createDefaultCache()).toThrow(join(file, 'cache'));
  });

  test('wrong options and settings are errors by name', () => {
    expect(() => createDefaultCache({ tag: 'a/b' })).toThrow(CacheTagError);
    expect(() => createDefaultCache({ timeout: 0 })).toThrow(CacheArgumentError);
    process.env['GLOVEBOX_CACHE_STRATEGY'] = 'none';
    expect(() => createDefaultCache()).toThrow(CacheConfigError);
  });

  test('what would open another cache than the caller means is an error', () => {
    expect(() => createDefaultCache(JSON.parse('"layout"'))).toThrow(
      "options must be an object such as { tag: 'layout' }",
    );
    expect(() => createDefaultCache(JSON.parse('{ "cacheRoot": "/elsewhere" }'))).toThrow(/^cacheRoot comes from/);
    expect(() => createCacheFromUserConfig(createUserConfig(), JSON.parse('null'))).toThrow(CacheArgumentError);
  });
});

describe('createCacheFromUserConfig', () => {
  test('opens the shared cache where the configuration says', () => {
    const cacheDir = join(testCacheRoot(), 'configured');
    const config = createUserConfig({ cacheDir, maxSizeGb: 0.25 });
    const cache = createCacheFromUserConfig(config, { tag: 'layout' });
    expect(limitOf(cache)).toBe(2 ** 28);
    expect(getSharedCacheInstance({ cacheRoot: cacheDir, tag: 'layout' })).toBe(cache);
  });

  test('waits as long as the configuration says, or as the caller does', async () => {
    const config = createUserConfig({ cacheStrategy: 'disabled', timeout: 0.01 });
    const cache = createCacheFromUserConfig(config);
    const waiting = cache.withLock('key', () => cache.withLock('key', () => 'inside'));
    await expect(waiting).rejects.toThrow('waited 0.01 s');
    const patient = createCacheFromUserConfig(config, { tag: 'patient', timeout: 0.02 });
    await expect(patient.withLock('key', () => patient.withLock('key', () => 'inside'))).rejects.toThrow(
      'waited 0.02 s',
    );
  });

  test('stores nothing where the strategy is disabled, or the environment switches the tag off', () => {
    const config = createUserConfig();
    expect(createCacheFromUserConfig({ ...config, cacheStrategy: 'disabled' })).toBeInstanceOf(DisabledCache);
    process.env['GLOVEBOX_CACHE_LAYOUT'] = 'false';
    expect(createCacheFromUserConfig(config, { tag: 'layout' })).toBeInstanceOf(DisabledCache);
    expect(createCacheFromUserConfig(config, { tag: 'metrics' })).toBeInstanceOf(DiskCacheManager);
  });

  test('reads no settings from the environment: the configuration has them', () => {
    const config = createUserConfig();
    process.env['GLOVEBOX_CACHE_DIR'] = join(testCacheRoot(), 'elsewhere');
    process.env['GLOVEBOX_CACHE_STRATEGY'] = 'disabled';
    expect(createCacheFromUserConfig(config)).toBe(getSharedCacheInstance({ cacheRoot: testCacheRoot() }));
  });

  test('a configuration that is incomplete or wrong is an error by name', () => {
    const config = createUserConfig();
    expect(() => createCacheFromUserConfig(JSON.parse('{}'))).toThrow('userConfig.cacheDir is missing');
    expect(() => createCacheFromUserConfig({ ...config, maxSizeGb: -1 })).toThrow(CacheArgumentError);
    expect(() => createCacheFromUserConfig({ ...config, maxSizeGb: -1 })).toThrow('userConfig.maxSizeGb must be');
  });
});
