import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { CliError } from '../../../src/cli/exit-codes.ts';
import { findTarget, writeWhole } from '../../../src/cli/write-whole.ts';
import { createTempRoot } from '../../support/temp-root.ts';
import { bundleCli, finished } from '../cli-harness.ts';
import { report, useDesk } from './desk.ts';
import { plant } from './planted.ts';

const at = useDesk();

describe('report --html', () => {
  beforeEach(() => {
    plant(at.root, [{ tag: 'layout', key: 'a' }]);
  });

  it('writes a page, and says where it is', async () => {
    const { code, stdout } = await report(at, ['--html', 'report.html']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^report written to ${join(at.desk, 'report.html')} \\([\\d.]+KB\\): 1 tag, 1 entry, \\d+KB\\n$`),
    );
    expect(readFileSync(join(at.desk, 'report.html'), 'utf8')).toMatch(/^<!doctype html>.*<\/html>\n$/s);
    expect(readdirSync(at.desk)).toEqual(['report.html']);
  });

  it('writes the page to stdout', async () => {
    const { stdout, stderr } = await report(at, ['--html', '-']);
    expect(stdout).toMatch(/^<!doctype html>.*<\/html>\n$/s);
    expect(stderr).toBe('');
    expect(readdirSync(at.desk)).toEqual([]);
  });

  it('leaves stdout to the JSON where both are wanted', async () => {
    const { stdout, stderr } = await report(at, ['--html', 'report.html', '--json']);
    expect(JSON.parse(stdout).totals.entries).toBe(1);
    expect(stderr).toMatch(/^glovebox-cache: report written to /);
    expect(await report(at, ['--html', '-', '--json'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'glovebox-cache: --html - and --json both want stdout; name a file with --html\n',
    });
  });

  it('replaces an earlier report, also through a link, and keeps its mode', async () => {
    const file = join(at.desk, 'report.html');
    writeFileSync(file, 'earlier');
    chmodSync(file, 0o640);
    symlinkSync('report.html', join(at.desk, 'latest.html'));
    expect((await report(at, ['--html', 'latest.html'])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(at.desk).sort()).toEqual(['latest.html', 'report.html']);
  });

  it('leaves nothing behind when the last step fails', () => {
    const target = findTarget('--html', 'report.html', at.desk);
    mkdirSync(target.path);
    const message = `--html ${target.path} can't be written: it is a folder; name a file in it`;
    expect(() => writeWhole('--html', target, 'page')).toThrow(new CliError(message));
    expect(readdirSync(at.desk)).toEqual(['report.html']);
    expect(readdirSync(target.path)).toEqual([]);
  });

  it('refuses what is no place for a file, in one line', async () => {
    mkdirSync(join(at.desk, 'folder'));
    writeFileSync(join(at.desk, 'file'), '');
    const refused = async (html: string) => {
      const { code, stdout, stderr } = await report(at, ['--html', html]);
      expect(stdout).toBe('');
      return `${code} ${stderr.replaceAll(at.desk, '')}`;
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
    expect(readdirSync(at.desk).sort()).toEqual(['file', 'folder']);
  });
});

describe('the command in a process of its own', () => {
  const cli = bundleCli();

  it('draws a page from its bundle', async () => {
    plant(at.root, [{ tag: 'layout', key: 'a' }]);
    const { code, stdout } = await finished(cli.start(['--root', at.root, 'report', '--html', '-']));
    expect(code).toBe(0);
    expect(stdout).toMatch(/<svg class="picture"/);
  });

  it('loads what draws for a page alone', async () => {
    plant(at.root, [{ tag: 'layout', key: 'a' }]);
    const drawers = async (...args: readonly string[]) => {
      const coverage = createTempRoot();
      const env = { PATH: process.env['PATH'], NODE_V8_COVERAGE: coverage };
      expect((await finished(cli.start(['--root', at.root, ...args], { env }))).code).toBe(0);
      const loaded = readdirSync(coverage).map((name) => readFileSync(join(coverage, name), 'utf8'));
      return loaded.join().match(/render-page-\w+\.mjs/g)?.length ?? 0;
    };
    expect(await drawers('show')).toBe(0);
    expect(await drawers('report')).toBe(0);
    expect(await drawers('report', '--json')).toBe(0);
    expect(await drawers('report', '--html', '-')).toBeGreaterThan(0);
  });

  it("can't write where it may not", async () => {
    plant(at.root, [{ tag: 'layout', key: 'a' }]);
    const { code, stderr } = await finished(cli.start(['--root', at.root, 'report', '--html', '/proc/x.html']));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^glovebox-cache: --html \/proc\/x\.html can't be written: .+\n$/);
  });
});
