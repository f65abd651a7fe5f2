import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { BuildError, CompilationBuildCacheService, ZmkWestService } from '../../../src/compilation/index.ts';
import { TTL_DEFAULTS } from '../../../src/config.ts';
import { DisabledCache } from '../../../src/disabled-cache.ts';
import { createTempRoot } from '../../support/temp-root.ts';
import { isAlive, Keyboard } from './fake-west.ts';

async function failure(work: Promise<unknown>): Promise<BuildError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof BuildError) return error;
    throw error;
  }
  throw new Error('the build did not fail');
}

describe('firmware that was built before', () => {
  it('is not built again: artifacts and log come from the cache', async () => {
    const keyboard = new Keyboard();
    const cold = await keyboard.compile();
    expect(cold).toMatchObject({ outcome: 'miss', exitCode: 0, notStored: undefined, files: 4, savedMs: 0 });
    expect(cold.artifacts.map(({ kind, path }) => [kind, path])).toEqual([
      ['bin', keyboard.path('firmware/glove80_lh-zmk.bin')],
      ['hex', keyboard.path('firmware/glove80_lh-zmk.hex')],
      ['uf2', keyboard.path('firmware/glove80_lh-zmk.uf2')],
      ['log', keyboard.path('firmware/glove80_lh.log')],
    ]);
    const uf2 = keyboard.read('firmware/glove80_lh-zmk.uf2');
    const log = keyboard.read('firmware/glove80_lh.log');
    expect(log).toMatch(/-- Board: glove80_lh/);
    expect(log).toMatch(/warning: 6 characters/);
    rmSync(keyboard.path('firmware'), { recursive: true });
    const warm = await keyboard.compile();
    expect(warm).toMatchObject({ outcome: 'hit', exitCode: 0, artifacts: cold.artifacts });
    expect(keyboard.read('firmware/glove80_lh-zmk.uf2')).toBe(uf2);
    expect(keyboard.read('firmware/glove80_lh.log')).toBe(log);
    expect(keyboard.runs).toHaveLength(1);
  });

  it('is said to be there, without a build or a file being made, just when a compile would find it', async () => {
    const keyboard = new Keyboard();
    const boards = ['glove80_lh', 'glove80_rh'];
    expect(await keyboard.isCached({ boards })).toBe(false);
    await keyboard.compile();
    expect(await keyboard.isCached()).toBe(true);
    expect(await keyboard.isCached({ boards })).toBe(false);
    await keyboard.compile({ boards });
    rmSync(keyboard.path('firmware'), { recursive: true });
    expect(await keyboard.isCached({ boards })).toBe(true);
    expect(await keyboard.isCached({ refresh: true })).toBe(false);
    expect(keyboard.list('firmware')).toEqual([]);
    const [piece] = await keyboard.keysWith(':blob:');
    await keyboard.cache.delete(piece ?? '');
    expect(await keyboard.isCached({ boards })).toBe(false);
    expect(keyboard.runs).toHaveLength(2);
  });

  it('is known for the same keymap of another name in another folder', async () => {
    const keyboard = new Keyboard();
    await keyboard.compile();
    keyboard.write('else/other name.keymap', keyboard.read('my.keymap'));
    keyboard.write('else/other.conf', keyboard.read('my.conf'));
    expect(await keyboard.compile({ keymap: 'else/other name.keymap', config: 'else/other.conf' })).toMatchObject({
      outcome: 'hit',
    });
  });

  it('is known in a copy of the workspace', async () => {
    const cacheRoot = createTempRoot();
    await new Keyboard({ cacheRoot }).compile();
    expect(await new Keyboard({ cacheRoot }).compile()).toMatchObject({ outcome: 'hit' });
  });

  it('leaves artifacts alone that are in place, and brings back those that are missing or changed', async () => {
    const keyboard = new Keyboard();
    await keyboard.compile();
    const before = statSync(keyboard.path('firmware/glove80_lh-zmk.bin'));
    keyboard.write('firmware/glove80_lh-zmk.uf2', 'changed');
    rmSync(keyboard.path('firmware/glove80_lh-zmk.hex'));
    expect((await keyboard.compile()).outcome).toBe('hit');
    expect(statSync(keyboard.path('firmware/glove80_lh-zmk.bin')).ino).toBe(before.ino);
    expect(keyboard.read('firmware/glove80_lh-zmk.uf2')).toMatch(/^uf2/);
    expect(keyboard.list('firmware')).toContain('glove80_lh-zmk.hex');
  });

  it('is built again when that is asked for', async () => {
    const keyboard = new Keyboard();
    await keyboard.compile();
    expect((await keyboard.compile({ refresh: true })).outcome).toBe('miss');
    expect(keyboard.runs).toHaveLength(2);
  });

  it('is built again when any part of it is gone from the cache', async () => {
    const keyboard = new Keyboard();
    await keyboard.compile();
    for (const key of [...(await keyboard.keysWith(':blob:')), ...(await keyboard.keysWith(':run:'))]) {
      await keyboard.cache.delete(key);
      expect(await keyboard.compile(), key).toMatchObject({ outcome: 'miss', notStored: undefined });
    }
    expect((await keyboard.compile()).outcome).toBe('hit');
  });

  it('is kept as long as the configured levels say', async () => {
    const keyboard = new Keyboard();
    await keyboard.compile();
    const ttlOf = async (part: string) => {
      const [key = ''] = await keyboard.keysWith(part);
      return (await keyboard.cache.getMetadata(key))?.ttl;
    };
    expect(await ttlOf(':run:')).toBe(TTL_DEFAULTS.firmwareBuild);
    expect(await ttlOf(':blob:')).toBe(TTL_DEFAULTS.firmwareBuild);
    expect(await ttlOf(':last-run:')).toBe(TTL_DEFAULTS.firmwareMetadata);
    expect(await ttlOf(':fingerprint:')).toBe(TTL_DEFAULTS.firmwareMetadata);
    keyboard.write('my.keymap', 'other');
    await keyboard.cache.clear();
    await keyboard.compile({ ttl: 60 });
    expect(await ttlOf(':run:')).toBe(60);
  });

  it('is built and handed over, if not recorded, when caching is switched off', async () => {
    const keyboard = new Keyboard();
    const service = new ZmkWestService(new CompilationBuildCacheService(new DisabledCache()));
    const built = await service.compile('my.keymap', undefined, {
      ...{ cwd: keyboard.folder, boards: ['glove80_lh'], workspace: 'ws', env: keyboard.env },
    });
    expect(built).toMatchObject({ outcome: 'miss', notStored: 'the cache is switched off', files: 4 });
    expect(keyboard.list('firmware')).toContain('glove80_lh-zmk.uf2');
  });
});

describe('what west is told', () => {
  it('is board, shield, keymap, config and what else is for CMake', async () => {
    const keyboard = new Keyboard();
    await keyboard.compile({
      boards: ['nice_nano_v2'],
      shields: ['corne_left nice_view'],
      cmakeArgs: ['-DSNIPPET=x y'],
    });
    const [args = []] = keyboard.runs;
    expect(args).toEqual([
      ...['build', '-s', keyboard.path('ws/zmk/app'), '-d', expect.any(String), '-b', 'nice_nano_v2', '--'],
      ...['-DSHIELD=corne_left nice_view', expect.stringMatching(/^-DKEYMAP_FILE=.*\.keymap$/)],
      ...[expect.stringMatching(/^-DEXTRA_CONF_FILE=.*\.conf$/), '-DSNIPPET=x y'],
    ]);
    expect(keyboard.list('firmware')).toContain('corne_left_nice_view-nice_nano_v2-zmk.uf2');
  });

  it('leaves out a config and a shield that there are not', async () => {
    const keyboard = new Keyboard();
    await keyboard.compile({ config: null });
    expect(keyboard.runs[0]?.slice(-1)).toEqual([expect.stringMatching(/^-DKEYMAP_FILE=/)]);
    expect(keyboard.runs[0]?.slice(-2, -1)).toEqual(['--']);
  });

  it('holds no path with a space or a shell character, wherever the files lie', async () => {
    const keyboard = new Keyboard();
    const name = 'a b; $(touch oops) `x` & \'q"';
    keyboard.write(`${name}/my ${name}.keymap`, '#include "in c/l.dtsi"\n/ { };');
    keyboard.write(`${name}/in c/l.dtsi`, 'included');
    keyboard.write(`${name}/${name}.conf`, 'CONFIG_Y=y');
    const result = await keyboard.compile({
      ...{ keymap: `${name}/my ${name}.keymap`, config: `${name}/${name}.conf`, output: `${name}/out` },
    });
    expect(result).toMatchObject({ outcome: 'miss', notStored: undefined });
    expect(keyboard.read(`${name}/out/glove80_lh-zmk.uf2`)).toMatch(/included.*CONFIG_Y=y/);
    expect(existsSync(keyboard.path('oops'))).toBe(false);
  });

  it('names a clone of ZMK that is the workspace itself', async () => {
    const keyboard = new Keyboard();
    keyboard.write('solo/app/CMakeLists.txt', '');
    keyboard.write('solo/zmk/app/main.c', '');
    expect(await keyboard.compile({ workspace: 'solo' })).toMatchObject({ outcome: 'miss' });
    expect(keyboard.runs[0]?.[2]).toBe(keyboard.path('solo/app'));
  });
});

describe('each of these makes another firmware:', () => {
  type Change = [what: string, change: (keyboard: Keyboard) => Parameters<Keyboard['compile']>[0]];
  const wrote = (path: string, content: string): Change[1] => {
    return (keyboard) => {
      keyboard.write(path, content);
      return {};
    };
  };
  const changes: Change[] = [
    ['the keymap', wrote('my.keymap', '/ { other; };')],
    ['what the keymap includes', wrote('shared/deep.h', 'changed')],
    ['the config', wrote('my.conf', 'CONFIG_X=n')],
    ['no config', () => ({ config: null })],
    ['the board', () => ({ boards: ['glove80_rh'] })],
    ['a shield', () => ({ shields: ['corne_left'] })],
    ['an argument for CMake', () => ({ cmakeArgs: ['-DX=1'] })],
    ['a variable that builds read', () => ({ env: { ZEPHYR_TOOLCHAIN_VARIANT: 'zephyr' } })],
    ['a variable that was named', () => ({ env: { MINE: '2' } })],
    ['the patterns of artifacts', () => ({ artifacts: ['zephyr/*.uf2'] })],
    ['a file of the workspace', wrote('ws/zmk/app/main.c', 'int other;')],
    ['a new file in the workspace', wrote('ws/zephyr/new.c', '')],
    ['a revision', () => ({ revision: 'v3.5' })],
    ['a named input', wrote('module/code.c', 'changed')],
    ['what a variable with a path names', wrote('zmk config/x.overlay', 'changed')],
    ['Zephyr outside of the workspace', wrote('zephyr/kernel.c', 'changed')],
    ['a folder that CMake is told of', wrote('modules/b/m.c', 'changed')],
    ['a folder that CMake is told of by its place beside the workspace', wrote('beside/m.c', 'changed')],
    ['what a link leads to that a clone of the workspace tracks', wrote('linked/x.c', 'changed')],
    ["west's configuration that a variable names", wrote('westconfig', '[build]\ncmake-args = -DX=2\n')],
    ["west's configuration of the user", wrote('home/.westconfig', '[build]\ncmake-args = -DX=2\n')],
    ['what the keymap includes by an absolute path, in angle brackets', wrote('absolute.h', 'changed')],
    ['a variable that the compiler reads', () => ({ env: { CPATH: '/x' } })],
  ];

  it.each(changes)('%s', async (_, change) => {
    const keyboard = new Keyboard();
    keyboard.write('absolute.h', 'absolute');
    keyboard.write('my.keymap', `#include <${keyboard.path('absolute.h')}>\n#include "near.dtsi"\n/ { };`);
    keyboard.write('beside/m.c', 'beside');
    keyboard.write('westconfig', '');
    keyboard.write('linked/x.c', 'linked');
    keyboard.write('ws/modules/m/m.c', 'm');
    symlinkSync('../../../linked/x.c', keyboard.path('ws/modules/m/x.c'));
    keyboard.commit('ws/modules/m');
    keyboard.write('near.dtsi', '#include "shared/deep.h"');
    keyboard.write('shared/deep.h', 'deep');
    keyboard.write('module/code.c', 'code');
    keyboard.write('zmk config/x.overlay', 'x');
    keyboard.write('zephyr/kernel.c', 'kernel');
    keyboard.write('modules/a/m.c', 'a');
    keyboard.write('modules/b/m.c', 'b');
    const modules = `-DZMK_EXTRA_MODULES=${keyboard.path('modules/a')};${keyboard.path('modules/b')}`;
    const compile = (parts: Parameters<Keyboard['compile']>[0] = {}) =>
      keyboard.compile({
        ...{ inputs: ['module'], envNames: ['MINE'], ...parts },
        cmakeArgs: [modules, '-DZEPHYR_EXTRA_MODULES={workspace}/../beside', ...(parts.cmakeArgs ?? [])],
        env: {
          ...{ ZEPHYR_BASE: keyboard.path('zephyr'), ZMK_CONFIG: keyboard.path('zmk config') },
          ...{ MINE: '1', HOME: keyboard.path('home'), WEST_CONFIG_GLOBAL: keyboard.path('westconfig'), ...parts.env },
        },
      });
    expect(await compile()).toMatchObject({ outcome: 'miss', notStored: undefined });
    expect(await compile()).toMatchObject({ outcome: 'hit' });
    const changed = change(keyboard);
    expect(await compile(changed)).toMatchObject({ outcome: 'miss', notStored: undefined });
    expect(await compile(changed)).toMatchObject({ outcome: 'hit' });
  });

  it('a clone in the workspace that a variable names, too', async () => {
    const keyboard = new Keyboard();
    keyboard.commit('ws/zephyr');
    const env = { ZEPHYR_BASE: keyboard.path('ws/zephyr') };
    await keyboard.compile({ env });
    keyboard.write('ws/zephyr/VERSION', '4');
    const changed = await keyboard.compile({ env, explain: true });
    expect(changed.explanation?.changes).toEqual([{ kind: 'setting', name: 'workspace:zephyr', change: 'changed' }]);
    expect((await keyboard.compile({ env, revision: '4' })).outcome).toBe('miss');
    keyboard.write('ws/zephyr/VERSION', '5');
    expect((await keyboard.compile({ env, revision: '4' })).outcome).toBe('hit');
  });

  it.each([
    ['a variable that nothing reads', { env: { SHLVL: '7', TERM: 'x' } }],
    ['where the firmware is put', { output: 'elsewhere' }],
    ['whether it is put anywhere', { output: false as const }],
    ['how long it is kept', { ttl: 60 }],
    ['where it is built', { buildFolder: 'kept' }],
  ])('but not %s', async (_, parts) => {
    const keyboard = new Keyboard();
    await keyboard.compile();
    expect((await keyboard.compile(parts)).outcome).toBe('hit');
  });
});

describe('firmware in the workspace', () => {
  it.each([false, true])('does not count as a part of it, but all else beside it does (Git: %s)', async (isClone) => {
    const keyboard = new Keyboard();
    if (isClone) keyboard.commit('ws');
    const compile = (board: string) =>
      keyboard.compile({ boards: [board], output: 'ws', buildFolder: 'ws/builds', misbehave: '' });
    expect((await compile('left')).outcome).toBe('miss');
    expect((await compile('right')).outcome).toBe('miss');
    expect((await compile('left')).outcome).toBe('hit');
    keyboard.write('ws/other.c', '');
    expect((await compile('left')).outcome).toBe('miss');
    keyboard.write('ws/zmk/app/main.c', 'changed');
    expect((await compile('left')).outcome).toBe('miss');
    expect(keyboard.read('ws/left-zmk.uf2')).toMatch(/changed/);
  });

  it('is known though the cache lies there, too', async () => {
    const probe = new Keyboard();
    const keyboard = new Keyboard({ cacheRoot: probe.path('ws/cache') });
    expect((await keyboard.compile({ workspace: probe.path('ws') })).outcome).toBe('miss');
    expect((await keyboard.compile({ workspace: probe.path('ws') })).outcome).toBe('hit');
  });
});

describe('a build that goes wrong', () => {
  it('fails with its exit code, keeps its log, and is not recorded', async () => {
    const keyboard = new Keyboard();
    const error = await failure(keyboard.compile({ misbehave: 'fail' }));
    expect(error).toMatchObject({ code: 'ERR_BUILD', exitCode: 2, target: 'glove80_lh' });
    expect(error.log).toBe(keyboard.path('firmware/glove80_lh.log'));
    expect(error.logTail).toMatch(/west: ninja: build stopped$/);
    expect(error.message).toBe(`the build of glove80_lh failed with exit code 2; its log is ${error.log}`);
    expect(keyboard.list('firmware')).toEqual(['glove80_lh.log']);
    expect(await keyboard.keysWith(':run:')).toEqual([]);
    expect(await keyboard.compile()).toMatchObject({ outcome: 'miss', notStored: undefined });
  });

  it('fails when a signal ends it, whatever it had written', async () => {
    const error = await failure(new Keyboard().compile({ misbehave: 'die' }));
    expect(error).toMatchObject({ exitCode: 137, message: expect.stringMatching(/was ended by SIGKILL; its log/) });
  });

  it('fails when it writes no artifact', async () => {
    const keyboard = new Keyboard();
    const error = await failure(keyboard.compile({ misbehave: 'none' }));
    expect(error.message).toMatch(/wrote no artifact \(\*\*\/\*\.\{uf2,hex,bin\}.*into the build folder; its log is/);
    expect(error.exitCode).toBe(1);
    expect(await keyboard.keysWith(':run:')).toEqual([]);
  });

  it('fails when it can not be started', async () => {
    const keyboard = new Keyboard();
    const error = await failure(keyboard.compile({ env: { PATH: '/nonexistent' } }));
    expect(error).toMatchObject({ exitCode: 127, log: undefined });
    expect(error.message).toBe(
      'the build of glove80_lh did not start: command "west" was not found; check its spelling and PATH',
    );
  });

  it('leaves the firmware of an earlier build in its place', async () => {
    const keyboard = new Keyboard();
    await keyboard.compile();
    const uf2 = keyboard.read('firmware/glove80_lh-zmk.uf2');
    keyboard.write('my.keymap', 'wrong');
    await failure(keyboard.compile({ misbehave: 'fail' }));
    expect(keyboard.read('firmware/glove80_lh-zmk.uf2')).toBe(uf2);
  });

  it('leaves no temporary folder behind', async () => {
    const temporary = () => readdirSync(tmpdir()).filter((name) => name.startsWith('glovebox-build-'));
    const before = temporary();
    const keyboard = new Keyboard();
    await failure(keyboard.compile({ misbehave: 'fail' }));
    await keyboard.compile();
    await keyboard.compile();
    expect(temporary().filter((name) => !before.includes(name))).toEqual([]);
  });

  it('is not recorded when the workspace changes meanwhile', async () => {
    const keyboard = new Keyboard();
    const go = keyboard.path('go');
    const built = await keyboard.compile({
      misbehave: `until ${go}`,
      onStart: () => {
        keyboard.write('ws/zmk/app/main.c', 'int late;');
        keyboard.write('go', '');
      },
    });
    expect(built.notStored).toBe('inputs changed while it ran: workspace:zmk');
    expect(await keyboard.keysWith(':run:')).toEqual([]);
  });

  it('does not care when the keymap changes meanwhile: what is built is what was read', async () => {
    const keyboard = new Keyboard();
    const built = await keyboard.compile({
      misbehave: `until ${keyboard.path('go')}`,
      onStart: () => {
        keyboard.write('my.keymap', 'late');
        keyboard.write('go', '');
      },
    });
    expect(built.notStored).toBeUndefined();
    expect(keyboard.read('firmware/glove80_lh-zmk.uf2')).not.toMatch(/late/);
    expect((await keyboard.compile()).outcome).toBe('miss');
  });

  it('says so when the firmware can not be put into its place', async () => {
    const keyboard = new Keyboard();
    mkdirSync(keyboard.path('firmware/glove80_lh-zmk.hex'), { recursive: true });
    const error = await failure(keyboard.compile());
    expect(error.message).toMatch(/^glove80_lh was built, but output glove80_lh-zmk\.hex is a file, but a folder/);
    expect(keyboard.list('firmware')).toEqual(['glove80_lh-zmk.hex']);
  });
});

describe('several boards', () => {
  it('are built one after the other, and each is recorded by itself', async () => {
    const keyboard = new Keyboard();
    const right = await keyboard.compile({ boards: ['glove80_rh'] });
    expect(right.outcome).toBe('miss');
    const both = await keyboard.compile({ boards: ['glove80_lh', 'glove80_rh'] });
    expect(both).toMatchObject({ outcome: 'miss', files: 8 });
    expect(both.artifacts.map(({ target }) => target)).toEqual([
      ...['glove80_lh', 'glove80_lh', 'glove80_lh', 'glove80_lh'],
      ...['glove80_rh', 'glove80_rh', 'glove80_rh', 'glove80_rh'],
    ]);
    expect(keyboard.runs).toHaveLength(2);
    expect((await keyboard.compile({ boards: ['glove80_lh', 'glove80_rh'] })).outcome).toBe('hit');
    expect(keyboard.read('firmware/glove80_rh-zmk.uf2')).toMatch(/glove80_rh/);
  });

  it('are each built with each shield', async () => {
    const keyboard = new Keyboard();
    await keyboard.compile({ boards: ['nano'], shields: ['corne_left', 'corne_right'] });
    expect(keyboard.list('firmware').filter((name) => name.endsWith('.uf2'))).toEqual([
      'corne_left-nano-zmk.uf2',
      'corne_right-nano-zmk.uf2',
    ]);
  });
});

describe('two at the same time', () => {
  it('build once; the second waits and takes what the first made', async () => {
    const keyboard = new Keyboard();
    const waits: string[] = [];
    const onWait = () => {
      waits.push('waiting');
      keyboard.write('go', '');
    };
    const compile = (output: string) => keyboard.compile({ misbehave: `until ${keyboard.path('go')}`, onWait, output });
    const results = await Promise.all([compile('one'), compile('two')]);
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['hit', 'miss']);
    expect(waits).toEqual(['waiting']);
    expect(keyboard.runs).toHaveLength(1);
    expect(keyboard.read('one/glove80_lh-zmk.uf2')).toBe(keyboard.read('two/glove80_lh-zmk.uf2'));
  });
});

describe('an abort', () => {
  it('ends the build and all that it started', async () => {
    const keyboard = new Keyboard();
    const stop = new AbortController();
    let child = 0;
    const compile = keyboard.compile({
      misbehave: 'hang',
      signal: stop.signal,
      onOutput: (bytes) => {
        const found = /child (\d+)/.exec(Buffer.from(bytes).toString());
        if (found === null) return;
        child = Number(found[1]);
        stop.abort(new Error('enough'));
      },
    });
    await expect(compile).rejects.toThrow('enough');
    await expect.poll(() => isAlive(child)).toBe(false);
    expect(await keyboard.keysWith(':run:')).toEqual([]);
  });

  it('before the build begins, begins none', async () => {
    const keyboard = new Keyboard();
    await expect(keyboard.compile({ signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no');
    expect(keyboard.runs).toEqual([]);
    expect(keyboard.list('firmware')).toEqual([]);
  });
});

describe('a build folder that is kept', () => {
  it('is the same for the same board, with the sources at the same place', async () => {
    const keyboard = new Keyboard();
    await keyboard.compile({ buildFolder: 'kept' });
    keyboard.write('my.keymap', 'other');
    await keyboard.compile({ buildFolder: 'kept' });
    expect(keyboard.runs[0]).toEqual(keyboard.runs[1]);
    expect(existsSync(keyboard.path('kept/glove80_lh/build/zephyr/zmk.elf'))).toBe(true);
  });

  it('does not touch sources that did not change, so that nothing is built for their sake', async () => {
    const keyboard = new Keyboard();
    await keyboard.compile({ buildFolder: 'kept' });
    const long = new Date('2020-01-01');
    utimesSync(keyboard.path('kept/glove80_lh/sources/config.conf'), long, long);
    keyboard.write('my.keymap', 'other');
    await keyboard.compile({ buildFolder: 'kept' });
    expect(statSync(keyboard.path('kept/glove80_lh/sources/config.conf')).mtime).toEqual(long);
  });

  it('gives no artifact of an earlier build for one of this', async () => {
    const keyboard = new Keyboard();
    await keyboard.compile({ buildFolder: 'kept' });
    keyboard.write('my.keymap', 'other');
    const error = await failure(keyboard.compile({ buildFolder: 'kept', misbehave: 'none' }));
    expect(error.message).toMatch(/wrote no artifact/);
  });

  it('is begun anew when the settings change, which CMake would remember', async () => {
    const keyboard = new Keyboard();
    await keyboard.compile({ buildFolder: 'kept' });
    keyboard.write('kept/glove80_lh/build/CMakeCache.txt', 'EXTRA_CONF_FILE');
    await keyboard.compile({ buildFolder: 'kept', config: null });
    expect(existsSync(keyboard.path('kept/glove80_lh/build/CMakeCache.txt'))).toBe(false);
  });

  it('is refused when it holds something of somebody else', async () => {
    const keyboard = new Keyboard();
    keyboard.write('kept/glove80_lh/precious.bin', 'mine');
    await expect(keyboard.compile({ buildFolder: 'kept' })).rejects.toThrow(
      /^buildFolder must be left to builds, and ".*glove80_lh" holds other things/,
    );
    expect(keyboard.read('kept/glove80_lh/precious.bin')).toBe('mine');
  });

  it('is not written to by a hit', async () => {
    const keyboard = new Keyboard();
    await keyboard.compile();
    await keyboard.compile({ buildFolder: 'kept' });
    expect(keyboard.list('kept/glove80_lh/build')).toEqual([]);
  });
});

describe('another command', () => {
  const script = `
    const [keymap, config, board, build, ...rest] = process.argv.slice(1);
    const fs = require('node:fs');
    fs.writeFileSync(build + '/out.bin', [fs.readFileSync(keymap), config, board, ...rest].join());
  `;
  const node = (...args: string[]) => [process.execPath, '-e', script, ...args];

  it('is run without a shell, its placeholders replaced', async () => {
    const keyboard = new Keyboard();
    const command = node('{keymap}', '--conf={config}', '{board}', '{build}', '{{board}} $HOME', 'x;y');
    await keyboard.compile({ command, workspace: undefined, config: 'my.conf' });
    expect(keyboard.read('firmware/glove80_lh-out.bin')).toMatch(
      /^\/ \{ \};,--conf=.*config\.conf,glove80_lh,\{board\} \$HOME,x;y$/,
    );
  });

  it('named by a path is looked for from the working folder, and is part of the key', async () => {
    const keyboard = new Keyboard();
    const program = (text: string) => {
      keyboard.write('make.sh', `#!/bin/sh\necho ${text} > "$1/out.bin"\n`);
      execFileSync('chmod', ['+x', keyboard.path('make.sh')]);
    };
    program('one');
    const options = { command: ['./make.sh', '{build}'], workspace: undefined };
    expect((await keyboard.compile(options)).outcome).toBe('miss');
    expect((await keyboard.compile(options)).outcome).toBe('hit');
    program('two');
    expect((await keyboard.compile(options)).outcome).toBe('miss');
    expect(keyboard.read('firmware/glove80_lh-out.bin')).toBe('two\n');
  });

  it('of other arguments makes another firmware', async () => {
    const keyboard = new Keyboard();
    const options = { workspace: undefined };
    await keyboard.compile({ ...options, command: node('{keymap}', 'c', '{board}', '{build}') });
    const other = await keyboard.compile({ ...options, command: node('{keymap}', 'd', '{board}', '{build}') });
    expect(other.outcome).toBe('miss');
  });

  it('may name artifacts of other kinds, and two of one name', async () => {
    const keyboard = new Keyboard();
    const command = ['sh', '-c', 'mkdir -p "$0/a" "$0/b"; echo 1 > "$0/a/x.map"; echo 2 > "$0/b/x.map"', '{build}'];
    const built = await keyboard.compile({ command, workspace: undefined, artifacts: ['**/*.map'] });
    expect(built.artifacts.map(({ kind }) => kind)).toEqual(['file', 'file', 'log']);
    expect(keyboard.list('firmware')).toEqual(['glove80_lh-a-x.map', 'glove80_lh-b-x.map', 'glove80_lh.log']);
  });
});

describe('files that another command is told of', () => {
  it('are part of the key, as -DNAME=PATH or -D NAME=PATH', async () => {
    const keyboard = new Keyboard();
    keyboard.write('one.conf', 'one');
    keyboard.write('two/x.overlay', 'two');
    const definitions = [`-DCONF_FILE:FILEPATH=${keyboard.path('one.conf')}`, '-D', `DTS_ROOT=${keyboard.path('two')}`];
    const compile = () =>
      keyboard.compile({ command: ['sh', '-c', 'echo > "$0/x.bin"', '{build}', ...definitions], workspace: undefined });
    expect((await compile()).outcome).toBe('miss');
    keyboard.write('one.conf', 'changed');
    expect((await compile()).outcome).toBe('miss');
    keyboard.write('two/x.overlay', 'changed');
    expect((await compile()).outcome).toBe('miss');
    expect((await compile()).outcome).toBe('hit');
  });
});

describe('what the keymap includes', () => {
  it('may lie above it', async () => {
    const keyboard = new Keyboard();
    keyboard.write('boards/glove/my.keymap', '#include "../../common/layers.dtsi"\n#include <dt-bindings/zmk/keys.h>');
    keyboard.write('common/layers.dtsi', 'common');
    await keyboard.compile({ keymap: 'boards/glove/my.keymap' });
    expect(keyboard.read('firmware/glove80_lh-zmk.uf2')).toMatch(/common/);
  });

  it('may have the name that the keymap gets', async () => {
    const keyboard = new Keyboard();
    keyboard.write('my.keymap', '#include "keymap.keymap"\nmine');
    keyboard.write('keymap.keymap', 'included');
    await keyboard.compile();
    expect(keyboard.read('firmware/glove80_lh-zmk.uf2')).toMatch(/included.*mine/);
  });

  it('may go round in circles, or be missing', async () => {
    const keyboard = new Keyboard();
    keyboard.write('my.keymap', '// #include "a.h"\n// #include "missing.h"');
    keyboard.write('a.h', '// #include "my.keymap"');
    keyboard.write('a.h', '// __has_include("a.h")');
    const command = ['cp', '{keymap}', '{build}/out.bin'];
    expect((await keyboard.compile({ command, workspace: undefined })).outcome).toBe('miss');
  });
});

describe('explain', () => {
  it('tells what changed since the last build of this keymap', async () => {
    const keyboard = new Keyboard();
    expect((await keyboard.compile({ explain: true })).explanation).toEqual({ lastRun: undefined, changes: [] });
    keyboard.write('my.keymap', 'other');
    keyboard.write('ws/zephyr/VERSION', '4.1');
    const changed = await keyboard.compile({ explain: true, cmakeArgs: ['-DX=1'], config: null });
    expect(changed.explanation?.lastRun).toBeInstanceOf(Date);
    expect(changed.explanation?.changes).toEqual([
      { kind: 'setting', name: 'command', change: 'changed' },
      { kind: 'setting', name: 'workspace:zephyr', change: 'changed' },
      { kind: 'file', name: 'config', change: 'removed' },
      { kind: 'file', name: 'keymap', change: 'changed' },
    ]);
  });
});

it('says so if there is no place to build in', async () => {
  const keyboard = new Keyboard();
  vi.stubEnv('TMPDIR', keyboard.path('nowhere'));
  onTestFinished(() => void vi.unstubAllEnvs());
  const building = keyboard.compile();
  await expect(building).rejects.toThrow(BuildError);
  await expect(building).rejects.toThrow(/^there is no place to build in: ENOENT.*; TMPDIR names another folder/);
});

describe('is refused by name:', () => {
  const refusals: [string, Parameters<Keyboard['compile']>[0], RegExp][] = [
    ['no board', { boards: [] }, /^boards must name at least one board/],
    ['a board that is an option', { boards: ['-x'] }, /^boards must hold names of boards, .* got "-x"/],
    ['a board that is a path', { boards: ['../x'] }, /^boards must hold/],
    ['a shield that is none', { shields: ['a;b'] }, /^shields must hold names of shields/],
    ['a board twice', { boards: ['a', 'a'] }, /^boards and shields must each be named once; "a" is there twice/],
    [
      'a keymap that is not there',
      { keymap: 'no.keymap' },
      /^keymapFile must be a file that can be read, and ".*no\.keymap" can't/,
    ],
    ['a keymap that is a folder', { keymap: 'ws' }, /^keymapFile must be a file/],
    ['a config that is not there', { config: 'no.conf' }, /^configFile must be a file that can be read/],
    ['a workspace that is not there', { workspace: 'no' }, /^workspace must be an existing folder, got ".*no"/],
    [
      'a workspace without ZMK',
      { workspace: '.' },
      /^workspace must be a west workspace or a clone of ZMK, .* zmk\/app\/CMakeLists/,
    ],
    ['an input that is not there', { inputs: ['no'] }, /^inputs must name files and folders .* "no" \(.*\) can't/],
    [
      'an unknown placeholder',
      { command: ['x', '{bord}'] },
      /^command has the unknown placeholder \{bord\}; there are \{keymap\}/,
    ],
    [
      'a placeholder without a workspace',
      { command: ['x', '{workspace}'], workspace: undefined },
      /no workspace is named/,
    ],
    ['a program that may be missing', { command: ['{config}'] }, /^command must begin with a program that is always/],
    ['an empty command', { command: [] }, /^command must be a list of the program and its arguments/],
    ['arguments for CMake with another command', { command: ['x'], cmakeArgs: ['y'] }, /^cmakeArgs is for west build/],
    ['a revision without a workspace', { command: ['x'], workspace: undefined, revision: 'x' }, /^revision tells/],
    ['no artifacts', { artifacts: [] }, /^artifacts must hold at least one glob pattern/],
    ['artifacts elsewhere', { artifacts: ['../*.bin'] }, /^artifacts must lie inside the working folder/],
    ['a wrong time to live', { ttl: -1 }, /^ttl must be a positive/],
    [
      'an output where no folder can be made',
      { output: '/proc/none/x' },
      /^output must be a folder that can be written/,
    ],
    ['an output that is a file', { output: 'my.conf' }, /^output must be a folder that can be written/],
  ];

  it.each(refusals)('%s', async (_, parts, message) => {
    const keyboard = new Keyboard();
    await expect(keyboard.compile(parts)).rejects.toMatchObject({
      code: 'ERR_CACHE_ARGUMENT',
      message: expect.stringMatching(message),
    });
    expect(keyboard.runs).toEqual([]);
  });

  it('a service whose times to live are wrong', () => {
    const builds = new CompilationBuildCacheService(new DisabledCache());
    expect(() => new ZmkWestService(builds, { ttl: 0 })).toThrow(/^ttl must be a positive/);
    expect(() => new ZmkWestService(builds, { historyTtl: Number.NaN })).toThrow(/^historyTtl must be/);
  });
});
