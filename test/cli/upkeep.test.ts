import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DiskCacheManager } from '../../src/disk/disk-cache-manager.ts';
import { createTempRoot } from '../support/temp-root.ts';
import { type CliResult, type CliWorld, runCli } from './cli-harness.ts';

let root: string;
beforeEach(() => {
  root = createTempRoot();
});

function cli(args: readonly string[], world?: CliWorld): Promise<CliResult> {
  return runCli(['--root', root, ...args], world);
}

/** Fills a tag: so many entries for ever, and so many that have expired. */
function fill(tag: string, entries: number, expired = 0): void {
  const past = new DiskCacheManager({ cacheRoot: root, tag, clock: () => Date.now() - 10_000 });
  for (let n = 0; n < expired; n++) past.setSync(`old-${n}`, 'x', { ttl: 1 });
  past.closeSync();
  const cache = new DiskCacheManager({ cacheRoot: root, tag });
  for (let n = 0; n < entries; n++) cache.setSync(`key-${n}`, 'x'.repeat(5000));
  cache.closeSync();
}

/** The entry files of a tag. */
function entryFiles(tag: string): string[] {
  const folder = join(root, tag, 'entries');
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((file) => file.isFile() && !file.name.endsWith('.json'))
    .map((file) => join(file.parentPath, file.name));
}

describe('show', () => {
  it('lists tags with entries and sizes, and their sum', async () => {
    fill('compilation', 3, 2);
    fill('layout', 1);
    const { code, stdout } = await cli(['show']);
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['TAG', 'ENTRIES', 'SIZE', 'LIMIT', 'EXPIRED'],
      ['compilation', '3', expect.stringMatching(/KB$/), '2GB', '2'],
      ['layout', '1', expect.stringMatching(/KB$/), '2GB', '0'],
      ['total', '4', expect.stringMatching(/KB$/), '2'],
      [''],
      [`root ${root}`],
      [''],
    ]);
  });

  it('gives bytes in JSON', async () => {
    fill('layout', 1);
    const [tag] = JSON.parse((await cli(['show', '--json'])).stdout);
    expect(tag).toEqual({
      tag: 'layout',
      entries: 1,
      sizeBytes: expect.any(Number),
      maxSizeBytes: 2 * 2 ** 30,
      expired: 0,
    });
    expect(tag.sizeBytes).toBeGreaterThan(5000);
  });

  it('has colour on a terminal only, and not when it is not wanted', async () => {
    fill('layout', 1);
    const colored = '\u001b[';
    expect((await cli(['show'])).stdout).not.toContain(colored);
    expect((await cli(['show'], { isTTY: true })).stdout).toContain(colored);
    expect((await cli(['show', '--no-color'], { isTTY: true })).stdout).not.toContain(colored);
    expect((await cli(['--no-color', 'show'], { isTTY: true })).stdout).not.toContain(colored);
    expect((await cli(['show'], { isTTY: true, env: { NO_COLOR: '1' } })).stdout).not.toContain(colored);
    expect((await cli(['show'], { isTTY: true, env: { TERM: 'dumb' } })).stdout).not.toContain(colored);
    expect((await cli(['show'], { env: { FORCE_COLOR: '1' } })).stdout).toContain(colored);
  });

  it('shows one tag, or says that it is not there', async () => {
    fill('layout', 1);
    expect((await cli(['show', '--tag', 'layout', '--json'])).code).toBe(0);
    expect((await cli(['show', '--tag', 'none'])).code).toBe(1);
  });
});

describe('a tag that can not be used', () => {
  it.each([['show'], ['check'], ['cleanup']])('is told by %s, which goes on with the others', async (command) => {
    fill('layout', 1);
    fill('zoo', 1);
    const index = join(root, 'layout', 'index.jsonl');
    writeFileSync(index, readFileSync(index, 'utf8').replace('"version":1', '"version":999'));
    const { code, stdout, stderr } = await cli([command]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^glovebox-cache: tag 'layout': .*version/);
    expect(stdout).toMatch(/zoo/);
  });
});

describe('clear', () => {
  it('clears the tag that was named, after a dry run that only tells', async () => {
    fill('layout', 2);
    fill('metrics', 1);
    expect((await cli(['clear', '--tag', 'layout', '--dry-run'])).stdout).toMatch(
      /^would clear 2 entries \(\d+KB\) of tag layout\n$/,
    );
    expect((await cli(['keys', '--tag', 'layout'])).stdout).toBe('key-0\nkey-1\n');
    expect((await cli(['clear', '--tag', 'layout'])).stdout).toMatch(/^cleared 2 entries \(\d+KB\) of tag layout\n$/);
    expect((await cli(['keys', '--tag', 'layout'])).stdout).toBe('');
    expect((await cli(['keys', '--tag', 'metrics'])).stdout).toBe('key-0\n');
  });

  it('clears every tag when told to', async () => {
    fill('layout', 2);
    fill('metrics', 1);
    const cleared = JSON.parse((await cli(['clear', '--all', '--json'])).stdout);
    expect(cleared).toEqual([
      { tag: 'layout', entries: 2, sizeBytes: expect.any(Number), dryRun: false },
      { tag: 'metrics', entries: 1, sizeBytes: expect.any(Number), dryRun: false },
    ]);
    expect((await cli(['keys', '--tag', 'metrics'])).stdout).toBe('');
  });
});

describe('cleanup', () => {
  it('removes what has expired, after a dry run that only tells', async () => {
    fill('layout', 1, 2);
    const dry = JSON.parse((await cli(['cleanup', '--dry-run', '--json'])).stdout);
    expect(dry).toEqual([
      { tag: 'layout', expired: ['old-0', 'old-1'], evicted: [], removed: 2, freedBytes: null, dryRun: true },
    ]);
    const { code, stdout } = await cli(['cleanup']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^removed 2 entries \(2 expired, 0 over the limit\) of tag layout, \d+KB freed\n$/);
    expect((await cli(['cleanup', '--dry-run'])).stdout).toMatch(/^would remove 0 entries/);
    expect((await cli(['keys', '--tag', 'layout'])).stdout).toBe('key-0\n');
  });

  it('evicts what is over the limit', async () => {
    fill('layout', 10);
    const dry = await cli(['cleanup', '--max-size', '64KB', '--dry-run']);
    expect(dry.stdout).toMatch(/^would remove key-\d \(least recently read\)$/m);
    await cli(['cleanup', '--max-size', '64KB']);
    const [tag] = JSON.parse((await cli(['show', '--json'])).stdout);
    expect(tag.entries).toBeGreaterThan(0);
    expect(tag.sizeBytes).toBeLessThanOrEqual(64 * 1024);
  });
});

describe('check', () => {
  it('finds nothing wrong with a tag that is whole', async () => {
    fill('layout', 2);
    expect(await cli(['check'])).toEqual({
      code: 0,
      stdout: 'tag layout: 2 entries checked, no problems\n',
      stderr: '',
    });
  });

  it('finds damage, repairs it when asked, and finds none afterwards', async () => {
    fill('layout', 3);
    const [damaged = '', gone = ''] = entryFiles('layout');
    writeFileSync(damaged, 'y'.repeat(5000));
    rmSync(gone);
    const found = await cli(['check', '--json']);
    expect(found.code).toBe(1);
    const [report] = JSON.parse(found.stdout);
    expect(report).toMatchObject({ tag: 'layout', repaired: 0 });
    expect(report.problems.map((problem: { kind: string }) => problem.kind)).toContain('damaged');
    expect(report.problems[0]).toEqual({
      kind: expect.any(String),
      severity: expect.stringMatching(/^(damage|leftover)$/),
      path: expect.any(String),
      key: expect.stringMatching(/^key-/),
      detail: expect.any(String),
      repaired: false,
    });
    const told = await cli(['check']);
    expect(told.stdout).toMatch(/^PROBLEM +SEVERITY +PATH +KEY +DETAIL +REPAIRED$/m);
    expect(told.stderr).toBe('glovebox-cache: problems found; check --repair mends them\n');
    const repaired = await cli(['check', '--repair']);
    expect(repaired.stdout).toMatch(/harmless\), 2 repaired$/m);
    expect(repaired.code).toBe(0);
    expect((await cli(['check'])).code).toBe(0);
  });

  it('does not fail for what killed processes leave, and says that it is harmless', async () => {
    fill('layout', 2);
    const [entry = ''] = entryFiles('layout');
    writeFileSync(`${entry.slice(0, entry.lastIndexOf('.'))}.${'0'.repeat(24)}`, 'left by a killed writer');
    const { code, stdout, stderr } = await cli(['check']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'glovebox-cache: problems found; check --repair mends them\n',
    });
    expect(stdout).toContain('2 entries checked, 1 problem (1 left by killed processes, harmless)\n');
    expect(stdout).toMatch(/^orphan +leftover /m);
  });

  it('shows how far it is on a terminal', async () => {
    fill('layout', 2);
    expect((await cli(['check'], { isTTY: true })).stderr).toMatch(/checking layout \[ *\] 0%/);
    for (const world of [{}, { isTTY: true, env: { TERM: 'dumb' } }])
      expect((await cli(['check'], world)).stderr).toBe('');
    expect((await cli(['check', '--json'], { isTTY: true })).stderr).toBe('');
  });
});
