/**
 * `npm run build`: makes `dist`, the whole of what is published besides package.json, README and LICENSE.
 */

import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleEsm, translateToCommonJs } from './bundle.ts';
import { dist, repository } from './entries.ts';
import { writeLicences } from './licences.ts';
import { bundleTypes } from './types.ts';
import { verifyBundle, verifyTypes } from './verify.ts';

const started = performance.now();
const folder = join(repository, dist);
await rm(folder, { recursive: true, force: true });

const esm = await bundleEsm();
const commonJs = await translateToCommonJs(esm);
const bundled = await writeLicences(esm);
await verifyBundle(esm, commonJs);
await bundleTypes();
await verifyTypes();

let files = 0;
let bytes = 0;
for (const name of await readdir(folder, { recursive: true })) {
  const entry = await stat(join(folder, name));
  if (!entry.isFile()) continue;
  files += 1;
  bytes += entry.size;
}
console.log(`bundled: ${bundled.join(', ')}`);
console.log(
  `${dist}: ${files} files, ${Math.round(bytes / 1024)} kB, in ${Math.round(performance.now() - started)} ms`,
);
