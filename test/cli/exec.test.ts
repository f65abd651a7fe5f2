import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTempRoot } from '../support/temp-root.ts';
import { bundleCli, type CliResult, type CliWorld, finished, printed, runCli } from './cli-harness.ts';

const program = bundleCli();

let root: string;
let cwd: string;
let runsFolder: string;
beforeEach(() => {
  root = createTempRoot();
  runsFolder = createTempRoot();
  cwd = createTempRoot();
  mkdirSync(join(cwd, 'src'));
  writeFileSync(join(cwd, 'src/a.txt'), 'one');
});

/** Arguments that run a shell script, with `src` for input and `dist` for output; its runs are counted. */
function execArgs(script: string, ...options: readonly string[]): string[] {
  return [
    ...['--root', root, 'exec', '--input', 'src/**', '--output', 'dist/**'],
    ...options,
    ...['--', 'sh', '-c', `echo run >> "${join(runsFolder, 'runs')}"; ${script}`],
  ];
}

function exec(script: string, options: readonly string[] = [], world: CliWorld = {}): Promise<CliResult> {
  return runCli(execArgs(script, ...options), { cwd, ...world });
}

/** How often the script ran. */
function runs(): number {
  return readFileSync(join(runsFolder, 'runs'), 'utf8').split('\n').length - 1;
}

const COPY = 'mkdir -p dist && cp src/* dist';

describe('exec', () => {
  it('stores the figures of a run for a report, if asked to', async () => {
    const read = async () => {
      const { stdout } = await runCli(['--root', root, 'report', '--json']);
      return JSON.parse(stdout).hitRates;
    };
    await exec(COPY);
    expect(await read()).toMatchObject({ sessions: 0 });
    await exec(COPY, ['--refresh', '--metrics']);
    const quiet = await exec(COPY, ['--metrics']);
    expect(quiet.stderr).toMatch(/^glovebox-cache: HIT 1 file, [^\n]+\n$/);
    expect(await read()).toMatchObject({ sessions: 2, byTag: [{ tag: 'compilation', errors: 0 }] });
    const off = await exec(COPY, ['--metrics'], { env: { ...process.env, GLOVEBOX_CACHE_METRICS: 'disabled' } });
    expect(off).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('the metrics were not stored: the cache is switched off\n'),
    });
  });

  it('runs a command once and replays it, with one line on stderr', async () => {
    const script = `${COPY} && chmod 755 dist/a.txt; echo out; echo err >&2`;
    const cold = await exec(script);
    expect(cold.stdout).toBe('out\n');
    expect(cold.stderr).toMatch(/^err\nglovebox-cache: MISS 1 file, 3B, took [^\s,]+\n$/);
    rmSync(join(cwd, 'dist'), { recursive: true });
    const warm = await exec(script);
    expect(warm).toMatchObject({ code: 0, stdout: 'out\n' });
    expect(warm.stderr).toMatch(/^err\nglovebox-cache: HIT 1 file, 3B, took \S+, saved \S+\n$/);
    expect(statSync(join(cwd, 'dist/a.txt')).mode & 0o777).toBe(0o755);
    expect(runs()).toBe(1);
  });

  it('ends as the command ends, and does not record a failure unless asked', async () => {
    const failed = await exec('exit 3');
    expect(failed.code).toBe(3);
    expect(failed.stderr).toMatch(/MISS 0 files, 0B, took [^\s,]+, not recorded: exit code 3\n$/);
    expect((await exec('exit 3', ['--cache-failures'])).code).toBe(3);
    const replayed = await exec('exit 3', ['--cache-failures']);
    expect(replayed.code).toBe(3);
    expect(replayed.stderr).toMatch(/HIT/);
  });

  it('ends with 128 and the number of the signal that ended the command', async () => {
    expect(await exec('kill -KILL $$')).toMatchObject({ code: 137, stderr: expect.stringMatching(/ended by SIGKILL/) });
  });

  it('ends with 127 for a command that is not there, and with 126 for one that can not be run', async () => {
    const missing = await runCli(['--root', root, 'exec', '--', 'no-such-program'], { cwd });
    expect(missing).toEqual({
      code: 127,
      stdout: '',
      stderr: 'glovebox-cache: command "no-such-program" was not found; check its spelling and PATH\n',
    });
    chmodSync(join(cwd, 'src/a.txt'), 0o644);
    const plain = await runCli(['--root', root, 'exec', '--', './src/a.txt'], { cwd });
    expect(plain).toMatchObject({ code: 126, stderr: expect.stringMatching(/it is not an executable file/) });
  });

  it('passes every argument of the command on, with or without the two dashes', async () => {
    const script = 'for a; do echo "[$a]"; done';
    const args = ['sh', '-c', script, 'sh', '--json', '-x', '--', 'a b', ''];
    const expected = '[--json]\n[-x]\n[--]\n[a b]\n[]\n';
    expect((await runCli(['--root', root, 'exec', '--', ...args], { cwd })).stdout).toBe(expected);
    expect((await runCli(['--root', root, 'exec', ...args], { cwd })).stdout).toBe(expected);
  });

  it('keeps runs under the tag compilation, or another one', async () => {
    await exec(COPY);
    await exec(COPY, ['--tag', 'mine', '--ttl', '24h']);
    const keys = async (tag: string) =>
      JSON.parse((await runCli(['--root', root, 'keys', '--tag', tag, '--json'])).stdout);
    const runOf = (entries: { key: string; ttl: number | null }[]) => entries.find(({ key }) => key.includes(':run:'));
    expect(runOf(await keys('compilation'))?.ttl).toBeNull();
    expect(runOf(await keys('mine'))?.ttl).toBe(86_400);
  });

  it('names --max-size when the run made more than the tag may hold', async () => {
    const oneFile = await exec('mkdir -p dist; head -c 50000 /dev/zero > dist/a', ['--max-size', '20000']);
    expect(oneFile.stderr).toMatch(/not recorded: value takes \d+ bytes .*; raise --max-size, or/);
    const many = await exec(
      'rm -r dist; mkdir dist; for n in 1 2 3 4 5 6; do head -c 7000 /dev/zero > dist/$n; echo $n >> dist/$n; done',
      ['--max-size', '20000'],
    );
    expect(many.stderr).toMatch(/not recorded: the run made more than the limit of the cache; raise --max-size\n$/);
  });

  it('runs a recorded command again when told to, and records it anew', async () => {
    const script = `${COPY}; cat "${join(runsFolder, 'runs')}"`;
    await exec(script);
    const again = await exec(script, ['--refresh', '--explain']);
    expect(again.stdout).toBe('run\nrun\n');
    expect(again.stderr).toMatch(/^glovebox-cache: nothing changed since the last run, [^;]*\nglovebox-cache: MISS/);
    expect(await exec(script)).toMatchObject({ stdout: 'run\nrun\n', stderr: expect.stringMatching(/HIT/) });
    expect(runs()).toBe(2);
  });

  it('tells who quotes a whole command line that no shell is involved', async () => {
    expect(await runCli(['--root', root, 'exec', 'npm run build'], { cwd })).toEqual({
      code: 127,
      stdout: '',
      stderr:
        'glovebox-cache: command "npm run build" was not found; no shell is involved: ' +
        "leave the quotes off, or use sh -c '…'\n",
    });
  });

  it('passes stdin on, and replays by it, when told to', async () => {
    const cat = (stdin: string) => exec('cat', ['--stdin', '--explain'], { stdin });
    expect((await cat('in')).stdout).toBe('in');
    const replayed = await cat('in');
    expect(replayed.stdout).toBe('in');
    expect(replayed.stderr).toMatch(/HIT/);
    const other = await cat('in2');
    expect(other.stdout).toBe('in2');
    expect(other.stderr).toMatch(/\n {2}stdin stdin changed\n.*MISS/);
  });

  it('explains what changed', async () => {
    const options = ['--explain', '--env', 'MODE'];
    const env = { PATH: process.env['PATH'] };
    const first = await exec(COPY, options, { env });
    expect(first.stderr).toMatch(/^glovebox-cache: no earlier run of this command in this folder is on record\n/);
    writeFileSync(join(cwd, 'src/a.txt'), 'two');
    const second = await exec(COPY, options, { env: { ...env, MODE: 'fast' } });
    expect(second.stderr).toMatch(
      /^glovebox-cache: changed since the last run, .*:\n {2}variable MODE added\n {2}input src\/a\.txt changed\nglovebox-cache: MISS/,
    );
    const third = await exec(COPY, options, { env: { ...env, MODE: 'fast' } });
    expect(third.stderr).toMatch(/^glovebox-cache: nothing changed since the last run, .*\nglovebox-cache: HIT/);
  });

  it('explains a miss without a change', async () => {
    await exec('exit 1', ['--explain']);
    expect((await exec('exit 1', ['--explain'])).stderr).toMatch(
      /^glovebox-cache: nothing changed since the last run, .*; it was not recorded, or its record expired or was evicted\n/,
    );
  });

  it('shows no more changes than can be read', async () => {
    await exec(COPY, ['--explain']);
    for (let n = 0; n < 25; n++) writeFileSync(join(cwd, `src/new-${n}`), '');
    const { stderr } = await exec(COPY, ['--explain']);
    expect(stderr.split('\n').filter((line) => line.startsWith('  input'))).toHaveLength(20);
    expect(stderr).toContain('\n  and 5 more\n');
  });

  it('tells a script in JSON on stderr, since stdout is the command’s', async () => {
    const cold = await exec(`${COPY}; echo out`, ['--json', '--explain']);
    expect(cold.stdout).toBe('out\n');
    expect(JSON.parse(cold.stderr)).toEqual({
      outcome: 'miss',
      exitCode: 0,
      files: 1,
      bytes: 3,
      elapsedMs: expect.any(Number),
      savedMs: 0,
      recorded: true,
      reason: null,
      lastRun: null,
      changes: [],
    });
    const failed = await exec('exit 4', ['--json']);
    expect(JSON.parse(failed.stderr)).toMatchObject({ exitCode: 4, recorded: false, reason: 'exit code 4' });
  });

  it('tells of patterns that match nothing', async () => {
    const { stderr } = await exec(COPY, ['--input', 'scr/**', '--output', 'dst/**']);
    expect(stderr).toMatch(
      /^glovebox-cache: input "scr\/\*\*" matches no file\nglovebox-cache: output "dst\/\*\*" matches no file\n/,
    );
  });

  it('takes a cache inside the folder for neither input nor output', async () => {
    root = join(cwd, '.cache');
    const args = ['--root', root, 'exec', '--input', '**', '--output', '.cache/**', '--', 'sh', '-c', 'echo x'];
    expect((await runCli(args, { cwd })).stderr).toMatch(/MISS 0 files, 0B, took [^\s,]+\n$/);
    expect((await runCli(args, { cwd })).stderr).toMatch(/HIT/);
  });

  it('runs the command without a cache when caching is switched off', async () => {
    const world = { env: { PATH: process.env['PATH'], GLOVEBOX_CACHE_GLOBAL: 'disabled' } };
    const { code, stdout, stderr } = await exec(`${COPY}; echo out`, [], world);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'out\n' });
    expect(stderr).toMatch(/not recorded: the cache is switched off\n$/);
    expect((await exec('true', [], world)).stderr).toMatch(/not recorded: the cache is switched off\n$/);
    expect(readdirSync(root)).toEqual([]);
  });

  it('refuses a root that was named and can not be used; nothing is run', async () => {
    root = join(cwd, 'src/a.txt');
    const { code, stdout, stderr } = await exec('echo out');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^glovebox-cache: .*a\.txt.*\n$/);
  });

  it('runs without a cache when the one of the configuration can not be used', async () => {
    const before = process.env['GLOVEBOX_CACHE_DIR'];
    process.env['GLOVEBOX_CACHE_DIR'] = join(cwd, 'src/a.txt');
    try {
      const { code, stdout, stderr } = await runCli(['exec', '--', 'echo', 'out'], { cwd });
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'out\n' });
      expect(stderr).toMatch(
        /^glovebox-cache: running without a cache: .*a\.txt.*\n.*not recorded: the cache folder can't be used\n$/,
      );
    } finally {
      if (before === undefined) delete process.env['GLOVEBOX_CACHE_DIR'];
      else process.env['GLOVEBOX_CACHE_DIR'] = before;
    }
  });
});

describe('exec in a process of its own', () => {
  it('runs a command once when two ask for it; the second waits and says so', async () => {
    const args = execArgs(`${COPY}; echo started; until [ -e go ]; do sleep 0.02; done; echo built`);
    const first = program.start(args, { cwd });
    const firstEnd = finished(first);
    await printed(first, 'stdout', 'started');
    const waiting = program.start(args, { cwd });
    const secondEnd = finished(waiting);
    await printed(waiting, 'stderr', 'waiting');
    writeFileSync(join(cwd, 'go'), '');
    const second = await secondEnd;
    expect((await firstEnd).stderr).toMatch(/MISS/);
    expect(second).toMatchObject({ code: 0, stdout: 'started\nbuilt\n' });
    expect(second.stderr).toMatch(
      /^glovebox-cache: another process is running this command, waiting to replay it\nglovebox-cache: HIT/,
    );
    expect(runs()).toBe(1);
  });

  it('passes output through while the command runs', async () => {
    const child = program.start(execArgs('echo early; until [ -e go ]; do sleep 0.02; done; echo late'), { cwd });
    const end = finished(child);
    await printed(child, 'stdout', 'early');
    writeFileSync(join(cwd, 'go'), '');
    expect((await end).stdout).toBe('early\nlate\n');
  });

  it('keeps a stdin that is not part of the key from the command, and says so', async () => {
    const given = join(cwd, 'given');
    writeFileSync(given, 'in');
    const stdin = openSync(given, 'r');
    try {
      const { stdout, stderr } = await finished(program.start(execArgs('cat'), { cwd }, stdin));
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^glovebox-cache: the command gets no stdin, .*; --stdin passes it on .*\n.*MISS/m);
      expect((await finished(program.start(execArgs('cat'), { cwd }, stdin))).stderr).toMatch(/^glovebox-cache: HIT/);
    } finally {
      closeSync(stdin);
    }
  });

  it('takes no notice of a stdin that nobody writes to', async () => {
    const child = program.start(execArgs('cat'), { cwd });
    expect((await finished(child)).stderr).not.toMatch(/stdin/);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'passes %s on to the command and does not record what it made',
    async (signal) => {
      const child = program.start(
        execArgs('trap "echo caught; exit 0" INT TERM; echo ready; while :; do sleep 0.02; done'),
        {
          cwd,
        },
      );
      const end = finished(child);
      await printed(child, 'stdout', 'ready');
      child.kill(signal);
      const { code, stdout, stderr } = await end;
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'ready\ncaught\n' });
      expect(stderr).toMatch(/not recorded: it was interrupted/);
    },
  );

  it('ends when it is told to while it waits for another process', async () => {
    const args = execArgs('echo started; until [ -e go ]; do sleep 0.02; done');
    const first = program.start(args, { cwd });
    const firstEnd = finished(first);
    await printed(first, 'stdout', 'started');
    const second = program.start(args, { cwd });
    const secondEnd = finished(second);
    await printed(second, 'stderr', 'waiting');
    second.kill('SIGTERM');
    expect((await secondEnd).code).toBe(143);
    expect(first.exitCode).toBeNull();
    writeFileSync(join(cwd, 'go'), '');
    expect((await firstEnd).code).toBe(0);
  });

  it('ends the command when the reader of its output goes away, as a pipe does', async () => {
    const child = program.start(['--root', root, 'exec', '--', 'yes'], { cwd });
    const stderr: string[] = [];
    child.stderr?.on('data', (piece: Buffer) => stderr.push(String(piece)));
    await printed(child, 'stdout', 'y');
    child.stdout?.destroy();
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(141);
    expect(stderr.join('')).toMatch(/^glovebox-cache: MISS .*not recorded: it was ended by SIGPIPE\n$/);
  });

  it('is quiet when the reader of its output goes away, and records nothing', async () => {
    const child = program.start(execArgs('trap "" PIPE; echo first; sleep 0.2; echo second 2>/dev/null; exit 5'), {
      cwd,
    });
    const stderr: string[] = [];
    child.stderr?.on('data', (piece: Buffer) => stderr.push(String(piece)));
    await printed(child, 'stdout', 'first');
    child.stdout?.destroy();
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(5);
    expect(stderr.join('')).toMatch(/^glovebox-cache: MISS .*not recorded: exit code 5\n$/);
  });
});
