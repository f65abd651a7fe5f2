/**
 * What esbuild must be told to make one bundle that runs anywhere.
 */

import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import type { Loader, Plugin } from 'esbuild';
import { entries, repository } from './entries.ts';

/** The module that gets builtins. */
const getter = join(repository, 'src', 'builtin.ts');

/**
 * Turns `require('fs')` in bundled CommonJS libraries into a `require` of Node's own making, as late as theirs was, and
 * names all builtins alike.
 *
 * The usual remedy, a banner that makes a `require` with `createRequire(import.meta.url)`, breaks consumers: when they
 * bundle this package once more as CommonJS (a serverless function), `import.meta.url` is empty and the banner throws.
 * For builtins any path will do.
 */
const requireBuiltins: Plugin = {
  name: 'require-builtins',
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ kind, path }) => {
      if (!isBuiltin(path)) return undefined;
      const name = path.replace(/^node:/, '');
      if (kind === 'require-call') return { path: name, namespace: 'builtin' };
      return { path: `node:${name}`, external: true, sideEffects: false };
    });
    // Two steps, because one file can't both import and be CommonJS.
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require('late-require').require('node:${path}');`,
    }));
    build.onResolve({ filter: /^late-require$/ }, ({ path }) => ({ path, namespace: 'late-require' }));
    build.onLoad({ filter: /.*/, namespace: 'late-require' }, () => ({
      contents: `import { createRequire } from 'node:module';
        export const require = createRequire(process.execPath);`,
    }));
  },
};

/**
 * Turns a module's imports of builtins into calls of `src/builtin.ts`. An ESM import evaluates each export of a builtin,
 * getters included, and those of `node:fs` alone load all streams, in 1.5 ms; the call costs nothing where Node has the
 * module at hand.
 */
function getInsteadOfImport(source: string): string {
  const changed = source
    .replaceAll(
      /^import (?:\* as )?(\w+) from '(node:[\w/]+)';$/gm,
      (_, name: string, path: string) => `const ${name} = /* @__PURE__ */ __builtin('${path}');`,
    )
    .replaceAll(/^import \{([^}]*)\} from '(node:[\w/]+)';$/gm, (_, list: string, path: string) => {
      const names = list.split(',').map((name) => name.trim());
      const values = names.filter((name) => name !== '' && !name.startsWith('type '));
      return `const { ${values.map((name) => name.replace(' as ', ': ')).join(', ')} } = __builtin('${path}');`;
    });
  return changed === source ? source : `import { builtin as __builtin } from ${JSON.stringify(getter)};${changed}`;
}

/** What surrounds the library: folders of `src` that it does not import, and what it loads when first needed. */
const SURROUNDINGS =
  /[\\/]src[\\/](?:cli|testing|compilation|layout|metrics|monitoring|warming|disk[\\/]upkeep[\\/]check\.ts$)/;

/**
 * Has all that surrounds the library import the whole of it, so that the library becomes one chunk, and not one for each
 * set of entries that share some files: a file more costs half a millisecond at each import.
 */
const oneChunk: Plugin = {
  name: 'one-chunk',
  setup(build) {
    // What it does is all that it is for; that it evaluates nothing needs no warning.
    build.initialOptions.logOverride = { ...build.initialOptions.logOverride, 'ignored-bare-import': 'silent' };
    build.onResolve({ filter: /^library$/ }, () => ({ path: join(repository, entries['index'] ?? '') }));
  },
};

/** Changes what modules say where it would not hold in the bundle, or not on every Node that is supported. */
const adaptModules: Plugin = {
  name: 'adapt-modules',
  setup(build) {
    build.onLoad({ filter: /\.(tsx?|mjs)$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const adapted = bundleLateRequires(allowOldDisposal(source));
      // That one is how builtins are got.
      let contents = path === getter ? adapted : getInsteadOfImport(adapted);
      if (SURROUNDINGS.test(path)) contents = `import 'library';${contents}`;
      return contents === source ? undefined : { contents, loader: loaderOf(path) };
    });
  },
};

function loaderOf(path: string): Loader {
  if (path.endsWith('.tsx')) return 'tsx';
  return path.endsWith('.ts') ? 'ts' : 'js';
}

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
      .replace("import { createRequire } from 'node:module';\n", '')
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
const plainFileSystem: Plugin = {
  name: 'plain-file-system',
  setup(build) {
    build.onResolve({ filter: /^graceful-fs$/ }, () => ({ path: 'fs', namespace: 'builtin' }));
  },
};

/** Bundles of `package.json` what is asked of it, the version, and not what the package is developed with. */
const versionOnly: Plugin = {
  name: 'version-only',
  setup(build) {
    build.onLoad({ filter: /[\\/]package\.json$/ }, async ({ path }) => {
      const { version }: Record<string, unknown> = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** Takes the ESM form of a library whose CommonJS form hands its `require` around, where no bundler can follow. */
const esmForms: Plugin = {
  name: 'esm-forms',
  setup(build) {
    build.onResolve({ filter: /^jsonc-parser$/ }, () => ({
      path: join(repository, 'node_modules', 'jsonc-parser', 'lib', 'esm', 'main.js'),
      sideEffects: false,
    }));
  },
};

/** All of it, in the order in which it must be asked. */
export const plugins: Plugin[] = [oneChunk, plainFileSystem, esmForms, requireBuiltins, adaptModules, versionOnly];
