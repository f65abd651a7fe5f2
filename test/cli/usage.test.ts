import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { createTempRoot } from '../support/temp-root.ts';
import { runCli } from './cli-harness.ts';

describe('the command line', () => {
  it('prints the version', async () => {
    for (const flag of ['--version', '-v', '-V']) {
      expect(await runCli([flag])).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
    }
  });

  it('prints help with every command and the exit codes', async () => {
    const { code, stdout } = await runCli(['--help']);
    expect(code).toBe(0);
    const engine = ['show', 'keys', 'get', 'set', 'delete', 'clear', 'cleanup', 'check', 'report'];
    for (const command of ['exec', 'build', 'workspace', 'layout', 'warm', ...engine]) {
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
    expect(stdout).toMatch(
      /Exit codes:\n {2}0 {2}done\n {2}1 .*\n {2}2 .*\n {2}exec and build end as the command they ran/,
    );
  });

  it('prints help for a command', async () => {
    const { code, stdout } = await runCli(['help', 'exec']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Usage: glovebox-cache exec \[options\] -- COMMAND \[ARG\.\.\.\]/);
  });

  it('prints help for help, and for everything', async () => {
    expect(await runCli(['help', 'help'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Usage: glovebox-cache help \[options\] \[command...\]\n/),
    });
    expect((await runCli(['help'])).stdout).toBe((await runCli(['--help'])).stdout);
  });

  it('tells which switches concern it, how sizes count and where caches lie when nothing is said', async () => {
    const { stdout } = await runCli(['help']);
    expect(stdout).toMatch(/1KB is 1024 bytes/);
    expect(stdout).toMatch(/With --json what goes wrong is still told as text on stderr/);
    expect(stdout).toMatch(/or the platform's folder for caches/);
    expect(stdout).toMatch(/GLOVEBOX_CACHE_GLOBAL=disabled[^.]* concern programs, exec, build, warm and layout;/);
  });

  it('prints help on stderr when nothing is asked for', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: glovebox-cache/);
  });

  it.each([
    [['shwo'], "unknown command 'shwo' (Did you mean show?); see glovebox-cache help"],
    [['nope'], "unknown command 'nope'; see glovebox-cache help"],
    [['help', 'nope'], "unknown command 'nope'; see glovebox-cache help"],
    [['--foo'], "unknown option '--foo'; see glovebox-cache help"],
    [['show', '--jsn'], "unknown option '--jsn' (Did you mean --json?); see glovebox-cache help show"],
    [['--rot', '/x', 'show'], "unknown option '--rot' (Did you mean --root?); see glovebox-cache help"],
    [
      ['exec', '--inptu', 'x', '--', 'true'],
      "unknown option '--inptu' (Did you mean --input?); see glovebox-cache help exec",
    ],
    [['exec'], "missing required argument 'command'; see glovebox-cache help exec"],
    [['get'], "missing required argument 'key'; see glovebox-cache help get"],
    [['show', 'extra'], "too many arguments for 'show'. Expected 0 arguments but got 1; see glovebox-cache help show"],
    [
      ['clear', '--all', '--tag', 'x'],
      "option '--tag <tag>' cannot be used with option '--all'; see glovebox-cache help clear",
    ],
    [
      ['exec', '--ttl', 'soon', '--', 'true'],
      "option '--ttl <duration>' argument 'soon' is invalid. It must be a duration longer than 0, such as '90s', '24h' or '7d'; see glovebox-cache help exec",
    ],
    [
      ['cleanup', '--max-size', 'big'],
      "option '--max-size <size>' argument 'big' is invalid. It must be a size larger than 0, such as '512MB' or '2GB'; see glovebox-cache help cleanup",
    ],
  ])('refuses %j in one line, with exit code 2', async (args, message) => {
    expect(await runCli(args)).toEqual({ code: 2, stdout: '', stderr: `glovebox-cache: ${message}\n` });
  });

  it('takes a root relative to the working folder', async () => {
    const cwd = createTempRoot();
    await runCli(['--root', 'caches', 'set', 'k', 'v'], { cwd });
    expect(readdirSync(join(cwd, 'caches'))).toContain('default');
  });

  it('takes the common options before and after the name of the command', async () => {
    const root = createTempRoot();
    const before = await runCli(['--root', root, '--json', 'show']);
    const after = await runCli(['show', '--root', root, '--json']);
    expect(before).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
    expect(after).toEqual(before);
  });
});

describe('a bad argument', () => {
  it.each([
    [['keys', '--tag', '../x'], /^glovebox-cache: tag must be a plain name .*; got "\.\.\/x"\n$/],
    [['set', '', 'v'], /^glovebox-cache: key is empty; give at least one character\n$/],
    [['--root', '~/caches', 'show'], /^glovebox-cache: --root must be the path of a folder, .* got "~\/caches"\n$/],
    [['--root', '', 'show'], /^glovebox-cache: --root must be the path of a folder, .* got ""\n$/],
    [['set', 'k', 'v', '--tag', 'con'], /^glovebox-cache: tag "con" is a reserved device name/],
    [['exec', '--tag', 'a/b', '--', 'true'], /^glovebox-cache: tag must be a plain name/],
    [['exec', '--output', '../x', '--', 'true'], /^glovebox-cache: --output must lie inside the working folder/],
    [['exec', '--env', 'A=1', '--', 'true'], /^glovebox-cache: --env must hold names/],
    [['exec', '--input', '!x', '--', 'true'], /^glovebox-cache: --input must not only take files away/],
    [['set', 'k'], /^glovebox-cache: value is missing; give VALUE, '-' for stdin, or --file\n$/],
    [['set', 'k', 'v', '--file', 'f'], /^glovebox-cache: value is given twice; give either VALUE or --file\n$/],
    [['set', 'k', '--file', 'none'], /^glovebox-cache: --file must name a readable file: ENOENT.*\n$/],
    [['set', 'k', '{', '--json-value'], /^glovebox-cache: --json-value needs a value that is JSON: .*\n$/],
    [['clear'], /^glovebox-cache: nothing to clear was named; give --tag, or --all for every tag of the root\n$/],
  ])('%j ends with exit code 2 and one line', async (args, message) => {
    const root = createTempRoot();
    const result = await runCli(['--root', join(root, 'root'), ...args], { cwd: root });
    expect(result.stderr).toMatch(message);
    expect(result).toMatchObject({ code: 2, stdout: '' });
  });

  it('in a configuration variable is told by its name', async () => {
    const before = process.env['GLOVEBOX_CACHE_MAX_SIZE_GB'];
    process.env['GLOVEBOX_CACHE_MAX_SIZE_GB'] = 'much';
    try {
      const { code, stderr } = await runCli(['--root', createTempRoot(), 'show']);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^glovebox-cache: environment variable GLOVEBOX_CACHE_MAX_SIZE_GB must be a positive/);
    } finally {
      if (before === undefined) delete process.env['GLOVEBOX_CACHE_MAX_SIZE_GB'];
      else process.env['GLOVEBOX_CACHE_MAX_SIZE_GB'] = before;
    }
  });
});

describe('a root that is not there', () => {
  it.each([
    [['get', 'k']],
    [['delete', 'k']],
    ...['show', 'keys', 'cleanup', 'check', 'clear'].map((command) => [[command, '--tag', 'layout']]),
  ])('is told by %j, with exit code 1, and not created', async (args) => {
    const folder = createTempRoot();
    const root = join(folder, 'none');
    const result = await runCli(['--root', root, ...args]);
    expect(result).toEqual({
      code: 1,
      stdout: '',
      stderr: `glovebox-cache: root ${root} does not exist; name another one with --root\n`,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is told on one line that steers no terminal, whatever its name holds', async () => {
    const root = join(createTempRoot(), 'two\nlines \u001b[2J');
    const { stderr } = await runCli(['--root', root, 'get', 'k']);
    expect(stderr).toMatch(/^glovebox-cache: root .*two\\u000alines \\u001b\[2J does not exist.*\n$/);
  });

  it.each([[['show']], [['keys', '--long']], [['clear', '--all']], [['cleanup']], [['check']]])(
    'leaves %j nothing to do, and is not created',
    async (args) => {
      const folder = createTempRoot();
      const root = join(folder, 'none');
      expect(await runCli(['--root', root, ...args])).toEqual({
        code: 0,
        stdout: `root ${root} does not exist yet\n`,
        stderr: '',
      });
      expect(await runCli(['--root', root, ...args, '--json'])).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('has no keys, for a script', async () => {
    const root = join(createTempRoot(), 'none');
    expect(await runCli(['--root', root, 'keys'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('is told apart from one that is a file', async () => {
    const root = join(createTempRoot(), 'file');
    writeFileSync(root, 'mine');
    const { code, stderr } = await runCli(['--root', root, 'show']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `glovebox-cache: root ${root} is not a folder; name the folder that holds the caches with --root\n`,
    );
  });
});

describe('a tag that is not there', () => {
  it('is told, with those that are, and not created', async () => {
    const root = createTempRoot();
    await runCli(['--root', root, 'set', 'k', 'v', '--tag', 'layout']);
    const before = readdirSync(root);
    const { code, stderr } = await runCli(['--root', root, 'keys', '--tag', 'metrics']);
    expect(code).toBe(1);
    expect(stderr).toBe(`glovebox-cache: root ${root} has no tag 'metrics'; it has layout (choose with --tag)\n`);
    expect(readdirSync(root)).toEqual(before);
  });

  it('is told when there are none at all', async () => {
    const root = createTempRoot();
    mkdirSync(join(root, 'unrelated'));
    const { code, stderr } = await runCli(['--root', root, 'get', 'k']);
    expect(code).toBe(1);
    expect(stderr).toBe(`glovebox-cache: root ${root} has no tag 'default'; it has none yet (choose with --tag)\n`);
  });
});
