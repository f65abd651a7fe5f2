import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

/** Where `.ci/run` wants the figures of a run; unset when a person runs the tests. */
const report = process.env['TEST_REPORT'];

export default defineConfig({
  resolve: {
    // Tests may import the package by its name and get the source; what is shipped has tests of its own (test/package).
    alias: [
      { find: /^glovebox-cache$/, replacement: source('index.ts') },
      { find: /^glovebox-cache\/testing$/, replacement: source('testing/index.ts') },
      { find: /^glovebox-cache\/testing\/vitest$/, replacement: source('testing/vitest.ts') },
      { find: /^glovebox-cache\/compilation$/, replacement: source('compilation/index.ts') },
      { find: /^glovebox-cache\/layout$/, replacement: source('layout/index.ts') },
      { find: /^glovebox-cache\/metrics$/, replacement: source('metrics/index.ts') },
      { find: /^glovebox-cache\/warming$/, replacement: source('warming/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/package/**', 'test/proofs/**', 'test/model/**'],
    // Processes, not threads: tests change the environment, the umask and the working folder.
    pool: 'forks',
    // Vitest leaves a core to itself; on a machine with two that would be half of it.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 20_000,
    hookTimeout: 20_000,
    typecheck: { enabled: true, include: ['test/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
