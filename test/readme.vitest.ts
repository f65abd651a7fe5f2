/** Settings for running a test file of the README by itself: the package's name means its source. */

import { defineConfig } from 'vitest/config';
import suite from '../vitest.config.ts';

export default defineConfig({
  ...(suite.resolve === undefined ? {} : { resolve: suite.resolve }),
  test: { include: ['**/*.test.ts'], pool: 'forks' },
});
