/**
 * Which files of the installed package an import loads, and so what each fresh process reads and parses for it.
 */

import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import { cleanEnvironment, run } from './run.ts';

/** The two ways to get a package. */
export const WAYS = ['import', 'require'] as const;
export type Way = (typeof WAYS)[number];

/** Where the package is built into. */
export function distOf(consumer: string): string {
  return join(consumer, 'node_modules', 'glovebox-cache', 'dist');
}

/** The files that are loaded at once when an entry of `dist` is got. */
export function loadedFiles(entry: string, way: Way): string[] {
  const path = join(distOf(inject('consumer')), `${entry}.${way === 'import' ? 'js' : 'cjs'}`);
  return way === 'import' ? importedFiles(path) : requiredFiles(path);
}

/** The bytes of `files`. */
export function sizeOf(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + statSync(file).size, 0);
}

/** ESM names what it loads at once in another way than what it loads later. */
function importedFiles(entry: string): string[] {
  const files = new Set([entry]);
  for (const file of files) {
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*"(\.[^"]+)"/g)) {
      files.add(join(dirname(file), path));
    }
  }
  return [...files];
}

function requiredFiles(entry: string): string[] {
  const program = 'require(process.argv[1]); console.log(JSON.stringify(Object.keys(require.cache)));';
  return JSON.parse(run(process.execPath, ['-e', program, entry], { env: cleanEnvironment() }).stdout);
}
