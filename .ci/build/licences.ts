/**
 * The licences of the libraries that are bundled: all of them ask that their notice goes with every copy.
 */

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { dist, repository } from './entries.ts';

/** Writes `THIRD-PARTY-LICENSES` for every package that has a byte in the bundle; returns their names. */
export async function writeLicences(metafile: Metafile): Promise<string[]> {
  const folders = [...bundledPackages(metafile)].sort();
  const notices = await Promise.all(folders.map(readNotice));
  const rule = `\n\n${'-'.repeat(78)}\n\n`;
  const head = 'glovebox-cache contains code of the following packages, each under its own licence.';
  await writeFile(join(repository, dist, 'THIRD-PARTY-LICENSES'), `${[head, ...notices].join(rule)}\n`);
  return folders.map((folder) => folder.replace(/^.*node_modules\//, ''));
}

/** Folders of the packages that contribute code to some output. */
function bundledPackages({ outputs }: Metafile): Set<string> {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  return folders;
}

async function readNotice(folder: string): Promise<string> {
  const path = join(repository, folder);
  const { name, version, license }: Record<string, unknown> = JSON.parse(
    await readFile(join(path, 'package.json'), 'utf8'),
  );
  const file = (await readdir(path)).find((candidate) => /^(licen[cs]e|copying)/i.test(candidate));
  if (file === undefined) throw new Error(`${folder} is bundled but has no licence file to ship.`);
  const text = await readFile(join(path, file), 'utf8');
  return `${name} ${version} (${license})\n\n${text.trim()}`;
}
