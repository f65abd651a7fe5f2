import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { isAlive, Keyboard } from '../compilation/west/fake-west.ts';
import { createTempRoot } from '../support/temp-root.ts';
import { bundleCli, type CliResult, finished, printed, runCli } from './cli-harness.ts';

const program = bundleCli();

let root: string;
let keyboard: Keyboard;
beforeEach(() => {
  root = createTempRoot();
  keyboard = new Keyboard();
});

/** Builds `my.keymap` with `my.conf` for the left half, with further options or a command. */
function buildArgs(...options: readonly string[]): string[] {
  const files = ['my.keymap', 'my.conf'];
  return ['--root', root, 'build', ...files, '--board', 'glove80_lh', '--workspace', 'ws', ...options];
}

function build(options: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<CliResult> {
  return runCli(buildArgs(...options), { cwd: keyboard.folder, env: { ...keyboard.env, ...env } });
}

describe('build', () => {
  it('builds once, tells the artifacts on stdout and the rest on stderr', async () => {
    const cold = await build();
    expect(cold.stdout.split('\n')).toEqual([
      keyboard.path('firmware/glove80_lh-zmk.bin'),
      keyboard.path('firmware/glove80_lh-zmk.hex'),
      keyboard.path('firmware/glove80_lh-zmk.uf2'),
      '',
    ]);
    expect(cold.stderr).toMatch(/^-- Board: glove80_lh$/m);
    expect(cold.stderr).toMatch(/^glovebox-cache: MISS 4 files, \d+B, took [^\s,]+\n$/m);
    rmSync(keyboard.path('firmware'), { recursive: true });
    const warm = await build();
    expect(warm).toMatchObject({ code: 0, stdout: cold.stdout });
    expect(warm.stderr).toMatch(/^glovebox-cache: HIT 4 files, \d+B, took \S+, saved \S+\n$/);
    expect(keyboard.list('firmware')).toEqual([
      ...['glove80_lh-zmk.bin', 'glove80_lh-zmk.hex', 'glove80_lh-zmk.uf2', 'glove80_lh.log'],
    ]);
    expect(keyboard.runs).toHaveLength(1);
  });

  it('tells a script in JSON', async () => {
    const { stdout } = await build(['--json', '--explain']);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{
        outcome: 'miss',
        exitCode: 0,
        files: 4,
        savedMs: 0,
        recorded: true,
        reason: null,
        lastRun: null,
        changes: [],
      },
      artifacts: [
        { kind: 'bin', path: keyboard.path('firmware/glove80_lh-zmk.bin'), target: 'glove80_lh' },
        { kind: 'hex' },
        { kind: 'uf2' },
        { kind: 'log' },
      ],
    });
  });

  it('ends as a build that fails ends, and tells where its log is', async () => {
    const failed = await build([], { FAKE_WEST: 'fail' });
    const log = keyboard.path('firmware/glove80_lh.log');
    expect(failed).toMatchObject({ code: 2, stdout: '' });
    expect(failed.stderr).toMatch(
      `west: ninja: build stopped\nglovebox-cache: the build of glove80_lh failed with exit code 2; its log is ${log}\n`,
    );
    const { code, stdout } = await build(['--json'], { FAKE_WEST: 'none' });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      ...{ outcome: 'miss', exitCode: 1, recorded: false, artifacts: [], target: 'glove80_lh', log },
      reason: expect.stringMatching(/wrote no artifact/),
    });
  });

  it('ends with 127 when there is no west', async () => {
    expect(await build([], { PATH: '/nonexistent' })).toMatchObject({
      code: 127,
      stderr: expect.stringMatching(/did not start: command "west" was not found/),
    });
  });

  it('runs another command, with or without a config', async () => {
    writeFileSync(keyboard.path('make.sh'), '#!/bin/sh\nprintf "%s" "$*" > "$1/out.bin"\n');
    chmodSync(keyboard.path('make.sh'), 0o755);
    const args = ['--root', root, 'build', 'my.keymap', '--board', 'a', '--board', 'b', '--output', 'out dir', '--'];
    const command = ['./make.sh', '{build}', '--conf={config}', '--board', '{board}', '--json', '--', '; $x'];
    const world = { cwd: keyboard.folder, env: keyboard.env };
    const without = await runCli([...args, ...command], world);
    expect(without.code).toBe(0);
    expect(without.stdout).toBe(`${keyboard.path('out dir/a-out.bin')}\n${keyboard.path('out dir/b-out.bin')}\n`);
    expect(keyboard.read('out dir/b-out.bin')).toMatch(/build --board b --json -- ; \$x$/);
    const withConfig = await runCli([...args.slice(0, 4), 'my.conf', ...args.slice(4), ...command], world);
    expect(withConfig.stderr).toMatch(/MISS/);
    expect(keyboard.read('out dir/a-out.bin')).toMatch(/ --conf=\S+config\.conf --board a /);
  });

  it('builds again with --refresh, and tells what changed with --explain', async () => {
    await build();
    expect((await build(['--refresh'])).stderr).toMatch(/MISS/);
    keyboard.write('my.keymap', 'other');
    expect((await build(['--explain'])).stderr).toMatch(/changed since the last build, .*:\n {2}file keymap changed\n/);
  });

  it('takes the times to live from the configuration, or from --ttl', async () => {
    const ttlOf = async (part: string) => {
      const { stdout } = await runCli(['--root', root, 'keys', '--tag', 'compilation', '--json']);
      const entries: { key: string; ttl: number | null }[] = JSON.parse(stdout);
      return entries.find(({ key }) => key.includes(part))?.ttl;
    };
    await build();
    expect([await ttlOf(':run:'), await ttlOf(':last-run:')]).toEqual([7 * 86_400, 86_400]);
    await runCli(['--root', root, 'clear', '--all']);
    await build(['--ttl', '2h']);
    expect(await ttlOf(':run:')).toBe(7200);
  });

  it('builds without a cache when that is switched off', async () => {
    const { code, stderr } = await build([], { GLOVEBOX_CACHE_COMPILATION: 'disabled' });
    expect(code).toBe(0);
    expect(stderr).toMatch(/MISS 4 files, .*, not recorded: the cache is switched off\n$/);
  });

  it.each([
    [
      'no board',
      ['build', 'my.keymap'],
      /required option '--board <board>' not specified; see glovebox-cache help build/,
    ],
    ['no keymap', ['build', '--board', 'x'], /missing required argument 'keymap'/],
    [
      'only a command',
      ['build', '--board', 'x', '--', 'make'],
      /name one keymap and at most one config; a command goes/,
    ],
    ['three files', ['build', 'a', 'b', 'c', '--board', 'x'], /name one keymap and at most one config/],
    ['a wrong board', ['build', 'my.keymap', '--board', 'a b'], /: --board must hold names of boards/],
    [
      'a wrong pattern',
      ['build', 'my.keymap', '--board', 'x', '--artifact', '../x', '--workspace', 'ws'],
      /: --artifact must lie inside/,
    ],
    [
      'a missing keymap',
      ['build', 'no', '--board', 'x', '--workspace', 'ws'],
      /: KEYMAP must be a file that can be read/,
    ],
    [
      'a missing workspace',
      ['build', 'my.keymap', '--board', 'x', '--workspace', 'no'],
      /: --workspace must be an existing/,
    ],
    [
      'no ZMK',
      ['build', 'my.keymap', '--board', 'x'],
      /: --workspace must be a west workspace or a clone of ZMK, .* zmk\/app\/CMakeLists/,
    ],
  ])('refuses %s in one line', async (_, args, message) => {
    const { code, stdout, stderr } = await runCli(['--root', root, ...args], { cwd: keyboard.folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(readdirSync(keyboard.folder)).not.toContain('firmware');
  });
});

describe('build in a process of its own', () => {
  const start = (misbehave: string) =>
    program.start(buildArgs(), { cwd: keyboard.folder, env: { ...keyboard.env, FAKE_WEST: misbehave } });

  it('waits for another one that builds the same, and takes what that made', async () => {
    const go = `until ${keyboard.path('go')}`;
    const first = start(go);
    const firstEnd = finished(first);
    await printed(first, 'stderr', 'Board');
    const second = start(go);
    const secondEnd = finished(second);
    await printed(second, 'stderr', 'waiting');
    keyboard.write('go', '');
    expect((await firstEnd).stderr).toMatch(/MISS/);
    expect(await secondEnd).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(
        /^glovebox-cache: another process is building this, waiting for it\nglovebox-cache: HIT/,
      ),
    });
    expect(keyboard.runs).toHaveLength(1);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('stops the build and all that it started on %s', async (signal, code) => {
    const child = start('hang');
    const end = finished(child);
    const seen: string[] = [];
    child.stderr?.on('data', (piece: Buffer) => seen.push(String(piece)));
    await printed(child, 'stderr', 'child ');
    child.kill(signal);
    expect((await end).code).toBe(code);
    const pid = /child (\d+)/.exec(seen.join(''))?.[1] ?? '';
    expect(isAlive(Number(pid)), 'what the build started has ended').toBe(false);
    const { stdout } = await runCli(['--root', root, 'keys', '--tag', 'compilation']);
    expect(stdout).not.toMatch(/:run:/);
  });

  it('ends when it is told to while it waits for another one', async () => {
    const go = `until ${keyboard.path('go')}`;
    const first = start(go);
    const firstEnd = finished(first);
    await printed(first, 'stderr', 'Board');
    const second = start(go);
    const secondEnd = finished(second);
    await printed(second, 'stderr', 'waiting');
    second.kill('SIGTERM');
    expect((await secondEnd).code).toBe(143);
    expect(first.exitCode).toBeNull();
    keyboard.write('go', '');
    expect((await firstEnd).code).toBe(0);
  });

  it('builds when the one that it waits for is killed', async () => {
    const go = `until ${keyboard.path('go')}`;
    const first = start(go);
    const firstEnd = finished(first);
    await printed(first, 'stderr', 'Board');
    const second = start(go);
    const secondEnd = finished(second);
    await printed(second, 'stderr', 'waiting');
    first.kill('SIGTERM');
    keyboard.write('go', '');
    expect((await firstEnd).code).toBe(143);
    expect(await secondEnd).toMatchObject({ code: 0, stderr: expect.stringMatching(/MISS 4 files/) });
  });
});
