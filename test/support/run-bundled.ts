/**
 * Code that a test runs in a fresh process: with flags of its own, as another user, or as another copy of the package.
 */

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { onTestFinished } from 'vitest';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Bundles TypeScript (imports are relative to this folder) into one file that any user may read. */
export function bundle(code: string, format: 'cjs' | 'esm'): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'glovebox-cache-bundle-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const outfile = join(folder, format === 'esm' ? 'program.mjs' : 'program.cjs');
  const require =
    "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";
  buildSync({
    stdin: { contents: code, resolveDir: HERE, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format,
    target: 'node20',
    logLevel: 'warning',
    // What is required at run time is looked up from here: the bundle lies far from node_modules.
    ...(format === 'esm'
      ? { banner: { js: require } }
      : { define: { 'import.meta.url': JSON.stringify(pathToFileURL(HERE).href) } }),
  });
  return outfile;
}

/** How to run a program. */
export interface RunOptions {
  /** Node's own flags. */
  readonly flags?: readonly string[];
  /** The whole environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** The user to be, for a test that runs as root. */
  readonly uid?: number;
}

/** Runs a bundled program and reads the JSON that it prints. */
export function runProgram(file: string, { flags = [], env = process.env, uid }: RunOptions = {}): unknown {
  const user = uid === undefined ? {} : { uid, gid: uid };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, file], {
    env,
    cwd: tmpdir(),
    encoding: 'utf8',
    ...user,
  });
  if (status !== 0) throw new Error(`the program ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
