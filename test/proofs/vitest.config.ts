import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

/** The proofs: slower than the other tests, and with processes that are killed, stopped and refused what they ask for. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [], typecheck: { enabled: false } } },
  defineConfig({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    test: {
      include: ['test/proofs/**/*.test.ts', 'test/model/**/*.test.ts'],
      testTimeout: 120_000,
      hookTimeout: 60_000,
    },
  }),
);
