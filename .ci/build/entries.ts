/**
 * What the package is made of: its entries, by the name that each has in `dist`.
 */

import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Where the build puts everything. */
export const dist = 'dist';

/** Entries that are imported and required: ESM, CommonJS and types for both. */
const library = {
  index: 'src/index.ts',
  testing: 'src/testing/index.ts',
  compilation: 'src/compilation/index.ts',
  layout: 'src/layout/index.ts',
  metrics: 'src/metrics/index.ts',
  warming: 'src/warming/index.ts',
};

/** Entries without a CommonJS twin: Vitest itself can't be required, and the command is run, not imported. */
const esmOnly = {
  'testing/vitest': 'src/testing/vitest.ts',
  cli: 'src/cli/main.ts',
};

/** Every entry: name in `dist` to source file. */
export const entries: Readonly<Record<string, string>> = { ...library, ...esmOnly };

/** Names of the entries that CommonJS gets too. */
export const commonJsEntries: readonly string[] = Object.keys(library);

/** Names of the entries that are typed. */
export const typedEntries: readonly string[] = Object.keys(entries).filter((name) => name !== 'cli');

/** Packages that are the consumer's own; anything else that isn't built into Node is bundled. */
export const peers: readonly string[] = ['vitest'];
