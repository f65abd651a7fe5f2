import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openCache } from '../support/open-cache.ts';
import { createTempRoot } from '../support/temp-root.ts';
import { isLeftOut } from '../support/tools.ts';
import { bundleCli, finished, printed, runCli } from './cli-harness.ts';

const cli = bundleCli();

/** A watch whose output can be read while it runs; ended with its test. */
function startWatch(args: readonly string[]) {
  const child = cli.start(['show', '--watch', '--interval', '50ms', ...args]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = finished(child);
  return { child, ended, looks: looksOf(child) };
}

/** The lines of JSON that a process prints, each as it comes. */
function looksOf(child: ChildProcess) {
  let rest = '';
  const looks: LookAsJson[] = [];
  child.stdout?.on('data', (piece: Buffer) => {
    const lines = (rest + piece.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('{')) looks.push(JSON.parse(line));
  });
  return {
    all: looks,
    /** The first look that is as wanted, waited for. */
    find: async (isWanted: (look: LookAsJson) => boolean): Promise<LookAsJson> => {
      for (;;) {
        const found = looks.find(isWanted);
        if (found !== undefined) return found;
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`ended without it: ${JSON.stringify(looks)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

interface LookAsJson {
  readonly time: string;
  readonly root: string;
  readonly exists: boolean;
  readonly tags: readonly { readonly tag: string; readonly entries: number; readonly entriesChange: number | null }[];
  readonly problems: readonly unknown[];
}

describe('show --watch --json', () => {
  it('writes one document a line for each look, with what changed since the last one', async () => {
    const cacheRoot = createTempRoot();
    const cache = openCache({ cacheRoot, tag: 'layout' });
    await cache.set('key', 'value');
    const { child, ended, looks } = startWatch(['--json', '--root', cacheRoot]);
    const first = await looks.find(() => true);
    expect(first).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      root: cacheRoot,
      exists: true,
      tags: [
        {
          tag: 'layout',
          entries: 1,
          sizeBytes: expect.any(Number),
          maxSizeBytes: 2 ** 31,
          expired: 0,
          entriesChange: null,
          sizeBytesChange: null,
        },
      ],
      problems: [],
    });
    await cache.set('other', 'value');
    const grown = await looks.find(({ tags }) => tags[0]?.entries === 2);
    expect(grown.tags[0]?.entriesChange).toBe(1);
    await cache.delete('other');
    const shrunk = await looks.find(({ tags }) => tags[0]?.entriesChange === -1);
    expect(shrunk.tags[0]?.entries).toBe(1);
    await looks.find(({ tags }) => tags[0]?.entriesChange === 0);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('waits for a root and a tag that are not there yet, and creates neither', async () => {
    const cacheRoot = join(createTempRoot(), 'later');
    const { child, ended, looks } = startWatch(['--json', '--root', cacheRoot, '--tag', 'layout']);
    await looks.find(({ exists, tags }) => !exists && tags.length === 0);
    await openCache({ cacheRoot, tag: 'other' }).set('key', 'value');
    await looks.find(({ exists, tags }) => exists && tags.length === 0);
    await openCache({ cacheRoot, tag: 'layout' }).set('key', 'value');
    const found = await looks.find(({ tags }) => tags[0]?.entries === 1);
    expect(found.tags.map(({ tag }) => tag)).toEqual(['layout']);
    child.kill('SIGINT');
    expect((await ended).code).toBe(0);
  });

  it('follows a root that is removed and made anew, and a tag that is exchanged', async () => {
    const cacheRoot = join(createTempRoot(), 'root');
    const fill = async (root: string, keys: number) => {
      const cache = openCache({ cacheRoot: root, tag: 'layout' });
      for (let key = 0; key < keys; key++) await cache.set(['n', key], 'value');
      cache.closeSync();
    };
    await fill(cacheRoot, 3);
    const { child, ended, looks } = startWatch(['--json', '--root', cacheRoot]);
    await looks.find(({ tags }) => tags[0]?.entries === 3);
    const other = createTempRoot();
    await fill(other, 5);
    renameSync(join(cacheRoot, 'layout'), join(other, 'aside'));
    renameSync(join(other, 'layout'), join(cacheRoot, 'layout'));
    await looks.find(({ tags }) => tags[0]?.entries === 5);
    rmSync(cacheRoot, { recursive: true });
    await looks.find(({ exists }) => !exists);
    await fill(cacheRoot, 1);
    await looks.find(({ tags }) => tags[0]?.entries === 1);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('names a tag that can not be used, and shows the others', async () => {
    const cacheRoot = createTempRoot();
    await openCache({ cacheRoot, tag: 'good' }).set('key', 'value');
    makeUnusable(cacheRoot, 'bad');
    const { child, ended, looks } = startWatch(['--json', '--root', cacheRoot]);
    const look = await looks.find(() => true);
    expect(look.tags.map(({ tag }) => tag)).toEqual(['good']);
    expect(look.problems).toEqual([{ tag: 'bad', message: expect.any(String) }]);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('show --watch through a pipe', () => {
  it('writes a block for each look, under its time', async () => {
    const cacheRoot = createTempRoot();
    await openCache({ cacheRoot, tag: 'layout' }).set('key', 'value');
    const { child, ended } = startWatch(['--root', cacheRoot]);
    await printed(child, 'stdout', '\n\n');
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    const [block = ''] = stdout.split('\n\n');
    expect(block.split('\n')).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z root \//),
      'TAG     ENTRIES  SIZE  LIMIT  EXPIRED  ±ENTRIES  ±SIZE',
      expect.stringMatching(/^layout +1 +\S+ +2GB +0$/),
    ]);
    expect(stdout).not.toContain('\u001b');
  });

  it('ends where nobody reads any more', async () => {
    const { child, ended } = startWatch(['--root', createTempRoot()]);
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('tells by its exit code that it was terminated', async () => {
    const { child, ended } = startWatch(['--root', createTempRoot()]);
    await printed(child, 'stdout', 'nothing there yet');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(128 + 15);
  });
});

const hasScript = spawnSync('script', ['--version']).status === 0;

describe.skipIf(isLeftOut(hasScript))('show --watch on a terminal', () => {
  it('draws in place on a second screen, within its height, and leaves it when interrupted', async () => {
    const cacheRoot = createTempRoot();
    for (const tag of ['a', 'b', 'c', 'd', 'e', 'f']) await openCache({ cacheRoot, tag }).set('key', 'value');
    const command = [process.execPath, cli.file(), 'show', '--watch', '--interval', '50ms', '--root', cacheRoot];
    const inTerminal = `stty rows 8 cols 30; exec ${command.map((word) => `'${word}'`).join(' ')}`;
    const child = spawn('script', ['--quiet', '--return', '--command', inTerminal, '/dev/null'], {
      env: { PATH: process.env['PATH'], TERM: 'xterm', SHELL: '/bin/sh' },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = finished(child);
    await printed(child, 'stdout', '\u001b[?2026l\u001b[?2026h');
    child.stdin.write('\u0003');
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout.startsWith('\u001b[?1049h\u001b[?25l\u001b[?7l')).toBe(true);
    expect(stdout.endsWith('\u001b[?7h\u001b[?25h\u001b[?1049l')).toBe(true);
    const [frame = ''] = stdout.split('\u001b[?2026l');
    expect(frame).toContain('\u001b[H');
    expect(frame.match(/\n/g)).toHaveLength(7);
    expect(frame).toMatch(/… 6 more lines/);
  });
});

describe('show once', () => {
  it('tells of a tag that can not be used once, and shows the others', async () => {
    const cacheRoot = createTempRoot();
    await openCache({ cacheRoot, tag: 'good' }).set('key', 'value');
    makeUnusable(cacheRoot, 'bad');
    const { code, stdout, stderr } = await finished(cli.start(['show', '--root', cacheRoot]));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^glovebox-cache: tag 'bad': .*version 99.*\n$/);
    expect(stdout).toContain('good');
  });
});

describe('wrong usage of show --watch', () => {
  it.each([
    [['show', '--interval', '2s'], '--interval goes with --watch'],
    [['show', '--watch', '--interval', '0'], 'duration longer than 0'],
    [['show', '--watch', '--tag', '../x'], 'tag must be'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await runCli([...args, '--root', createTempRoot()]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('refuses a root that is no folder', async () => {
    const { code, stderr } = await runCli(['show', '--watch', '--root', process.execPath]);
    expect(code).toBe(1);
    expect(stderr).toContain('is not a folder');
  });
});

/** Makes a tag of a newer format. */
function makeUnusable(cacheRoot: string, tag: string): void {
  mkdirSync(join(cacheRoot, tag));
  const header = { format: 'glovebox-cache', version: 99, tag };
  writeFileSync(join(cacheRoot, tag, 'index.jsonl'), `\n${JSON.stringify(header)}\n`);
}
