import { mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { cleanEnvironment, run } from './run.ts';

const consumer = inject('consumer');
const cli = join('node_modules', 'glovebox-cache', 'dist', 'cli.js');

describe.each(inject('runtimes').map((runtime) => [runtime.name, runtime] as const))(
  'on %s',
  (_, { program, args }) => {
    const start = (...rest: readonly string[]) =>
      run(program, [...args, ...rest], { cwd: consumer, env: environment() });
    const json = (...rest: readonly string[]): unknown => JSON.parse(start(...rest).stdout);

    it.each(['import.mjs', 'require.cjs'])('%s gets what it set, in this process and in the next', (script) => {
      const root = freshFolder();
      expect(json(script, root)).toEqual({ before: 'a miss', after: { answer: 42 }, locked: true, errors: true });
      expect(json(script, root)).toEqual({ before: { answer: 42 }, after: { answer: 42 }, locked: true, errors: true });
    });

    it('values of every kind come back', () => {
      expect(json('values.mjs', freshFolder())).toEqual([]);
    });

    it('the ESM and the CommonJS half of the package share their instances', () => {
      expect(json('both.mjs', freshFolder())).toEqual({ shared: true, reset: 0, cacheKey: 'found', subpath: true });
    });

    it('importing it does nothing to the process', () => {
      expect(json('quiet.mjs')).toEqual([]);
    });

    it('the command replays a run', () => {
      const root = freshFolder();
      const exec = [cli, '--root', root, 'exec', '--', program, '--version'];
      const cold = start(...exec);
      const warm = start(...exec);
      expect(cold.stderr).toContain('MISS');
      expect(warm.stderr).toContain('HIT');
      expect(warm.stdout).toBe(cold.stdout);
      expect(json(cli, '--root', root, 'show', '--json')).toMatchObject([{ tag: 'compilation' }]);
    });
  },
);

describe('the command as npm links it', () => {
  it('runs', () => {
    const { stdout } = run(join(consumer, 'node_modules', '.bin', 'glovebox-cache'), ['--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

function environment(): NodeJS.ProcessEnv {
  return cleanEnvironment({ HOME: freshFolder() });
}

/** A folder beside the consumer's, removed with it. */
function freshFolder(): string {
  return mkdtempSync(join(dirname(consumer), 'scratch-'));
}
