import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import * as compilation from '../src/compilation/index.ts';
import * as errors from '../src/errors.ts';
import * as exported from '../src/index.ts';
import * as layout from '../src/layout/index.ts';
import * as metrics from '../src/metrics/index.ts';
import * as warming from '../src/warming/index.ts';
import { readmeExamples } from './readme-examples.ts';

const repository = join(import.meta.dirname, '..');
const domains = { ...compilation, ...layout, ...metrics, ...warming };
const readme = readFileSync(join(repository, 'README.md'), 'utf8');
const source = (path: string): string => join(repository, 'src', path);
const examples = readmeExamples().map((example) => [example.name, example] as const);
const programs = examples.filter(([, { isTest }]) => !isTest);
const tests = examples.filter(([, { isTest }]) => isTest);

// Compiled examples lie where the libraries that the source needs are found.
const cache = join(repository, 'node_modules', '.cache');
mkdirSync(cache, { recursive: true });
const compiled = mkdtempSync(join(cache, 'readme-'));
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'glovebox-cache-readme-')));
afterAll(() => {
  for (const folder of [compiled, scratch]) rmSync(folder, { recursive: true, force: true });
});

describe('the README', () => {
  it.concurrent.each(programs)('tells the truth: %s', async (_, { name, code, prints }) => {
    const file = join(compiled, `${name.replace(/\W+/g, '-')}.mjs`);
    await build({
      stdin: { contents: code, loader: 'ts', resolveDir: scratch, sourcefile: 'README.md' },
      outfile: file,
      bundle: true,
      packages: 'external',
      alias: {
        'glovebox-cache/testing': source('testing/index.ts'),
        'glovebox-cache/compilation': source('compilation/index.ts'),
        'glovebox-cache/layout': source('layout/index.ts'),
        'glovebox-cache/metrics': source('metrics/index.ts'),
        'glovebox-cache/warming': source('warming/index.ts'),
        'glovebox-cache': source('index.ts'),
      },
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'error',
    });
    const { stdout, stderr } = await start([file]);
    expect(stderr).toBe('');
    expect(stdout.split('\n').slice(0, -1)).toEqual(prints);
  });

  it.each(tests)('has tests that pass: %s', async (_, { name, code }) => {
    const folder = mkdtempSync(join(compiled, 'tests-'));
    writeFileSync(join(folder, `${name.replace(/\W+/g, '-')}.test.ts`), code);
    const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
    await start([
      vitest,
      'run',
      '--root',
      repository,
      '--config',
      join(import.meta.dirname, 'readme.vitest.ts'),
      '--dir',
      folder,
    ]);
  });

  it('has a heading for the code of each error', () => {
    const codes = Object.values({ ...errors, ...domains }).flatMap((thing: unknown) => {
      if (typeof thing === 'function' && thing.prototype instanceof errors.CacheError)
        return [Reflect.construct(thing, ['message']).code];
      return [];
    });
    expect(codes.length).toBeGreaterThan(10);
    expect(readme.match(/(?<=^### )ERR_\w+$/gm)?.sort()).toEqual([...new Set(codes)].sort());
  });

  it('names all that the package exports', () => {
    expect(Object.keys({ ...exported, ...domains }).filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  it('links to nothing that an installed package lacks', () => {
    const targets = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
    const { files } = packageJson;
    const known = [
      'LICENSE',
      ...files,
      ...[...readme.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => anchorOf(title)),
    ];
    expect(targets.length).toBeGreaterThan(5);
    expect(targets.filter((target) => !known.includes(target))).toEqual([]);
  });
});

/** The link to a heading. */
function anchorOf(title: string): string {
  const words = title.toLowerCase().replace(/[^\w -]/g, '');
  return `#${words.replaceAll(' ', '-')}`;
}

/** Runs Node in an empty folder, with an empty home. */
async function start(args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const folder = mkdtempSync(join(scratch, 'run-'));
  const env = { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, NO_COLOR: '1' };
  return await promisify(execFile)(process.execPath, args, { cwd: folder, env });
}
