import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { bind, type LayoutJson, layer, layoutJson, layoutText, richLayout } from '../layout/sample-layouts.ts';
import { createTempRoot } from '../support/temp-root.ts';
import { type CliResult, type CliWorld, runCli } from './cli-harness.ts';

let root: string;
let folder: string;
beforeEach(() => {
  root = createTempRoot();
  folder = createTempRoot();
});

function cli(args: readonly string[], world: CliWorld = {}): Promise<CliResult> {
  return runCli(['layout', ...args, '--root', root], { cwd: folder, ...world });
}

function write(name: string, layout: LayoutJson | string): string {
  writeFileSync(join(folder, name), typeof layout === 'string' ? layout : JSON.stringify(layout));
  return name;
}

const read = (...path: readonly string[]) => readFileSync(join(folder, ...path), 'utf8');

const BROKEN = layoutJson({
  layer_names: ['Base', 'Other', 'Lower'],
  layers: [layer(), layer({}, 79), layer({ 17: bind('&foo') })],
  extra: 1,
});
const ISSUES = [
  'warning: "extra" is not known; it is ignored',
  'error: layer 1 "Other": must have a binding for each key: it has 79, glove80 has 80 keys',
  'error: layer 2 "Lower", key 17: unknown behaviour &foo',
];

describe('layout compile', () => {
  it('writes a keymap and a configuration beside each other, and says so', async () => {
    write('mine.json', richLayout());
    expect(await cli(['compile', 'mine.json'])).toEqual({
      code: 0,
      stdout: 'wrote mine.keymap and mine.conf (3 layers)\n',
      stderr: '',
    });
    expect(read('mine.keymap')).toContain('layer_Lower {');
    expect(read('mine.conf')).toContain('CONFIG_ZMK_POINTING=y\n');
    expect(readdirSync(folder).sort()).toEqual(['mine.conf', 'mine.json', 'mine.keymap']);
  });

  it('takes the result from the cache the second time, over what was there', async () => {
    write('mine.json', richLayout());
    await cli(['compile', 'mine.json']);
    const keymap = read('mine.keymap');
    write('mine.keymap', 'something else');
    expect((await cli(['compile', 'mine.json'])).stdout).toBe(
      'wrote mine.keymap and mine.conf (3 layers, from the cache)\n',
    );
    expect(read('mine.keymap')).toBe(keymap);
  });

  it('writes where it is told to, by the name it is told', async () => {
    write('mine.json', layoutJson());
    const { stdout } = await cli(['compile', 'mine.json', '--output', 'a/config', '--name', 'glove80']);
    expect(stdout).toBe('wrote a/config/glove80.keymap and a/config/glove80.conf (1 layer)\n');
    expect(readdirSync(join(folder, 'a', 'config')).sort()).toEqual(['glove80.conf', 'glove80.keymap']);
    for (const name of ['../x', 'a/b', '..', '']) {
      const refused = await cli(['compile', 'mine.json', '--name', name]);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toContain('--name must be the name of a file without a folder');
    }
  });

  it('replaces what a link leads to and leaves the link, and keeps its mode', async () => {
    write('mine.json', layoutJson());
    mkdirSync(join(folder, 'config'));
    write('shared.keymap', 'earlier');
    chmodSync(join(folder, 'shared.keymap'), 0o640);
    symlinkSync('../shared.keymap', join(folder, 'config', 'mine.keymap'));
    expect((await cli(['compile', 'mine.json', '--output', 'config'])).code).toBe(0);
    expect(read('shared.keymap')).toContain('layer_Base {');
    expect(statSync(join(folder, 'shared.keymap')).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder).sort()).toEqual(['config', 'mine.json', 'shared.keymap']);
  });

  it('writes neither file where one has no place', async () => {
    write('mine.json', layoutJson());
    mkdirSync(join(folder, 'mine.conf'));
    const { code, stdout, stderr } = await cli(['compile', 'mine.json']);
    expect({ code, stdout, stderr: stderr.replaceAll(folder, '') }).toEqual({
      code: 1,
      stdout: '',
      stderr: "glovebox-cache: --output /mine.conf can't be written: it is a folder; name a file in it\n",
    });
    expect(readdirSync(folder).sort()).toEqual(['mine.conf', 'mine.json']);
  });

  it('reads stdin, for one thing only', async () => {
    expect((await cli(['compile', '-'], { stdin: layoutText() })).stdout).toBe(
      'wrote layout.keymap and layout.conf (1 layer)\n',
    );
    expect(await cli(['compile', '-', '--template', '-'], { stdin: layoutText() })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'glovebox-cache: only one of FILE and --template can be stdin\n',
    });
  });

  it('puts the keymap into a template', async () => {
    write('mine.json', layoutJson({ title: 'Mine' }));
    write('template', '// {{ title }}\n{{ includes }}\n{{ keymap }}\n');
    expect(await cli(['compile', 'mine.json', '--template', 'template'])).toMatchObject({ code: 0, stderr: '' });
    expect(read('mine.keymap')).toMatch(/^\/\/ Mine\n#include <behaviors\.dtsi>\n/);
    write('template', '{{ kaymap }}');
    const refused = await cli(['compile', 'mine.json', '--template', 'template']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('error: template line 1: unknown placeholder "{{ kaymap }}"');
  });

  it('writes nothing if there are errors, and lists them all', async () => {
    write('broken.json', BROKEN);
    expect(await cli(['compile', 'broken.json'])).toEqual({
      code: 1,
      stdout: '',
      stderr: `${ISSUES.join('\n')}\nglovebox-cache: nothing was written: 2 errors\n`,
    });
    expect(readdirSync(folder)).toEqual(['broken.json']);
  });

  it('tells a script what it did, and what is wrong', async () => {
    write('mine.json', layoutJson({ title: 'Mine', extra: 1 }));
    expect(JSON.parse((await cli(['compile', 'mine.json', '--json'])).stdout)).toEqual({
      keyboard: 'glove80',
      title: 'Mine',
      layers: ['Base'],
      files: ['mine.keymap', 'mine.conf'],
      fromCache: false,
      issues: [
        {
          severity: 'warning',
          code: 'unknown-member',
          layer: null,
          key: null,
          message: '"extra" is not known; it is ignored',
        },
      ],
    });
    write('broken.json', BROKEN);
    const broken = await cli(['compile', 'broken.json', '--json']);
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.stdout)).toMatchObject({ files: [], issues: [{}, { layer: 1 }, { layer: 2, key: 17 }] });
  });

  it('works with the cache switched off, and stores nothing', async () => {
    write('mine.json', layoutJson());
    for (let round = 1; round <= 2; round++) {
      const { code, stdout } = await cli(['compile', 'mine.json'], {
        env: { GLOVEBOX_CACHE_LAYOUT: 'off-is-not-a-word', GLOVEBOX_CACHE_GLOBAL: 'disabled' },
      });
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'wrote mine.keymap and mine.conf (1 layer)\n' });
    }
    expect(existsSync(join(root, 'layout'))).toBe(false);
  });

  it('says in one line what it can not read or write', async () => {
    const missing = await cli(['compile', 'missing.json']);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toMatch(/^glovebox-cache: FILE must name a readable file: ENOENT.*\n$/);
    write('mine.json', layoutJson());
    expect((await cli(['compile', 'mine.json', '--template', 'missing'])).stderr).toMatch(
      /--template must name a readable/,
    );
    write('file', 'x');
    const unwritable = await cli(['compile', 'mine.json', '--output', 'file/inside']);
    expect(unwritable).toMatchObject({ code: 1, stdout: '' });
    expect(unwritable.stderr).toMatch(
      /^glovebox-cache: can't write to file\/inside: .*; choose a folder with --output\n$/,
    );
    mkdirSync(join(folder, 'taken', 'mine.keymap'), { recursive: true });
    expect(await cli(['compile', 'mine.json', '--output', 'taken'])).toMatchObject({ code: 1, stdout: '' });
    expect(readdirSync(join(folder, 'taken'))).toEqual(['mine.keymap']);
  });
});

describe('layout validate', () => {
  it('lists everything that is wrong, and fails', async () => {
    write('broken.json', BROKEN);
    expect(await cli(['validate', 'broken.json'])).toEqual({
      code: 1,
      stdout: `${ISSUES.join('\n')}\nnot valid: 2 errors, 1 warning\n`,
      stderr: '',
    });
    const { code, stdout } = await cli(['validate', 'broken.json', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      valid: false,
      issues: [
        { severity: 'warning', code: 'unknown-member', layer: null, key: null, message: expect.any(String) },
        { severity: 'error', code: 'wrong-length', layer: 1, key: null, message: expect.any(String) },
        { severity: 'error', code: 'unknown-behavior', layer: 2, key: 17, message: expect.any(String) },
      ],
    });
  });

  it('is content with warnings', async () => {
    write('mine.json', layoutJson({ extra: 1 }));
    expect(await cli(['validate', 'mine.json'])).toMatchObject({
      code: 0,
      stdout: `${ISSUES[0]}\nvalid: 0 errors, 1 warning\n`,
    });
    expect(JSON.parse((await cli(['validate', 'mine.json', '--json'])).stdout)).toMatchObject({ valid: true });
  });

  it('tells where text is not JSON', async () => {
    const { code, stdout } = await cli(['validate', '-'], { stdin: '{\n  "layers": [\n' });
    expect(code).toBe(1);
    expect(stdout).toBe('error: not JSON: it ends too early, at line 3, column 1\nnot valid: 1 error, 0 warnings\n');
  });

  it('colours on a terminal, and can not be made to steer it', async () => {
    write('broken.json', layoutJson({ layer_names: ['\u001b[2J'], layers: [layer({ 0: bind('&foo') })] }));
    const { stdout } = await cli(['validate', 'broken.json'], { isTTY: true });
    expect(stdout).toContain('\u001b[31merror\u001b[39m: layer 0 ');
    expect(stdout).not.toContain('\u001b[2J');
  });
});

describe('layout compare', () => {
  it('tells what differs, layer by layer and key by key', async () => {
    write('a.json', layoutJson({ title: 'One', layers: [layer({ 3: bind('&kp', 'A') })] }));
    write(
      'b.json',
      layoutJson({
        title: 'Two',
        layers: [layer({ 3: bind('&kp', 'B') })],
        macros: [{ name: 'm', bindings: [bind('&none')] }],
      }),
    );
    expect(await cli(['compare', 'a.json', 'b.json'])).toEqual({
      code: 0,
      stdout: 'title: One → Two\nlayer "Base", key 3: &kp A → &kp B\nmacro "m": added\n',
      stderr: '',
    });
    expect(JSON.parse((await cli(['compare', 'a.json', 'b.json', '--json'])).stdout)).toMatchObject({
      isSame: false,
      layers: { changed: [{ name: 'Base', keys: [{ key: 3, before: '&kp A', after: '&kp B' }] }] },
    });
    expect((await cli(['compare', 'a.json', 'a.json'])).stdout).toBe('the layouts are the same\n');
  });

  it('fails if one of them can not be read', async () => {
    write('a.json', layoutJson());
    const broken = await cli(['compare', 'a.json', '-'], { stdin: '{' });
    expect(broken).toMatchObject({ code: 1, stdout: '' });
    expect(broken.stderr).toBe(
      "glovebox-cache: the layout can't be used: not JSON: it ends too early, at line 1, column 2\n",
    );
    expect(await cli(['compare', '-', '-'])).toMatchObject({ code: 2 });
  });
});

it('has help for each of its commands, with the form of the JSON', async () => {
  for (const command of ['compile', 'validate', 'compare']) {
    const { code, stdout } = await runCli(['help', 'layout', command]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: glovebox-cache layout ${command} [options]`);
    expect(stdout).toContain('With --json:');
  }
  expect(await runCli(['layout', 'nope'])).toEqual({
    code: 2,
    stdout: '',
    stderr: "glovebox-cache: unknown command 'nope'; see glovebox-cache help layout\n",
  });
});
