import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createTempRoot } from '../support/temp-root.ts';
import { bundleCli, finished, runCli } from './cli-harness.ts';

const LAYOUT = JSON.stringify({
  keyboard: 'tiny',
  title: 'Tiny',
  layer_names: ['Base'],
  layers: [[{ value: '&kp', params: [{ value: 'A', params: [] }] }]],
});
/** Makes firmware of a keymap, unless that says otherwise. */
const MAKE = `const text = fs.readFileSync(process.argv[1], 'utf8');
  if (text.includes('endless')) fs.writeFileSync(text.slice(8), 'begun');
  if (text.includes('broken')) process.exit(3);
  if (text.includes('endless')) setInterval(() => {}, 1000); else fs.writeFileSync(process.argv[2] + '/zmk.uf2', text);`;

/** A folder with a plan, and what the plan names. */
function prepare(plan: unknown): {
  readonly folder: string;
  readonly run: (...args: string[]) => ReturnType<typeof runCli>;
} {
  const folder = createTempRoot();
  mkdirSync(join(folder, 'layouts'));
  writeFileSync(join(folder, 'layouts', 'a.json'), LAYOUT);
  writeFileSync(join(folder, 'layouts', 'b.json'), LAYOUT.replace('Tiny', 'Other'));
  writeFileSync(join(folder, 'good.keymap'), '/ { };');
  writeFileSync(join(folder, 'broken.keymap'), 'broken');
  writeFileSync(join(folder, 'plan.json'), typeof plan === 'string' ? plan : JSON.stringify(plan));
  const root = join(folder, 'cache');
  // From another folder, since paths are relative to that of the plan.
  return { folder, run: (...args) => runCli(['warm', join(folder, 'plan.json'), '--root', root, ...args]) };
}

function profile(keymap: string): object {
  return { keymap, boards: ['planck'], command: [process.execPath, '-e', MAKE, '{keymap}', '{build}'] };
}

describe('warm', () => {
  const cli = bundleCli();

  it('fills the caches with what a plan names, once', async () => {
    const { folder, run } = prepare({ layouts: ['layouts/*.json'], profiles: [profile('good.keymap')] });
    const paths = ['a', 'b'].map((name) => join(folder, 'layouts', `${name}.json`));
    const cold = await run();
    expect(cold).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`warmed ${paths[0]}\nwarmed ${paths[1]}\n`),
    });
    expect(cold.stdout).toContain('warmed good.keymap for planck\n');
    expect(cold.stderr).toMatch(/^glovebox-cache: warmed 3, skipped 0, failed 0 of 3 tasks, took /);
    const again = await run('--json');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(again.stdout)).toEqual({
      warmed: [],
      skipped: [...paths, 'good.keymap for planck'],
      failed: [],
      unfinished: [],
      elapsedMs: expect.any(Number),
    });
    expect(readdirSync(folder)).not.toContain('firmware');
  });

  it('makes what a build then finds', async () => {
    const { folder, run } = prepare({ profiles: [profile('good.keymap')] });
    await run();
    const command = [process.execPath, '-e', MAKE, '{keymap}', '{build}'];
    const args = ['good.keymap', '--board', 'planck', '--root', join(folder, 'cache'), '--', ...command];
    expect((await runCli(['build', ...args], { cwd: folder })).stderr).toMatch(/HIT 2 files/);
  });

  it('tells what fails, goes on, and ends with 1', async () => {
    const { run } = prepare({ profiles: [profile('broken.keymap'), profile('good.keymap')] });
    const { code, stdout, stderr } = await run('--concurrency', '1');
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'warmed good.keymap for planck\n' });
    expect(stderr).toMatch(/broken\.keymap for planck failed: the build of planck failed with exit code 3\n/);
  });

  it('ends what runs when it is interrupted, and keeps what was warmed', async () => {
    const { folder } = prepare({ profiles: [profile('good.keymap'), profile('endless.keymap'), profile('x.keymap')] });
    const begun = join(folder, 'begun');
    writeFileSync(join(folder, 'endless.keymap'), `endless ${begun}`);
    const args = ['warm', join(folder, 'plan.json'), '--root', join(folder, 'cache'), '--concurrency', '1'];
    const child = cli.start(args);
    const ended = finished(child);
    while (!existsSync(begun)) await sleep(10);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }).toEqual({
      code: 130,
      stdout: 'warmed good.keymap for planck\nunfinished endless.keymap for planck\nunfinished x.keymap for planck\n',
    });
    expect(stderr).toContain('glovebox-cache: interrupted; what was warmed stays\n');
  });

  it.each<[string, unknown, RegExp]>([
    ['what is no JSON', '{', /plan\.json is not JSON: /],
    ['a list', [], /the plan must be an object, got \[\]/],
    ['nothing', {}, /there is nothing to warm; give layouts or profiles/],
    ['an unknown member', { layout: [] }, /the plan has no member "layout"; there are layouts, profiles/],
    ['a pattern without files', { layouts: ['no/*.json'] }, /layouts: "no\/\*\.json" matches no file/],
    ['a profile without boards', { profiles: [{ keymap: 'x' }] }, /profiles\[0\]\.boards is missing/],
    ['a profile without a keymap', { profiles: [{ boards: ['x'] }] }, /profiles\[0\]\.keymap is missing/],
    [
      'boards that are none',
      { profiles: [{ keymap: 'x', boards: 'y' }] },
      /profiles\[0\]\.boards must be a list, got 'y'/,
    ],
    [
      'a slip in a profile',
      { profiles: [{ keymap: 'x', board: ['y'] }] },
      /profiles\[0\] has no member "board"; there are /,
    ],
    [
      'a time that is none',
      { profiles: [{ keymap: 'x', boards: ['y'], ttl: '1d' }] },
      /profiles\[0\]\.ttl must be a number/,
    ],
  ])('refuses %s by name', async (_, plan, message) => {
    const { code, stderr } = await prepare(plan).run();
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('says so when the plan is missing, or caches are switched off', async () => {
    expect(await runCli(['warm', 'missing.json'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/the plan can't be read: ENOENT/),
    });
    const { folder } = prepare({ layouts: ['layouts/a.json'] });
    const env = { ...process.env, GLOVEBOX_CACHE_GLOBAL: 'disabled' };
    expect(await runCli(['warm', 'plan.json'], { cwd: folder, env })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/there is nothing to be warmed: the cache is switched off/),
    });
  });
});
