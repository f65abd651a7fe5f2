import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { distOf, loadedFiles, sizeOf, WAYS } from './loaded-files.ts';
import { cleanEnvironment, run } from './run.ts';

/** The code that each subpath loads beyond that of the main entry, in bytes. */
const BUDGETS: readonly [entry: string, import: number, require: number][] = [
  ['testing', 2_000, 4_000],
  ['compilation', 200_000, 220_000],
  ['layout', 83_000, 86_000],
  ['metrics', 60_000, 65_000],
  ['warming', 7_500, 8_500],
];
const SUBPATHS = BUDGETS.map(([entry]) => entry);

/** Libraries that are loaded when they are needed, each with a text that no other code has. */
const LATE_LIBRARIES: readonly [name: string, text: string][] = [
  ['cli-progress', 'node_modules/cli-progress/'],
  ['cli-table3', 'node_modules/cli-table3/'],
  ['commander', 'commander.unknownOption'],
  ['d3', 'paddingInner'],
  ['jsonc-parser', 'PropertyNameExpected'],
  ['preact', 'dangerouslySetInnerHTML'],
  ['tar-stream', 'node_modules/tar-stream/'],
  ['yauzl', 'node_modules/yauzl/'],
  ['yazl', 'node_modules/yazl/'],
];
/** What only a domain has. */
const DOMAIN_CLASSES = ['CompilationBuildCacheService', 'LayoutService', 'SessionMetrics', 'CacheWarmer'];

const consumer = inject('consumer');

describe.each(WAYS)('%s', (way) => {
  it.each(BUDGETS)('of %s reads no more code than its budget', (entry, imported, required) => {
    const core = new Set(loadedFiles('index', way));
    const own = loadedFiles(entry, way).filter((file) => !core.has(file));
    expect(sizeOf(own)).toBeLessThanOrEqual(way === 'import' ? imported : required);
  });

  it.each(['index', ...SUBPATHS])('of %s loads no library that may never be needed', (entry) => {
    const code = codeOf(loadedFiles(entry, way));
    expect(LATE_LIBRARIES.filter(([, text]) => code.includes(text))).toEqual([]);
  });

  it.each(['index', 'testing'])('of %s loads nothing of the domains', (entry) => {
    const code = codeOf(loadedFiles(entry, way));
    expect(DOMAIN_CLASSES.filter((name) => code.includes(`${name}=class`))).toEqual([]);
  });

  it('finds what these tests look for somewhere in the package', () => {
    const dist = distOf(consumer);
    const code = codeOf(
      readdirSync(dist, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.c?js$/.test(name))
        .map((name) => join(dist, name)),
    );
    expect(LATE_LIBRARIES.filter(([, text]) => !code.includes(text))).toEqual([]);
    expect(DOMAIN_CLASSES.filter((name) => !code.includes(`${name}=class`))).toEqual([]);
  });
});

describe.each(inject('runtimes').map((runtime) => [runtime.name, runtime] as const))(
  'on %s the domains',
  (_, { program, args }) => {
    it.each(['domains-import.mjs', 'domains-require.cjs'])('do their work: %s', (script) => {
      expect(start(script, freshFolder())).toEqual({
        layout: { keymap: true, conf: '# Three keys', again: true },
        session: 'builds_total{board="glove80"} 1',
        runs: ['miss made', 'hit made'],
        workspaces: { folder: 'VERSION', zip: 'VERSION', 'tar.gz': 'VERSION' },
        warming: { warmed: ['good.json'], skipped: [], failed: ['broken.json'] },
        errors: {
          argument: 'ERR_CACHE_ARGUMENT',
          archive: 'ERR_ARCHIVE',
          build: 'ERR_BUILD',
          layout: 'ERR_LAYOUT',
          workspace: 'ERR_WORKSPACE',
        },
        monitoring: 'compilation',
      });
    });

    it('have the same names in both forms', () => {
      const names = start('domains-names.mjs');
      expect(names).toMatchObject({ compilation: expect.arrayContaining(['ZmkWestService']) });
      expect(start('domains-names.mjs', 'require')).toEqual(names);
    });

    function start(...rest: readonly string[]): unknown {
      const env = cleanEnvironment({ HOME: freshFolder() });
      return JSON.parse(run(program, [...args, ...rest], { cwd: consumer, env }).stdout);
    }
  },
);

function codeOf(files: readonly string[]): string {
  return files.map((file) => readFileSync(file, 'utf8')).join('\n');
}

/** A folder beside the consumer's, removed with it. */
function freshFolder(): string {
  return mkdtempSync(join(dirname(consumer), 'scratch-'));
}
