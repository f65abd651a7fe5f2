import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { configFilePath } from '../src/config/config-file.ts';
import { tagVariable } from '../src/config/environment.ts';
import { platformCacheFolder, platformConfigFolder } from '../src/config/platform-folders.ts';
import {
  assertUserConfig,
  configuredTtls,
  createUserConfig,
  TTL_DEFAULTS,
  USER_CONFIG_DEFAULTS,
} from '../src/config.ts';
import { DISK_CACHE_DEFAULTS } from '../src/disk/options.ts';
import { CacheArgumentError, CacheConfigError, CacheOwnerError, CacheRootError } from '../src/errors.ts';
import { createTestCacheRoot, type TestCacheRoot } from '../src/testing/index.ts';
import { bundle, runProgram } from './support/run-bundled.ts';

const user = process.geteuid?.() ?? 0;
const SOMEBODY_ELSE = 12_345;

/** A machine of our own: a home, a folder for temporary files, and nothing of this package in the environment. */
let machine: TestCacheRoot;
let home: string;
let temporary: string;

beforeEach(() => {
  machine = createTestCacheRoot();
  home = join(machine.path, 'home');
  temporary = join(machine.path, 'tmp');
  mkdirSync(home);
  mkdirSync(temporary);
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('GLOVEBOX_CACHE_') || name.startsWith('XDG_')) vi.stubEnv(name, undefined);
  }
  vi.stubEnv('HOME', home);
  vi.stubEnv('TMPDIR', temporary);
  // These tests look at what Linux does, wherever they run; what the other platforms do has tests of its own.
  vi.spyOn(process, 'platform', 'get').mockReturnValue('linux');
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  machine.remove();
});

function writeConfig(content: string): string {
  const path = configFilePath() ?? '';
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

describe('without any word of the user', () => {
  test('everything has its default', () => {
    expect(createUserConfig()).toEqual({
      cacheDir: join(home, '.cache', 'glovebox-cache'),
      cacheStrategy: 'shared',
      maxSizeGb: 2,
      timeout: 30,
    });
  });

  test('the defaults are those of a disk cache', () => {
    expect(USER_CONFIG_DEFAULTS.maxSizeGb * 2 ** 30).toBe(DISK_CACHE_DEFAULTS.maxSizeBytes);
    expect(USER_CONFIG_DEFAULTS.timeout).toBe(DISK_CACHE_DEFAULTS.timeout);
  });

  test('no folder is created', () => {
    createUserConfig();
    expect(readdirSync(home)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe('times to live', () => {
  const HOUR = 3600;
  const DAY = 24 * HOUR;

  test('have these defaults, in seconds', () => {
    expect(configuredTtls(createUserConfig())).toEqual({
      workspaceBase: 30 * DAY,
      workspaceBranch: DAY,
      workspaceFull: 12 * HOUR,
      workspaceBuild: HOUR,
      layoutProcessing: 7 * DAY,
      layoutComparison: 3 * DAY,
      layoutParsed: HOUR,
      layoutValidation: 3 * DAY,
      layoutTemplate: 7 * DAY,
      firmwareBuild: 7 * DAY,
      firmwareMetadata: DAY,
      session: 7 * DAY,
    });
  });

  test('come one by one: overrides, then the file, then the defaults', () => {
    writeConfig('{ "ttls": { "session": 60, "firmwareBuild": 61 } }');
    const config = createUserConfig({ ttls: { session: 1.5, workspaceBase: undefined } });
    expect(config.ttls).toEqual({ session: 1.5, firmwareBuild: 61 });
    expect(configuredTtls(config)).toEqual({ ...TTL_DEFAULTS, session: 1.5, firmwareBuild: 61 });
  });

  test.each([
    [{ session: 0 }, 'overrides.ttls.session must be a positive finite number of seconds, got 0'],
    [{ session: '1h' }, "overrides.ttls.session must be a positive finite number of seconds, got '1h'"],
    [{ sesion: 60 }, 'overrides.ttls.sesion is not a time to live; there are workspaceBase,'],
    [[60], 'overrides.ttls must be an object with times to live in seconds'],
    [7, 'overrides.ttls must be an object with times to live in seconds'],
  ])('that are wrong are refused by name: %j', (ttls, message) => {
    expect(() => Reflect.apply(createUserConfig, undefined, [{ ttls }])).toThrow(
      expect.objectContaining({ name: 'CacheArgumentError', message: expect.stringContaining(message) }),
    );
  });

  test('that are wrong in the file are refused by name and file', () => {
    const path = writeConfig('{ "ttls": { "session": -1 } }');
    expect(() => createUserConfig()).toThrow(
      new CacheConfigError(
        `ttls.session in configuration file ${path} must be a positive finite number of seconds, got -1`,
      ),
    );
  });
});

describe('each setting comes from the first that has it', () => {
  test('the file stands above the defaults', () => {
    writeConfig('{ "cacheDir": "/file/cache", "cacheStrategy": "disabled", "maxSizeGb": 0.5, "timeout": 7 }');
    expect(createUserConfig()).toEqual({
      cacheDir: resolve('/file/cache'),
      cacheStrategy: 'disabled',
      maxSizeGb: 0.5,
      timeout: 7,
    });
  });

  test('the environment stands above the file', () => {
    writeConfig('{ "cacheDir": "/file/cache", "cacheStrategy": "disabled", "maxSizeGb": 0.5, "timeout": 7 }');
    vi.stubEnv('GLOVEBOX_CACHE_DIR', '/environment/cache');
    vi.stubEnv('GLOVEBOX_CACHE_STRATEGY', 'shared');
    vi.stubEnv('GLOVEBOX_CACHE_MAX_SIZE_GB', '1.5');
    expect(createUserConfig()).toEqual({
      cacheDir: resolve('/environment/cache'),
      cacheStrategy: 'shared',
      maxSizeGb: 1.5,
      timeout: 7,
    });
  });

  test('overrides stand above all; one that is undefined is none', () => {
    vi.stubEnv('GLOVEBOX_CACHE_DIR', '/environment/cache');
    vi.stubEnv('GLOVEBOX_CACHE_MAX_SIZE_GB', '1.5');
    expect(createUserConfig({ cacheDir: '/override', maxSizeGb: undefined, timeout: 3 })).toEqual({
      cacheDir: resolve('/override'),
      cacheStrategy: 'shared',
      maxSizeGb: 1.5,
      timeout: 3,
    });
  });

  test('an empty variable is none', () => {
    vi.stubEnv('GLOVEBOX_CACHE_DIR', '');
    vi.stubEnv('GLOVEBOX_CACHE_MAX_SIZE_GB', ' ');
    expect(createUserConfig()).toMatchObject({ cacheDir: join(home, '.cache', 'glovebox-cache'), maxSizeGb: 2 });
  });

  test('a relative folder in arguments or environment is one below the working folder', () => {
    expect(createUserConfig({ cacheDir: 'a/b' }).cacheDir).toBe(resolve('a/b'));
    vi.stubEnv('GLOVEBOX_CACHE_DIR', './c');
    expect(createUserConfig().cacheDir).toBe(resolve('c'));
  });
});

describe('what can’t be used is an error that says where it stands and what would be right', () => {
  test.each([
    ['GLOVEBOX_CACHE_STRATEGY', 'off', "must be 'shared' or 'disabled', got 'off'"],
    ['GLOVEBOX_CACHE_MAX_SIZE_GB', '2GB', "must be a positive finite number of GiB, got '2GB'"],
    ['GLOVEBOX_CACHE_MAX_SIZE_GB', '0', 'must be a positive finite number of GiB, got 0'],
    ['GLOVEBOX_CACHE_MAX_SIZE_GB', '-1', 'must be a positive finite number of GiB, got -1'],
    ['GLOVEBOX_CACHE_MAX_SIZE_GB', 'Infinity', 'must be a positive finite number of GiB, got Infinity'],
    ['GLOVEBOX_CACHE_DIR', '~/cache', "must be the path of a folder ('~' is not expanded)"],
  ])('%s=%s', (variable, value, message) => {
    vi.stubEnv(variable, value);
    expect(() => createUserConfig()).toThrow(CacheConfigError);
    expect(() => createUserConfig()).toThrow(`environment variable ${variable} ${message}`);
    // Also where an argument stands above it.
    expect(() => createUserConfig({ cacheDir: '/a', maxSizeGb: 1, cacheStrategy: 'shared' })).toThrow(variable);
  });

  test.each([
    ['{ "maxSizeGb": "2" }', "maxSizeGb in configuration file FILE must be a positive finite number of GiB, got '2'"],
    ['{ "timeout": 0 }', 'timeout in configuration file FILE must be a positive finite number of seconds, got 0'],
    ['{ "cacheStrategy": null }', "cacheStrategy in configuration file FILE must be 'shared' or 'disabled', got null"],
    ['{ "cacheDir": "relative" }', 'cacheDir in configuration file FILE must be the path of a folder'],
    ['{ "maxSize": 2 }', 'maxSize in configuration file FILE is not a setting; there are cacheDir, cacheStrategy'],
    ['{ "__proto__": 1 }', '__proto__ in configuration file FILE is not a setting'],
    ['{ maxSizeGb: 2 }', 'configuration file FILE must be valid JSON: '],
    ['', 'configuration file FILE must be valid JSON: '],
    ['[]', 'configuration file FILE must hold one JSON object'],
    ['null', 'configuration file FILE must hold one JSON object'],
  ])('a file with %s', (content, message) => {
    const path = writeConfig(content);
    expect(() => createUserConfig()).toThrow(CacheConfigError);
    expect(() => createUserConfig()).toThrow(message.replace('FILE', path));
  });

  test('a file that is a folder', () => {
    mkdirSync(configFilePath() ?? '', { recursive: true });
    expect(() => createUserConfig()).toThrow(/configuration file .*config\.json can't be read \(EISDIR\)/);
  });

  test('a byte order mark before the JSON is none of it', () => {
    writeConfig('\uFEFF{ "timeout": 4 }');
    expect(createUserConfig().timeout).toBe(4);
  });

  test.each([
    ['{ "timeout": -1 }', 'overrides.timeout must be a positive finite number of seconds, got -1'],
    ['{ "cacheDir": "" }', "overrides.cacheDir must be the path of a folder ('~' is not expanded)"],
    ['{ "cacheDir": "a\\u0000b" }', 'overrides.cacheDir must be the path of a folder'],
    ['{ "root": "/a" }', 'overrides.root is not a setting'],
    ['null', 'overrides must be an object with the settings of a UserConfig, got null'],
  ])('overrides %s', (json, message) => {
    expect(() => createUserConfig(JSON.parse(json))).toThrow(CacheArgumentError);
    expect(() => createUserConfig(JSON.parse(json))).toThrow(message);
  });

  test('a configuration handed on must be complete', () => {
    const config = createUserConfig();
    expect(() => assertUserConfig({ ...config, more: 'of the application' })).not.toThrow();
    expect(() => assertUserConfig({ ...config, timeout: undefined })).toThrow('userConfig.timeout is missing');
    expect(() => assertUserConfig({ ...config, maxSizeGb: '2' })).toThrow('userConfig.maxSizeGb must be');
    expect(() => assertUserConfig(undefined)).toThrow(CacheArgumentError);
  });
});

describe('the platform’s folders', () => {
  const on = (platform: NodeJS.Platform, environment: NodeJS.ProcessEnv = {}, of: string | undefined = undefined) => {
    const machineLike = { platform, environment, home: of };
    return [platformCacheFolder(machineLike), platformConfigFolder(machineLike)];
  };

  test('on Linux are those of XDG', () => {
    expect(on('linux', {}, '/home/me')).toEqual(['/home/me/.cache/glovebox-cache', '/home/me/.config/glovebox-cache']);
    expect(on('linux', { XDG_CACHE_HOME: '/c', XDG_CONFIG_HOME: '/e' }, '/home/me')).toEqual([
      '/c/glovebox-cache',
      '/e/glovebox-cache',
    ]);
    expect(on('linux', { XDG_CACHE_HOME: 'relative', XDG_CONFIG_HOME: '' }, '/home/me')).toEqual([
      '/home/me/.cache/glovebox-cache',
      '/home/me/.config/glovebox-cache',
    ]);
  });

  test('on macOS are in the Library', () => {
    expect(on('darwin', { XDG_CACHE_HOME: '/c' }, '/Users/me')).toEqual([
      '/Users/me/Library/Caches/glovebox-cache',
      '/Users/me/Library/Application Support/glovebox-cache',
    ]);
  });

  test('on Windows are those of AppData', () => {
    const environment = { LOCALAPPDATA: 'D:\\Local', APPDATA: 'D:\\Roaming' };
    expect(on('win32', environment, 'C:\\Users\\me')).toEqual([
      'D:\\Local\\glovebox-cache',
      'D:\\Roaming\\glovebox-cache',
    ]);
    expect(on('win32', {}, 'C:\\Users\\me')).toEqual([
      'C:\\Users\\me\\AppData\\Local\\glovebox-cache',
      'C:\\Users\\me\\AppData\\Roaming\\glovebox-cache',
    ]);
  });

  test('are none for a user without a home', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      expect(on(platform)).toEqual([undefined, undefined]);
      expect(on(platform, {}, '')).toEqual([undefined, undefined]);
    }
  });
});

test('a tag’s variable is its name in upper case, with _ for what variables can’t hold', () => {
  expect(tagVariable('layout')).toBe('GLOVEBOX_CACHE_LAYOUT');
  expect(tagVariable('zmk-build.v2')).toBe('GLOVEBOX_CACHE_ZMK_BUILD_V2');
  for (const tag of ['dir', 'global', 'strategy', 'max-size-gb']) expect(tagVariable(tag)).toBeUndefined();
});

describe('where the default folder can’t be written', () => {
  const fallback = () => join(temporary, `glovebox-cache-${user}`);

  /** Makes the home one that nobody, not even root, can create a folder in. */
  function breakHome(): void {
    const file = join(machine.path, 'file');
    writeFileSync(file, '');
    vi.stubEnv('HOME', file);
  }

  test('a private temporary folder takes its place', () => {
    breakHome();
    const { cacheDir } = createUserConfig();
    expect(cacheDir).toBe(fallback());
    expect(statSync(cacheDir).mode & 0o777).toBe(0o700);
    expect(createUserConfig().cacheDir).toBe(cacheDir);
  });

  test('it is private whatever the umask', () => {
    breakHome();
    const umask = process.umask(0);
    try {
      expect(statSync(createUserConfig().cacheDir).mode & 0o777).toBe(0o700);
    } finally {
      process.umask(umask);
    }
  });

  test('a home that is read-only is such a place', () => {
    chmodSync(home, 0o555);
    chmodSync(machine.path, 0o755);
    chmodSync(temporary, 0o777);
    const program = bundle(
      `
      import { createDefaultCache, createUserConfig } from '../../src/index.ts';

      using cache = createDefaultCache({ tag: 'function' });
      cache.setSync('key', 'value');
      console.log(JSON.stringify({ folder: createUserConfig().cacheDir, value: cache.getSync('key') }));
      `,
      'cjs',
    );
    const uid = user === 0 ? SOMEBODY_ELSE : user;
    const env = { HOME: home, TMPDIR: temporary, PATH: process.env['PATH'] };
    const report = runProgram(program, user === 0 ? { env, uid } : { env });
    expect(report).toEqual({ folder: join(temporary, `glovebox-cache-${uid}`), value: 'value' });
    expect(readdirSync(home)).toEqual([]);
  });

  test('an unset and unknown home is such a place', () => {
    vi.stubEnv('HOME', '');
    expect(createUserConfig().cacheDir).toBe(fallback());
  });

  test.runIf(user === 0)('a default folder that belongs to another user is such a place', () => {
    const folder = join(home, '.cache', 'glovebox-cache');
    mkdirSync(folder, { recursive: true });
    chownSync(folder, SOMEBODY_ELSE, SOMEBODY_ELSE);
    expect(createUserConfig().cacheDir).toBe(fallback());
  });

  test('a folder that the user named is never exchanged', () => {
    breakHome();
    const named = join(machine.path, 'file', 'cache');
    vi.stubEnv('GLOVEBOX_CACHE_DIR', named);
    expect(createUserConfig().cacheDir).toBe(named);
    expect(createUserConfig({ cacheDir: '/dev/null/cache' }).cacheDir).toBe('/dev/null/cache');
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('who disables caches needs no folder', () => {
    breakHome();
    vi.stubEnv('TMPDIR', join(machine.path, 'file'));
    expect(() => createUserConfig()).toThrow(CacheRootError);
    expect(() => createUserConfig()).toThrow(
      /no folder for caches can be created, .*; name a folder .*GLOVEBOX_CACHE_DIR/,
    );
    expect(createUserConfig({ cacheStrategy: 'disabled' }).cacheStrategy).toBe('disabled');
  });

  describe('what somebody planted under the temporary name is refused', () => {
    test.runIf(user === 0)('a folder of another user, open or not', () => {
      breakHome();
      mkdirSync(fallback(), { mode: 0o700 });
      chownSync(fallback(), SOMEBODY_ELSE, SOMEBODY_ELSE);
      for (const mode of [0o700, 0o777]) {
        chmodSync(fallback(), mode);
        expect(() => createUserConfig()).toThrow(CacheOwnerError);
        expect(() => createUserConfig()).toThrow(
          `belongs to user ${SOMEBODY_ELSE}, not to 0; name a folder of your own`,
        );
      }
      expect(readdirSync(fallback())).toEqual([]);
    });

    test('a link to a folder', () => {
      breakHome();
      const target = join(machine.path, 'target');
      mkdirSync(target, { mode: 0o700 });
      symlinkSync(target, fallback());
      expect(() => createUserConfig()).toThrow(CacheRootError);
      expect(() => createUserConfig()).toThrow(/glovebox-cache-\d+ is not a folder; remove it, or name a folder/);
      expect(readdirSync(target)).toEqual([]);
    });

    test('a file', () => {
      breakHome();
      writeFileSync(fallback(), '');
      expect(() => createUserConfig()).toThrow(/is not a folder/);
    });

    test('a folder that others may look into', () => {
      breakHome();
      mkdirSync(fallback());
      chmodSync(fallback(), 0o755);
      expect(() => createUserConfig()).toThrow(CacheRootError);
      expect(() => createUserConfig()).toThrow(/is open to other users/);
    });
  });
});
