/**
 * JavaScript: one ESM bundle split into chunks, so that no state or class exists twice whichever entries a process
 * imports, and its CommonJS twin, file by file.
 */

import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { commonJsEntries, dist, entries, peers, repository } from './entries.ts';
import { plugins } from './plugins.ts';

const shared = {
  absWorkingDir: repository,
  outdir: dist,
  bundle: true,
  platform: 'node',
  target: 'node20',
  legalComments: 'none', // THIRD-PARTY-LICENSES has them all
  // What need not be read need not be parsed at each import. Names stay: stack traces and inspected objects show them.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Bundles every entry as ESM; returns what went into each file. */
export async function bundleEsm(): Promise<Metafile> {
  const { metafile } = await build({
    ...shared,
    entryPoints: entries,
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    external: [...peers],
    plugins,
    metafile: true,
  });
  await makeCommand(join(repository, dist, 'cli.js'));
  return metafile;
}

/** Makes a file something that a shell can run. */
async function makeCommand(path: string): Promise<void> {
  const code = await readFile(path, 'utf8');
  if (!code.startsWith('#!')) await writeFile(path, `#!/usr/bin/env node\n${code}`);
  await chmod(path, 0o755);
}

/** Translates the bundle's files that CommonJS entries need, one to one: `x.js` to `x.cjs`. */
export async function translateToCommonJs(esm: Metafile): Promise<Metafile> {
  const { metafile } = await build({
    ...shared,
    entryPoints: reachable(
      esm,
      commonJsEntries.map((name) => `${dist}/${name}.js`),
    ),
    outbase: dist,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    // A lazy chunk is then required, which bundlers and every runtime take alike.
    supported: { 'dynamic-import': false },
    // ESM is always strict; without this its twin would not be.
    banner: { js: "'use strict';" },
    plugins: [requireTwins],
    metafile: true,
  });
  return metafile;
}

const requireTwins: Plugin = {
  name: 'require-twins',
  setup(build) {
    build.onResolve({ filter: /^\.\.?\// }, ({ kind, path }) =>
      kind === 'entry-point' ? undefined : { path: path.replace(/\.js$/, '.cjs'), external: true },
    );
  },
};

/** The output files that `roots` load, themselves included. */
function reachable({ outputs }: Metafile, roots: readonly string[]): string[] {
  const found = new Set(roots);
  for (const file of found) {
    for (const { path, external } of outputs[file]?.imports ?? []) if (!external) found.add(path);
  }
  return [...found];
}
