/**
 * Types: one declaration file per entry and shared ones for what entries have in common (a class declared twice would be
 * two types), for ESM and again for CommonJS.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type RollupBuild, rollup } from 'rollup';
import dts from 'rollup-plugin-dts';
import { commonJsEntries, dist, entries, peers, repository, typedEntries } from './entries.ts';

/** Writes the `.d.ts` and `.d.cts` files. */
export async function bundleTypes(): Promise<void> {
  const bundle = await rollup({
    input: Object.fromEntries(typedEntries.map((name) => [name, join(repository, entries[name] ?? '')])),
    external: [/^node:/, ...peers],
    plugins: [dts({ tsconfig: join(repository, 'tsconfig.json') })],
  });
  await writeTypes(bundle, 'ts', typedEntries);
  await writeTypes(bundle, 'cts', commonJsEntries);
  await bundle.close();
}

async function writeTypes(bundle: RollupBuild, extension: 'ts' | 'cts', names: readonly string[]): Promise<void> {
  const { output } = await bundle.generate({
    format: 'es',
    entryFileNames: `[name].d.${extension}`,
    chunkFileNames: `chunks/types-[hash].d.${extension}`,
    // AsyncDisposable and Disposable, for consumers whose own `lib` lacks them.
    banner: '/// <reference lib="esnext.disposable" />',
  });
  for (const file of output) {
    if (file.type !== 'chunk' || (file.isEntry && !names.includes(file.name))) continue;
    const path = join(repository, dist, file.fileName);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.code);
  }
}
