import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { createUserConfig } from '../../src/config.ts';
import { getSharedCacheInstance, resetSharedCacheInstances } from '../../src/coordinator.ts';
import { getCacheDebugInfo } from '../../src/metrics/index.ts';
import { openCache } from '../support/open-cache.ts';
import { createTempRoot } from '../support/temp-root.ts';

let home = '';
beforeEach(() => {
  resetSharedCacheInstances();
  home = createTempRoot();
  for (const variable of Object.keys(process.env)) {
    if (variable.startsWith('GLOVEBOX_CACHE_')) vi.stubEnv(variable, undefined);
  }
  vi.stubEnv('HOME', home);
  vi.stubEnv('XDG_CONFIG_HOME', undefined);
  vi.stubEnv('XDG_CACHE_HOME', undefined);
  return () => vi.unstubAllEnvs();
});

function writeConfig(text: string): string {
  const folder = join(home, '.config', 'glovebox-cache');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), text);
  return join(folder, 'config.json');
}

describe('the debug info', () => {
  it('tells versions and platform', async () => {
    expect(await getCacheDebugInfo()).toMatchObject({
      package: { name: 'glovebox-cache', version: packageJson.version },
      runtime: { name: 'node', version: process.versions.node, platform: process.platform, arch: process.arch },
      problems: [],
    });
  });

  it('tells each setting and where it comes from', async () => {
    const file = writeConfig('{ "maxSizeGb": 5, "ttls": { "session": 60 } }');
    const cacheDir = createTempRoot();
    vi.stubEnv('GLOVEBOX_CACHE_DIR', cacheDir);
    const { settings, configFile } = await getCacheDebugInfo();
    expect(settings).toEqual({
      cacheDir: { value: cacheDir, origin: 'environment variable GLOVEBOX_CACHE_DIR' },
      cacheStrategy: { value: 'shared', origin: 'default' },
      maxSizeGb: { value: 5, origin: `configuration file ${file}` },
      timeout: { value: 30, origin: 'default' },
      ttls: { value: { session: 60 }, origin: `configuration file ${file}` },
    });
    expect(configFile).toEqual({ path: file, exists: true });
  });

  it('tells of a configuration that is given', async () => {
    const cacheDir = createTempRoot();
    const { settings, root } = await getCacheDebugInfo(createUserConfig({ cacheDir }));
    expect(settings['cacheDir']).toEqual({ value: cacheDir, origin: 'argument' });
    expect(root).toMatchObject({ path: cacheDir, exists: true });
  });

  it('refuses what is no configuration', async () => {
    await expect(Reflect.apply(getCacheDebugInfo, undefined, [5])).rejects.toThrow(/^userConfig must be an object/);
  });

  it('tells what is wrong with a broken configuration, instead of failing', async () => {
    writeConfig('{ "maxSizeGb": ');
    const { settings, problems, root, tags } = await getCacheDebugInfo();
    expect([settings, root, tags]).toEqual([{}, null, []]);
    expect(problems).toEqual([expect.stringMatching(/^configuration: configuration file .* must be valid JSON/)]);
  });

  it('shows settings and switches of the environment, and no other text', async () => {
    vi.stubEnv('GLOVEBOX_CACHE_GLOBAL', 'enabled');
    vi.stubEnv('GLOVEBOX_CACHE_LAYOUT', '0');
    vi.stubEnv('GLOVEBOX_CACHE_TOKEN', 's3cret');
    vi.stubEnv('SOME_PASSWORD', 's3cret');
    const info = await getCacheDebugInfo();
    expect(info.environment).toEqual({
      GLOVEBOX_CACHE_GLOBAL: 'enabled',
      GLOVEBOX_CACHE_LAYOUT: '0',
      GLOVEBOX_CACHE_TOKEN: '(neither on nor off)',
    });
    expect(JSON.stringify(info)).not.toContain('s3cret');
  });

  it('tells the tags on disk with entries and sizes, and none of their keys or values', async () => {
    const cacheDir = createTempRoot();
    const cache = openCache({ cacheRoot: cacheDir, tag: 'layout' });
    await cache.set('a-private-key', 'a private value');
    const info = await getCacheDebugInfo(createUserConfig({ cacheDir }));
    expect(info.tags).toEqual([{ tag: 'layout', entries: 1, sizeBytes: (await cache.getStats()).sizeBytes }]);
    expect(JSON.stringify(info)).not.toContain('private');
  });

  it('names a tag that can not be looked at', async () => {
    const cacheDir = createTempRoot();
    await openCache({ cacheRoot: cacheDir, tag: 'layout' }).set('key', 1);
    const index = join(cacheDir, 'other', 'index.jsonl');
    mkdirSync(join(cacheDir, 'other', 'entries'), { recursive: true });
    writeFileSync(index, '\n{"format":"glovebox-cache","version":99,"tag":"other"}\n');
    const { tags, problems } = await getCacheDebugInfo(createUserConfig({ cacheDir }));
    expect(tags.map(({ tag }) => tag)).toEqual(['layout']);
    expect(problems).toEqual([expect.stringMatching(/^tag 'other': /)]);
  });

  it('tells the open caches with their options', async () => {
    const cacheRoot = createTempRoot();
    const held = getSharedCacheInstance({ cacheRoot, tag: 'layout', maxSizeGb: 1, clock: () => Date.now() });
    expect((await getCacheDebugInfo()).instances).toEqual([
      {
        root: cacheRoot,
        tag: 'layout',
        options: {
          maxSizeBytes: 2 ** 30,
          timeout: 30,
          memoryMaxBytes: 32 * 2 ** 20,
          atimeResolution: 1,
          fsync: false,
          ownClock: true,
        },
      },
    ]);
    expect(held.closed).toBe(false);
  });

  it('creates nothing', async () => {
    const { root } = await getCacheDebugInfo();
    expect(root).toEqual({ path: join(home, '.cache', 'glovebox-cache'), exists: false, fileSystem: null });
    expect(existsSync(join(home, '.cache'))).toBe(false);
  });

  it.runIf(process.platform === 'linux')('names the file system', async () => {
    const info = await getCacheDebugInfo(createUserConfig({ cacheDir: createTempRoot() }));
    // GNU's stat has names of its own for some.
    const name = execFileSync('stat', ['--file-system', '--format=%T', tmpdir()], { encoding: 'utf8' }).trim();
    expect(info.root?.fileSystem).toBe(name.replace('ext2/ext3', 'ext4'));
  });

  it('is plain JSON', async () => {
    const info = await getCacheDebugInfo();
    expect(JSON.parse(JSON.stringify(info))).toEqual(info);
  });
});
