import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contestants } from '../../bench/contestants/index.ts';
import { PACKAGE_VARIABLE } from '../../bench/harness/dist.ts';
import { run } from '../../bench/harness/run.ts';
import { scenarios } from '../../bench/scenarios/index.ts';
import { tinyRun } from './support/tiny-run.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
// Below node_modules, so that it finds there what it loads later.
const built = join(repository, 'node_modules', '.glovebox-cache-bench', `package-${process.pid}.mjs`);

/** Those that need no packages but ours. */
const AT_HAND = contestants.filter(({ kind }) => kind === 'ours' || kind === 'floor');

/** Scenarios that the floor can't take part in: it forgets everything, and has no limit. */
const OURS_ALONE = new Set([
  'durability',
  'import',
  'processes',
  'first use',
  'event loop',
  'churn',
  'scale',
  'hit ratio',
]);

beforeAll(async () => {
  mkdirSync(join(built, '..'), { recursive: true });
  const entry = join(repository, 'src', 'index.ts');
  await build({
    entryPoints: [entry],
    outfile: built,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  process.env[PACKAGE_VARIABLE] = built;
});

afterAll(() => {
  delete process.env[PACKAGE_VARIABLE];
  rmSync(built, { force: true });
});

describe('every scenario', () => {
  it.each(scenarios)('gets figures from all who can take part: $name', async (scenario) => {
    const {
      series,
      failures,
      contestants: reports,
    } = await run(tinyRun({ contestants: AT_HAND, scenarios: [scenario] }));
    expect(failures).toEqual([]);
    expect(reports.filter(({ absent }) => absent !== undefined)).toEqual([]);
    const measured = new Set(series.map(({ contestant }) => contestant));
    expect(measured).toContain('glovebox sync');
    if (!OURS_ALONE.has(scenario.name)) expect(measured).toEqual(new Set(AT_HAND.map(({ name }) => name)));
    for (const one of series) {
      expect(one.scenario).toBe(scenario.name);
      expect(one.median, `${one.operation} of ${one.contestant}`).toBeGreaterThanOrEqual(0);
    }
  });
});
