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
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { CliError } from '../../src/cli/exit-codes.ts';
import { findTarget, writeWhole } from '../../src/cli/report/write-whole.ts';
import { createTempRoot } from '../support/temp-root.ts';
import { bundleCli, type CliResult, type CliWorld, finished, runCli } from './cli-harness.ts';
import { plant, reads, session, storeSessions } from './report-root.ts';

const MINUTE = 60;
const DAY = 24 * 3600;

let root: string;
let desk: string;
beforeEach(() => {
  root = createTempRoot();
  desk = createTempRoot();
});

function report(args: readonly string[], world: CliWorld = {}): Promise<CliResult> {
  return runCli(['--root', root, 'report', ...args], { cwd: desk, ...world });
}

async function figures(...args: readonly string[]) {
  const { stdout } = await report(['--json', ...args]);
  return JSON.parse(stdout);
}

/** The classes that have entries, by where they begin. */
function filled({ bins }: { readonly bins: readonly { readonly from: number; readonly entries: number }[] }) {
  return Object.fromEntries(bins.filter(({ entries }) => entries > 0).map(({ from, entries }) => [from, entries]));
}

/** Every path below the root with what a look could change: content by size, times of reading and writing. */
function stateOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { size, mtimeMs, atimeMs } = statSync(join(folder, name));
      const isEntry = /entries\/..\/[^/]+$/.test(name) && !name.endsWith('.json');
      return `${name} ${size} ${mtimeMs} ${isEntry ? atimeMs : ''}`;
    });
}

describe('report --json', () => {
  it('counts entries by tag, against the limit', async () => {
    plant(root, [
      { tag: 'layout', key: 'a', size: 5000, ttl: DAY },
      { tag: 'layout', key: 'b', size: 10 },
      { tag: 'layout', key: 'gone', age: 100, ttl: 50 },
      { tag: 'zoo', key: 'c' },
    ]);
    const { tags, totals, unreadable, exists, root: path } = await figures();
    expect(tags.map(({ tag }: { tag: string }) => tag)).toEqual(['layout', 'zoo']);
    expect(tags[0]).toMatchObject({ entries: 2, valueBytes: 5010, maxSizeBytes: 2 ** 31, expired: 1, neverExpire: 1 });
    expect(tags[0].sizeBytes).toBeGreaterThan(5010);
    expect(tags[0].usedShare).toBeCloseTo(tags[0].sizeBytes / 2 ** 31);
    expect(totals).toMatchObject({ entries: 3, maxSizeBytes: 2 ** 32, expired: 1, neverExpire: 2, overLimit: 0 });
    expect({ unreadable, exists, path }).toEqual({ unreadable: [], exists: true, path: root });
  });

  it('tells what the limit has no room for', async () => {
    plant(root, [
      { tag: 'layout', key: 'a', size: 60_000, age: 10 },
      { tag: 'layout', key: 'b', size: 60_000 },
    ]);
    vi.stubEnv('GLOVEBOX_CACHE_MAX_SIZE_GB', '0.0001');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { tags } = await figures();
    expect(tags[0].usedShare).toBeGreaterThan(1);
    expect(tags[0].overLimit).toBeGreaterThan(0);
  });

  it('sorts entries into classes of age, time left and size', async () => {
    plant(root, [
      { tag: 'layout', key: 'new', size: 10 },
      { tag: 'layout', key: 'hour', age: 30 * MINUTE, size: 5000, ttl: DAY },
      { tag: 'zoo', key: 'old', age: 40 * DAY, size: 70_000, ttl: 45 * DAY },
    ]);
    const { age, sinceRead, timeLeft, size } = await figures();
    expect(filled(age)).toEqual({ 0: 1, [10 * MINUTE]: 1, [30 * DAY]: 1 });
    expect(age.bins.at(-1)).toEqual({ from: 30 * DAY, to: null, entries: 1, byTag: { zoo: 1 } });
    expect(filled(sinceRead)).toEqual(filled(age));
    expect(filled(timeLeft)).toEqual({ [6 * 3600]: 1, [3 * DAY]: 1 });
    expect(timeLeft.never).toEqual({ entries: 1, byTag: { layout: 1 } });
    expect(filled(size)).toEqual({ 0: 1, [4 * 1024]: 1, [64 * 1024]: 1 });
    expect([age.unit, size.unit]).toEqual(['seconds', 'bytes']);
  });

  it('lists the largest, the oldest, and what expires next, as many as asked for', async () => {
    plant(root, [
      { tag: 'layout', key: 'one', size: 30, age: 300, ttl: 9000 },
      { tag: 'layout', key: 'two', size: 10, age: 500, ttl: 1000 },
      { tag: 'zoo', key: 'three', size: 20, age: 400 },
    ]);
    const { largest, oldest, expiringNext } = await figures('--top', '2');
    const keys = (list: readonly { key: string }[]) => list.map(({ key }) => key);
    expect([keys(largest), keys(oldest), keys(expiringNext)]).toEqual([
      ['one', 'three'],
      ['two', 'three'],
      ['two', 'one'],
    ]);
    expect(oldest[1]).toEqual({
      tag: 'zoo',
      key: 'three',
      size: 20,
      created: expect.stringMatching(/Z$/),
      accessed: oldest[1].created,
      expires: null,
    });
    expect(Date.parse(oldest[0].expires) - Date.parse(oldest[0].created)).toBe(1_000_000);
  });

  it('reports on one tag when told to, or says that it is not there', async () => {
    plant(root, [
      { tag: 'layout', key: 'a' },
      { tag: 'zoo', key: 'b' },
    ]);
    storeSessions(root, {
      s: session('s', '2026-01-01T00:00:00.000Z', { layout: reads(3, 1), zoo: reads(1, 1) }),
    });
    const { tags, largest, hitRates } = await figures('--tag', 'zoo');
    expect(tags.map(({ tag }: { tag: string }) => tag)).toEqual(['zoo']);
    expect(largest).toHaveLength(1);
    expect(hitRates).toMatchObject({ hits: 1, misses: 1, byTag: [{ tag: 'zoo' }] });
    expect(await report(['--tag', 'none'])).toEqual({
      code: 1,
      stdout: '',
      stderr: `glovebox-cache: root ${root} has no tag 'none'; it has layout, metrics, zoo (choose with --tag)\n`,
    });
  });

  it('survives times that no date can say', async () => {
    plant(root, [{ tag: 'layout', key: 'for ages', ttl: 1e300 }]);
    expect((await figures()).expiringNext[0].expires).toBe('+275760-09-13T00:00:00.000Z');
  });
});

describe('hit rates', () => {
  it('are those of the sessions that programs stored, by tag and over time', async () => {
    storeSessions(root, {
      late: session('late', '2026-03-02T10:00:00.000Z', { layout: reads(1, 1) }),
      early: session('early', '2026-03-01T10:00:00.000Z', { layout: reads(8, 0), zoo: reads(0, 0) }),
    });
    const { hitRates } = await figures();
    expect(hitRates).toEqual({
      sessions: 2,
      skipped: 0,
      hits: 9,
      misses: 1,
      hitRate: 0.9,
      byTag: [
        { tag: 'layout', sessions: 2, hits: 9, misses: 1, hitRate: 0.9, operations: 10, errors: 0 },
        { tag: 'zoo', sessions: 1, hits: 0, misses: 0, hitRate: null, operations: 0, errors: 0 },
      ],
      periodsAre: 'sessions',
      periods: [
        { from: '2026-03-01T10:00:00.000Z', sessions: 1, hits: 8, misses: 0, hitRate: 1 },
        { from: '2026-03-02T10:00:00.000Z', sessions: 1, hits: 1, misses: 1, hitRate: 0.5 },
      ],
    });
  });

  it('are put together by the day when there are many sessions', async () => {
    const many = Array.from({ length: 40 }, (_, at) => {
      const started = new Date(Date.UTC(2026, 0, 1 + Math.floor(at / 10), at % 10)).toISOString();
      return [`s${at}`, session(`s${at}`, started, { layout: reads(at % 10, 1) })];
    });
    storeSessions(root, Object.fromEntries(many));
    const { periodsAre, periods } = (await figures()).hitRates;
    expect(periodsAre).toBe('days');
    expect(periods).toHaveLength(4);
    expect(periods[3]).toMatchObject({ from: '2026-01-04T00:00:00.000Z', sessions: 10, hits: 45, misses: 10 });
  });

  const good = { layout: reads(1, 0) };
  it.each<[string, unknown]>([
    ['text', 'nonsense'],
    ['another version', { ...session('s', '2026-03-01T10:00:00.000Z', good), version: 2 }],
    ['no time', session('s', 'yesterday', good)],
    ['a time that never was', session('s', '2026-13-41T10:00:00.000Z', good)],
    ['no caches', { version: 1, id: 's', started: '2026-03-01T10:00:00.000Z' }],
    ['a list of caches', session('s', '2026-03-01T10:00:00.000Z', Object([1]))],
    ['a tag that is none', session('s', '2026-03-01T10:00:00.000Z', { '../x': reads(1, 0) })],
    ['a negative count', session('s', '2026-03-01T10:00:00.000Z', { layout: reads(-1, 0) })],
    ['a count that is none', session('s', '2026-03-01T10:00:00.000Z', { layout: reads(Number.NaN, 0) })],
    ['half a count', session('s', '2026-03-01T10:00:00.000Z', { layout: reads(0.5, 0) })],
  ])('leave out what is no session: %s', async (_, value) => {
    storeSessions(root, { ok: session('ok', '2026-03-01T10:00:00.000Z', good), wrong: value });
    expect((await figures()).hitRates).toMatchObject({ sessions: 1, skipped: 1, hits: 1, misses: 0 });
    expect((await report([])).stdout).toMatch(/^1 entry under keys of sessions can't be read as such$/m);
  });
});

describe('report', () => {
  it('tells in short', async () => {
    plant(root, [
      { tag: 'layout', key: 'a\u001b[31m', size: 5000, age: 90, ttl: DAY },
      { tag: 'zoo', key: 'b' },
    ]);
    storeSessions(root, { s: session('s', '2026-03-01T10:00:00.000Z', { layout: reads(3, 1) }) });
    const { code, stdout, stderr } = await report([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^TAG +ENTRIES +SIZE +LIMIT +USED +EXPIRED\nlayout +1 +\d+ KB +2 GB +< 0.1 % +0\n/);
    expect(stdout).toMatch(/^total +3 /m);
    expect(stdout).toMatch(/^TAG IN 1 SESSION +HIT RATE +HITS +MISSES\nlayout +75 % +3 +1$/m);
    expect(stdout).toMatch(/^set ago +under 1m: 2, 1m to 10m: 1$/m);
    expect(stdout).toMatch(/^time to live +6h to 1d: 1, never: 2$/m);
    expect(stdout).toMatch(
      /^LARGEST +TAG +SIZE +SET +EXPIRES\na\\u001b\[31m +layout +4.88 KB +1m 30s ago +in 23h 58m$/m,
    );
    expect(stdout.endsWith(`\nroot ${root}\n`)).toBe(true);
  });

  it('says how to get hit rates where there are none', async () => {
    plant(root, [{ tag: 'layout', key: 'a' }]);
    expect((await report([])).stdout).toMatch(
      /^hit rates: no program has stored a session here \(SessionMetrics does\)$/m,
    );
  });

  it('is no access and changes nothing, in the folder either', async () => {
    plant(root, [{ tag: 'layout', key: 'a', age: 90 }]);
    // What was set a moment ago would not be noted as read again.
    storeSessions(root, { s: session('s', '2026-03-01T10:00:00.000Z', { layout: reads(3, 1) }) }, 90);
    const before = stateOf(root);
    expect((await figures()).hitRates.sessions).toBe(1);
    await report(['--html', 'report.html']);
    expect(stateOf(root)).toEqual(before);
  });

  it('shows on a terminal how far it is', async () => {
    plant(root, [{ tag: 'layout', key: 'a' }]);
    const { stderr } = await report([], { isTTY: true });
    expect(stderr).toBe('\rlooking at layout: 0 %\r\u001b[K');
    expect((await report([])).stderr).toBe('');
  });

  it('has nothing to say about a root that is not there or empty, and creates none', async () => {
    expect(await report([])).toEqual({ code: 0, stdout: `root ${root} has no tags yet\n`, stderr: '' });
    const nowhere = join(root, 'nowhere');
    const away = await runCli(['--root', nowhere, 'report']);
    expect(away).toEqual({ code: 0, stdout: `root ${nowhere} does not exist yet\n`, stderr: '' });
    const { stdout } = await runCli(['--root', nowhere, 'report', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ exists: false, tags: [], totals: { entries: 0, usedShare: 0 } });
    await runCli(['--root', nowhere, 'report', '--html', 'report.html'], { cwd: desk });
    expect(readFileSync(join(desk, 'report.html'), 'utf8')).toContain('This root does not exist yet.');
    expect(existsSync(nowhere)).toBe(false);
  });

  it('tells a tag that can not be read, and reports on the others', async () => {
    plant(root, [
      { tag: 'layout', key: 'a' },
      { tag: 'zoo', key: 'b' },
    ]);
    const index = join(root, 'layout', 'index.jsonl');
    writeFileSync(index, readFileSync(index, 'utf8').replace('"version":1', '"version":999'));
    const { code, stdout, stderr } = await report(['--json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^glovebox-cache: tag 'layout': .*version/);
    const { tags, unreadable } = JSON.parse(stdout);
    expect(tags).toMatchObject([{ tag: 'zoo', entries: 1 }]);
    expect(unreadable).toEqual([{ tag: 'layout', reason: expect.stringMatching(/version/) }]);
    expect((await report(['--html', 'report.html'])).code).toBe(1);
    expect(readFileSync(join(desk, 'report.html'), 'utf8')).toContain('Tag layout could not be read');
  });

  it.each([['0'], ['1001'], ['1.5'], ['ten'], ['-1']])('refuses --top %s', async (top) => {
    const { code, stderr } = await report([`--top=${top}`]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `glovebox-cache: option '--top <n>' argument '${top}' is invalid. It must be a whole number from 1 to 1000; see glovebox-cache help report\n`,
    });
  });

  it('describes its JSON in its help', async () => {
    plant(root, [{ tag: 'layout', key: 'a' }]);
    const help = (await runCli(['help', 'report'])).stdout;
    for (const name of Object.keys(await figures())) expect(help).toContain(`"${name}"`);
  });
});

describe('report --html', () => {
  beforeEach(() => {
    plant(root, [{ tag: 'layout', key: 'a' }]);
  });

  it('writes a page, and says where it is', async () => {
    const { code, stdout } = await report(['--html', 'report.html']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^report written to ${join(desk, 'report.html')} \\([\\d.]+KB\\): 1 tag, 1 entry, \\d+KB\\n$`),
    );
    expect(readFileSync(join(desk, 'report.html'), 'utf8')).toMatch(/^<!doctype html>.*<\/html>\n$/s);
    expect(readdirSync(desk)).toEqual(['report.html']);
  });

  it('writes the page to stdout', async () => {
    const { stdout, stderr } = await report(['--html', '-']);
    expect(stdout).toMatch(/^<!doctype html>.*<\/html>\n$/s);
    expect(stderr).toBe('');
    expect(readdirSync(desk)).toEqual([]);
  });

  it('leaves stdout to the JSON where both are wanted', async () => {
    const { stdout, stderr } = await report(['--html', 'report.html', '--json']);
    expect(JSON.parse(stdout).totals.entries).toBe(1);
    expect(stderr).toMatch(/^glovebox-cache: report written to /);
    expect(await report(['--html', '-', '--json'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'glovebox-cache: --html - and --json both want stdout; name a file with --html\n',
    });
  });

  it('replaces an earlier report, also through a link, and keeps its mode', async () => {
    const file = join(desk, 'report.html');
    writeFileSync(file, 'earlier');
    chmodSync(file, 0o640);
    symlinkSync('report.html', join(desk, 'latest.html'));
    expect((await report(['--html', 'latest.html'])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(desk).sort()).toEqual(['latest.html', 'report.html']);
  });

  it('leaves nothing behind when the last step fails', () => {
    const target = findTarget('--html', 'report.html', desk);
    mkdirSync(target.path);
    const message = `--html ${target.path} can't be written: it is a folder; name a file in it`;
    expect(() => writeWhole('--html', target, 'page')).toThrow(new CliError(message));
    expect(readdirSync(desk)).toEqual(['report.html']);
    expect(readdirSync(target.path)).toEqual([]);
  });

  it('refuses what is no place for a file, in one line', async () => {
    mkdirSync(join(desk, 'folder'));
    writeFileSync(join(desk, 'file'), '');
    const refused = async (html: string) => {
      const { code, stdout, stderr } = await report(['--html', html]);
      expect(stdout).toBe('');
      return `${code} ${stderr.replaceAll(desk, '')}`;
    };
    expect(await refused('folder')).toBe(
      "1 glovebox-cache: --html /folder can't be written: it is a folder; name a file in it\n",
    );
    expect(await refused('away/x.html')).toBe(
      "1 glovebox-cache: --html /away/x.html can't be written: there is no folder /away\n",
    );
    expect(await refused('file/x.html')).toBe(
      "1 glovebox-cache: --html /file/x.html can't be written: part of its path is not a folder\n",
    );
    expect(await refused('/dev/null')).toBe(
      "1 glovebox-cache: --html /dev/null can't be written: it is no regular file; --html - writes to stdout\n",
    );
    expect(await refused('')).toBe("2 glovebox-cache: --html must be the path of a file, or '-' for stdout; got ''\n");
    expect(await refused(`${'n'.repeat(300)}.html`)).toMatch(/its name is too long\n$/);
    expect(readdirSync(desk).sort()).toEqual(['file', 'folder']);
  });
});

describe('the command in a process of its own', () => {
  const cli = bundleCli();

  it('draws a page from its bundle', async () => {
    plant(root, [{ tag: 'layout', key: 'a' }]);
    const { code, stdout } = await finished(cli.start(['--root', root, 'report', '--html', '-']));
    expect(code).toBe(0);
    expect(stdout).toMatch(/<svg class="picture"/);
  });

  it('loads what draws for a page alone', async () => {
    plant(root, [{ tag: 'layout', key: 'a' }]);
    const drawers = async (...args: readonly string[]) => {
      const coverage = createTempRoot();
      const env = { PATH: process.env['PATH'], NODE_V8_COVERAGE: coverage };
      expect((await finished(cli.start(['--root', root, ...args], { env }))).code).toBe(0);
      const loaded = readdirSync(coverage).map((name) => readFileSync(join(coverage, name), 'utf8'));
      return loaded.join().match(/render-page-\w+\.mjs/g)?.length ?? 0;
    };
    expect(await drawers('show')).toBe(0);
    expect(await drawers('report')).toBe(0);
    expect(await drawers('report', '--json')).toBe(0);
    expect(await drawers('report', '--html', '-')).toBeGreaterThan(0);
  });

  it("can't write where it may not", async () => {
    plant(root, [{ tag: 'layout', key: 'a' }]);
    const { code, stderr } = await finished(cli.start(['--root', root, 'report', '--html', '/proc/x.html']));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^glovebox-cache: --html \/proc\/x\.html can't be written: .+\n$/);
  });
});
