/**
 * What esbuild must be told to make one bundle that runs anywhere.
 */

import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * Turns `require('fs')` in bundled CommonJS libraries into `import … from 'node:fs'`, and names all builtins alike.
 *
 * The usual remedy, a banner that makes a `require` with `createRequire(import.meta.url)`, breaks consumers: when they
 * bundle this package once more as CommonJS (a serverless function), `import.meta.url` is empty and the banner throws.
 */
export const importBuiltins: Plugin = {
  name: 'import-builtins',
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ kind, path, namespace }) => {
      if (!isBuiltin(path)) return undefined;
      const name = path.replace(/^node:/, '');
      // Two steps, because one file can't both import and be CommonJS: `require` → CommonJS → ESM with the import.
      if (kind !== 'require-call') return { path: `node:${name}`, external: true, sideEffects: false };
      return { path: name, namespace: namespace === 'builtin' ? 'builtin-import' : 'builtin' };
    });
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require('${path}').default;`,
    }));
    build.onLoad({ filter: /.*/, namespace: 'builtin-import' }, ({ path }) => ({
      contents: `export { default } from 'node:${path}';`,
    }));
  },
};

/** Changes what modules say where it would not hold in the bundle, or not on every Node that is supported. */
export const adaptModules: Plugin = {
  name: 'adapt-modules',
  setup(build) {
    build.onLoad({ filter: /\.(ts|mjs)$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = bundleLateRequires(allowOldDisposal(source));
      return contents === source ? undefined : { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
    });
  },
};

/**
 * Bundles what a module requires through `createRequire(import.meta.url)`, and keeps it late: the library becomes a
 * function of the bundle that runs at the first call. `src/disk/lock/lock-library.ts` loads proper-lockfile so, and fdir,
 * which tinyglobby uses, its optional picomatch.
 */
function bundleLateRequires(source: string): string {
  const declaration = /^(?:const|var) (\w+) = (?:\/\* @__PURE__ \*\/ )?createRequire\(import\.meta\.url\);$/m.exec(
    source,
  );
  if (declaration === null) return source;
  const [statement, name] = declaration;
  return (
    source
      .replace(statement, '')
      .replaceAll(new RegExp(`\\b${name}\\(`, 'g'), 'require(')
      // Asks whether it is installed: it is, in the bundle.
      .replaceAll(new RegExp(`\\b${name}\\.resolve\\(`, 'g'), 'void (')
  );
}

/** Node has the symbols of `using` since 20.5; before, compilers put these in their place. */
function allowOldDisposal(source: string): string {
  return source.replaceAll(/\[Symbol\.(dispose|asyncDispose)\]/g, "[Symbol.$1 ?? Symbol.for('Symbol.$1')]");
}

/**
 * Gives the bundled libraries Node's own `fs` for `graceful-fs`, which replaces `fs.close` and `process.cwd` of the
 * whole process when it is loaded: no cache has business there. Its queue for EMFILE is not missed, since
 * proper-lockfile makes only calls that graceful-fs doesn't queue.
 */
export const plainFileSystem: Plugin = {
  name: 'plain-file-system',
  setup(build) {
    build.onResolve({ filter: /^graceful-fs$/ }, () => ({ path: 'fs', namespace: 'builtin' }));
  },
};

/** Bundles of `package.json` what is asked of it, the version, and not what the package is developed with. */
export const versionOnly: Plugin = {
  name: 'version-only',
  setup(build) {
    build.onLoad({ filter: /[\\/]package\.json$/ }, async ({ path }) => {
      const { version }: Record<string, unknown> = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};
