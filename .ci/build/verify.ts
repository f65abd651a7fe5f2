/**
 * What must hold of every build, or it is none: the files need nothing but Node and run wherever they are put.
 */

import { readdir, readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { dist, peers, repository } from './entries.ts';

/** Throws an error that lists the packages that declaration files in `dist` want and no consumer has. */
export async function verifyTypes(): Promise<void> {
  const faults: string[] = [];
  for (const file of await readdir(join(repository, dist), { recursive: true })) {
    if (!/\.d\.c?ts$/.test(file)) continue;
    const declarations = await readFile(join(repository, dist, file), 'utf8');
    const withoutComments = declarations.replaceAll(/\/\*.*?\*\//gs, '');
    for (const [, path = ''] of withoutComments.matchAll(/(?:\bfrom|\bimport\(?) ?['"]([^'"]+)['"]/g)) {
      if (!isOfNode(path) && !peers.includes(path) && !path.startsWith('.')) {
        faults.push(`${file} has types from ${path}.`);
      }
    }
  }
  refuse(faults);
}

/** Throws an error that lists every fault of the files described by `metafiles`. */
export async function verifyBundle(...metafiles: readonly Metafile[]): Promise<void> {
  const faults: string[] = [];
  for (const [file, { imports }] of metafiles.flatMap(({ outputs }) => Object.entries(outputs))) {
    for (const { path, external } of imports) {
      if (external && !isOfNode(path) && !peers.includes(path) && !path.startsWith('.')) {
        faults.push(`${file} imports ${path}, which no consumer has: it must be bundled.`);
      }
    }
    if (/^dist\/index\.c?js$/.test(file) && imports.length > 1) {
      faults.push(`${file} is made of ${imports.length + 1} files and not two: each costs time when it is imported.`);
    }
    const code = await readFile(join(repository, file), 'utf8');
    if (code.includes('import.meta')) {
      faults.push(`${file} uses import.meta, which is empty once a consumer bundles it as CommonJS.`);
    }
    if (code.includes(repository)) faults.push(`${file} names a folder of the machine that built it.`);
  }
  refuse(faults);
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(`The build is not fit to ship:\n  ${faults.join('\n  ')}`);
}

function isOfNode(path: string): boolean {
  return path.startsWith('node:') && isBuiltin(path);
}
