/**
 * Types: one declaration file per entry and a shared one for what entries have in common (a class declared twice would
 * be two types), for ESM and again for CommonJS.
 */

import { join } from 'node:path';
import { rollup } from 'rollup';
import dts from 'rollup-plugin-dts';
import { commonJsEntries, dist, entries, peers, repository, typedEntries } from './entries.ts';

/** Writes the `.d.ts` and `.d.cts` files. */
export async function bundleTypes(): Promise<void> {
  await writeTypes(typedEntries, 'ts');
  await writeTypes(commonJsEntries, 'cts');
}

async function writeTypes(names: readonly string[], extension: 'ts' | 'cts'): Promise<void> {
  const input = Object.fromEntries(names.map((name) => [name, join(repository, entries[name] ?? '')]));
  const bundle = await rollup({
    input,
    external: [/^node:/, ...peers],
    plugins: [dts({ tsconfig: join(repository, 'tsconfig.json') })],
  });
  await bundle.write({
    dir: join(repository, dist),
    format: 'es',
    entryFileNames: `[name].d.${extension}`,
    chunkFileNames: `chunks/types-[hash].d.${extension}`,
    // AsyncDisposable and Disposable, for consumers whose own `lib` lacks them.
    banner: '/// <reference lib="esnext.disposable" />',
  });
  await bundle.close();
}
