import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { build, contentOf, FULL } from '../compilation/workspace/depot.ts';
import { createTempRoot } from '../support/temp-root.ts';
import { bundleCli, type CliResult, type CliWorld, finished, runCli } from './cli-harness.ts';

const program = bundleCli();

/** What empties the line. */
const EMPTY_LINE = '\u001b[2K';
/** What hides the cursor, which a kill would leave hidden. */
const HIDE_CURSOR = '\u001b[?25l';

let root: string;
let cwd: string;
beforeEach(() => {
  root = createTempRoot();
  cwd = createTempRoot();
  build(join(cwd, 'zmk'), FULL);
});

function workspace(args: readonly string[], world: CliWorld = {}): Promise<CliResult> {
  return runCli(['--root', root, 'workspace', ...args], { cwd, ...world });
}

async function json(args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await workspace([...args, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe('workspace', () => {
  it('adds, lists, restores and removes workspaces, in words', async () => {
    expect((await workspace(['list'])).stdout).toMatch(/^tag 'compilation' of .* has no workspaces\n$/);
    expect(existsSync(join(root, 'compilation'))).toBe(false);
    expect(await workspace(['add', 'zmkfirmware/zmk', 'zmk', '--branch', 'main'])).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /^added zmkfirmware\/zmk \(main\): 6 files, 79B, with zmk, zephyr, modules, west, kept for 12h, took \S+\n$/,
      ),
      stderr: '',
    });
    await workspace(['add', 'https://github.com/zmkfirmware/zmk.git', 'zmk']);
    const { stdout } = await workspace(['list']);
    expect(stdout.split('\n')[0]).toMatch(/^REPOSITORY +BRANCH +COMPONENTS +FILES +SIZE +ADDED +EXPIRES$/);
    expect(stdout).toMatch(/^zmkfirmware\/zmk +\(all\) +zmk, zephyr, modules, west +6 +79B +.* +in (?:30d|29d 23h)$/m);
    expect(stdout).toMatch(/^zmkfirmware\/zmk +main +/m);
    expect((await workspace(['restore', 'zmkfirmware/zmk', 'out', '--branch', 'main'])).stdout).toMatch(
      /^restored zmkfirmware\/zmk \(main\): 6 files, 79B, with .* into out, took \S+\n$/,
    );
    expect(contentOf(join(cwd, 'out'))).toEqual(contentOf(join(cwd, 'zmk')));
    expect((await workspace(['delete', 'zmkfirmware/zmk'])).stdout).toBe('removed zmkfirmware/zmk\n');
    expect(await workspace(['delete', 'zmkfirmware/zmk'])).toEqual({
      code: 1,
      stdout: '',
      stderr: "glovebox-cache: there is no workspace zmkfirmware/zmk in tag 'compilation'; see workspace list\n",
    });
  });

  it('speaks JSON', async () => {
    const shown = {
      repository: 'zmkfirmware/zmk',
      branch: 'main',
      level: 'repo_branch',
      components: ['zmk', 'zephyr', 'modules', 'west'],
      files: 6,
      bytes: 79,
      created: expect.stringMatching(/^\d{4}-.*Z$/),
      ageSeconds: expect.any(Number),
      expires: expect.stringMatching(/^\d{4}-.*Z$/),
    };
    const name = ['zmkfirmware/zmk', '--branch', 'main'];
    expect(await json(['list'])).toEqual([]);
    expect(await json(['cleanup', '--older-than', '1d'])).toEqual({ removed: [], dryRun: false });
    expect(await json(['add', ...name, 'zmk'])).toEqual(shown);
    expect(await json(['list'])).toEqual([shown]);
    expect(await json(['restore', ...name, 'out'])).toEqual({ target: join(cwd, 'out'), workspace: shown });
    const exported = await json(['export', ...name, 'out.tar.gz']);
    const fileBytes = readFileSync(join(cwd, 'out.tar.gz')).length;
    expect(exported).toEqual({ file: join(cwd, 'out.tar.gz'), fileBytes, workspace: shown });
    expect(await json(['cleanup', '--older-than', '0.0001s', '--dry-run'])).toEqual({ removed: [shown], dryRun: true });
    expect(await json(['delete', ...name])).toEqual({ repository: 'zmkfirmware/zmk', branch: 'main', deleted: true });
  });

  it('exports into archives and adds them again', async () => {
    await workspace(['add', 'zmkfirmware/zmk', 'zmk', '--ttl', '7d']);
    for (const file of ['a.zip', 'a.tar', 'a.tar.gz', 'a.tgz']) {
      expect((await workspace(['export', 'zmkfirmware/zmk', file])).stdout).toMatch(/^exported .* into a\./);
      expect((await workspace(['add', 'zmkfirmware/zmk', file, '--branch', file])).code).toBe(0);
    }
    const [zip, tgz] = ['a.zip', 'a.tgz'].map((file) => readFileSync(join(cwd, file)));
    expect((await workspace(['export', 'zmkfirmware/zmk', 'b', '--format', 'zip'])).code).toBe(0);
    expect(readFileSync(join(cwd, 'b')).equals(zip ?? Buffer.alloc(0))).toBe(true);
    expect(readFileSync(join(cwd, 'a.tar.gz')).equals(tgz ?? Buffer.alloc(0))).toBe(true);
  });

  it('removes what is old, or only tells', async () => {
    await workspace(['add', 'zmkfirmware/zmk', 'zmk']);
    expect((await workspace(['cleanup', '--older-than', '7d'])).stdout).toBe('removed 0 workspaces\n');
    expect((await workspace(['cleanup', '--older-than', '0.0001s', '--dry-run'])).stdout).toMatch(
      /^would remove zmkfirmware\/zmk: 6 files, .*, added .*\nwould remove 1 workspace\n$/,
    );
    expect(await json(['list'])).toHaveLength(1);
    await workspace(['cleanup', '--older-than', '0.0001s']);
    expect(await json(['list'])).toEqual([]);
  });

  it('tells in one line what went wrong, and what to do', async () => {
    mkdirSync(join(cwd, 'home'));
    writeFileSync(join(cwd, 'home/mine'), 'x');
    writeFileSync(join(cwd, 'text.zip'), 'hello');
    await workspace(['add', 'zmkfirmware/zmk', 'zmk']);
    const refused = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await workspace(args);
      expect(stdout).toBe('');
      return `${code} ${stderr}`;
    };
    expect(await refused('add', 'zmk', 'zmk')).toMatch(/^2 glovebox-cache: repository must be 'owner\/name' or .*\n$/);
    expect(await refused('add', 'a/b', 'gone')).toMatch(/^2 .*: path must be something that exists, got ".*gone"\n$/);
    expect(await refused('add', 'a/b', 'home')).toMatch(
      /^1 .*: folder .*home holds no workspace: it has none of .*\n$/,
    );
    expect(await refused('add', 'a/b', 'text.zip')).toMatch(
      /^1 .*: archive .*text\.zip is no archive, or a damaged one/,
    );
    expect(await refused('add', 'a/b', 'zmk', '--ttl', '0')).toMatch(/^2 .*It must be a duration/);
    expect(await refused('add', 'a/b', 'zmk', '--exclude', '')).toMatch(/^2 .*: --exclude must hold glob patterns/);
    expect(await refused('restore', 'zmkfirmware/zmk', 'home')).toMatch(/^1 .*home is not empty; name a folder/);
    expect(await refused('restore', 'zmkfirmware/zmk', 'home', '--replace')).toMatch(/^1 .*home holds no workspace/);
    expect(await refused('restore', 'zmkfirmware/zmk', 'out', '--branch', 'dev')).toBe(
      '1 glovebox-cache: workspace zmkfirmware/zmk, branch dev, is not in the cache; see workspace list, or add it\n',
    );
    expect(await refused('export', 'zmkfirmware/zmk', 'out.rar')).toMatch(/^2 .*: file must end with \.zip/);
    expect(await refused('cleanup')).toMatch(/^2 .*'--older-than <duration>' not specified; see .* help workspace/);
    expect(await refused('ad')).toMatch(/^2 .*unknown command 'ad' \(Did you mean add\?\)/);
    expect(await refused('restore', 'a/b', 'out', '--tag', 'none')).toMatch(/^1 .*has no tag 'none'/);
    expect((await workspace(['restore', 'zmkfirmware/zmk', 'out', '--branch', 'dev', '--fallback'])).code).toBe(0);
  });

  it('names the flag that makes room', async () => {
    writeFileSync(join(cwd, 'zmk/modules/big'), Buffer.alloc(60_000));
    const { code, stderr } = await workspace(['add', 'zmkfirmware/zmk', 'zmk', '--max-size', '20KB']);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/raise --max-size\n$/) });
  });

  it('shows a bar on a terminal, and takes it away', async () => {
    const env = { PATH: process.env['PATH'], NO_COLOR: '1' };
    const shown = await workspace(['add', 'zmkfirmware/zmk', 'zmk'], { isTTY: true, env });
    expect(shown.stderr).toMatch(/adding \[ *\] 0%/);
    expect(shown.stderr.endsWith(EMPTY_LINE)).toBe(true);
    expect(shown.stderr).not.toContain(HIDE_CURSOR);
    for (const world of [{ isTTY: false }, { isTTY: true, env: { ...env, TERM: 'dumb' } }]) {
      expect((await workspace(['add', 'zmkfirmware/zmk', 'zmk'], world)).stderr).toBe('');
    }
    expect((await workspace(['add', 'zmkfirmware/zmk', 'zmk', '--json'], { isTTY: true, env })).stderr).toBe('');
  });

  it('helps', async () => {
    expect((await workspace(['add', '--help'])).stdout).toMatch(
      /--exclude <glob>[\s\S]*With --json:\n {2}\{"repository"/,
    );
    expect((await runCli(['help', 'workspace', 'restore'])).stdout).toMatch(/--fallback/);
  });
});

/** Makes the workspace larger by what takes a while to add and to restore. */
function grow(): void {
  build(
    join(cwd, 'zmk'),
    Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`modules/${n}`, Buffer.alloc(4_000_000, n)])),
  );
}

/**
 * Starts the command and sends it a signal as soon as `isUnderWay`. Where it was done before that arrived, it is undone
 * and started again.
 */
async function strike(
  args: readonly string[],
  signal: NodeJS.Signals,
  isUnderWay: () => boolean,
  undo: () => Promise<unknown>,
): Promise<CliResult> {
  for (;;) {
    const world = { cwd, env: { PATH: process.env['PATH'] } };
    const child = program.start(['--root', root, 'workspace', ...args], world);
    const end = finished(child);
    while (!isUnderWay() && child.exitCode === null) await delay(2);
    child.kill(signal);
    const result = await end;
    if (result.code !== 0) return result;
    await undo();
  }
}

describe('a kill', () => {
  it('leaves the earlier workspace as it was', async () => {
    await workspace(['add', 'zmkfirmware/zmk', 'zmk']);
    const before = contentOf(join(cwd, 'zmk'));
    grow();
    const entries = entriesOf(root);
    const undo = async () => {
      for (let n = 0; n < 40; n++) rmSync(join(cwd, `zmk/modules/${n}`), { force: true });
      await workspace(['add', 'zmkfirmware/zmk', 'zmk']);
      grow();
    };
    await strike(['add', 'zmkfirmware/zmk', 'zmk'], 'SIGKILL', () => entriesOf(root) > entries + 4, undo);
    await workspace(['restore', 'zmkfirmware/zmk', 'out']);
    expect(contentOf(join(cwd, 'out'))).toEqual(before);
  });

  it('leaves the target of a restore as it was', async () => {
    build(join(cwd, 'out'), FULL);
    const before = contentOf(join(cwd, 'out'));
    grow();
    await workspace(['add', 'zmkfirmware/zmk', 'zmk']);
    const names = readdirSync(cwd).length;
    const undo = async () => {
      rmSync(join(cwd, 'out'), { recursive: true });
      build(join(cwd, 'out'), FULL);
    };
    const args = ['restore', 'zmkfirmware/zmk', 'out', '--replace'];
    await strike(args, 'SIGKILL', () => readdirSync(cwd).length > names, undo);
    expect(contentOf(join(cwd, 'out'))).toEqual(before);
    expect(await workspace(args)).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'out/modules/39')).length).toBe(4_000_000);
  });
});

describe('an interrupt', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends an add and a restore with nothing half done: %s', async (signal, code) => {
    grow();
    const stderr = 'glovebox-cache: interrupted; nothing was changed\n';
    const isAdding = () => entriesOf(root) > 4;
    const clear = () => runCli(['--root', root, 'clear', '--tag', 'compilation']);
    expect(await strike(['add', 'zmkfirmware/zmk', 'zmk'], signal, isAdding, clear)).toMatchObject({ code, stderr });
    expect(await json(['list'])).toEqual([]);
    await workspace(['add', 'zmkfirmware/zmk', 'zmk']);
    const isStaging = () => readdirSync(cwd).length > 1;
    const remove = async () => rmSync(join(cwd, 'out'), { recursive: true });
    const args = ['restore', 'zmkfirmware/zmk', 'out'];
    expect(await strike(args, signal, isStaging, remove)).toMatchObject({ code, stderr });
    expect(readdirSync(cwd)).toEqual(['zmk']);
  });
});

function entriesOf(folder: string): number {
  const entries = join(folder, 'compilation/entries');
  return existsSync(entries) ? readdirSync(entries, { recursive: true }).length : 0;
}
