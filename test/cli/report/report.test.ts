import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../cli-harness.ts';
import { figures, report, useDesk } from './desk.ts';
import { plant, reads, session, storeSessions } from './planted.ts';

const DAY = 24 * 3600;

const at = useDesk();

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

describe('report', () => {
  it('tells in short', async () => {
    plant(at.root, [
      { tag: 'layout', key: 'a\u001b[31m', size: 5000, age: 90, ttl: DAY },
      { tag: 'zoo', key: 'b' },
    ]);
    storeSessions(at.root, { s: session('s', '2026-03-01T10:00:00.000Z', { layout: reads(3, 1) }) });
    const { code, stdout, stderr } = await report(at, []);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^TAG +ENTRIES +SIZE +LIMIT +USED +EXPIRED\nlayout +1 +\d+ KB +2 GB +< 0.1 % +0\n/);
    expect(stdout).toMatch(/^total +3 /m);
    expect(stdout).toMatch(/^TAG IN 1 SESSION +HIT RATE +HITS +MISSES\nlayout +75 % +3 +1$/m);
    expect(stdout).toMatch(/^set ago +under 1m: 2, 1m to 10m: 1$/m);
    expect(stdout).toMatch(/^time to live +6h to 1d: 1, never: 2$/m);
    expect(stdout).toMatch(
      /^LARGEST +TAG +SIZE +SET +EXPIRES\na\\u001b\[31m +layout +4.88 KB +1m 3\ds ago +in 23h 58m$/m,
    );
    expect(stdout.endsWith(`\nroot ${at.root}\n`)).toBe(true);
  });

  it('says how to get hit rates where there are none', async () => {
    plant(at.root, [{ tag: 'layout', key: 'a' }]);
    expect((await report(at, [])).stdout).toMatch(
      /^hit rates: no program has stored a session here \(SessionMetrics does, and exec --metrics\)$/m,
    );
  });

  it('is no access and changes nothing, in the folder either', async () => {
    plant(at.root, [{ tag: 'layout', key: 'a', age: 90 }]);
    // What was set a moment ago would not be noted as read again.
    storeSessions(at.root, { s: session('s', '2026-03-01T10:00:00.000Z', { layout: reads(3, 1) }) }, 90);
    const before = stateOf(at.root);
    expect((await figures(at)).hitRates.sessions).toBe(1);
    await report(at, ['--html', 'report.html']);
    expect(stateOf(at.root)).toEqual(before);
  });

  it('shows on a terminal how far it is', async () => {
    plant(at.root, [{ tag: 'layout', key: 'a' }]);
    const { stderr } = await report(at, [], { isTTY: true });
    expect(stderr).toMatch(/looking at layout \[ *\] 0%/);
    expect((await report(at, [])).stderr).toBe('');
  });

  it('has nothing to say about a root that is not there or empty, and creates none', async () => {
    expect(await report(at, [])).toEqual({ code: 0, stdout: `root ${at.root} has no tags yet\n`, stderr: '' });
    const nowhere = join(at.root, 'nowhere');
    const away = await runCli(['--root', nowhere, 'report']);
    expect(away).toEqual({ code: 0, stdout: `root ${nowhere} does not exist yet\n`, stderr: '' });
    const { stdout } = await runCli(['--root', nowhere, 'report', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ exists: false, tags: [], totals: { entries: 0, usedShare: 0 } });
    await runCli(['--root', nowhere, 'report', '--html', 'report.html'], { cwd: at.desk });
    expect(readFileSync(join(at.desk, 'report.html'), 'utf8')).toContain('This root does not exist yet.');
    expect(existsSync(nowhere)).toBe(false);
  });

  it('tells a tag that can not be read, and reports on the others', async () => {
    plant(at.root, [
      { tag: 'layout', key: 'a' },
      { tag: 'zoo', key: 'b' },
    ]);
    const index = join(at.root, 'layout', 'index.jsonl');
    writeFileSync(index, readFileSync(index, 'utf8').replace('"version":1', '"version":999'));
    const { code, stdout, stderr } = await report(at, ['--json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^glovebox-cache: tag 'layout': .*version/);
    const { tags, unreadable } = JSON.parse(stdout);
    expect(tags).toMatchObject([{ tag: 'zoo', entries: 1 }]);
    expect(unreadable).toEqual([{ tag: 'layout', reason: expect.stringMatching(/version/) }]);
    expect((await report(at, ['--html', 'report.html'])).code).toBe(1);
    expect(readFileSync(join(at.desk, 'report.html'), 'utf8')).toContain('Tag layout could not be read');
  });

  it.each([['0'], ['1001'], ['1.5'], ['ten'], ['-1']])('refuses --top %s', async (top) => {
    const { code, stderr } = await report(at, [`--top=${top}`]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `glovebox-cache: option '--top <n>' argument '${top}' is invalid. It must be a whole number from 1 to 1000; see glovebox-cache help report\n`,
    });
  });

  it('describes its JSON in its help', async () => {
    plant(at.root, [{ tag: 'layout', key: 'a' }]);
    const help = (await runCli(['help', 'report'])).stdout;
    for (const name of Object.keys(await figures(at))) expect(help).toContain(`"${name}"`);
  });
});
