// Prints the names that each subpath exports: as it is imported, or as it is required.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const subpaths = ['compilation', 'layout', 'metrics', 'warming', 'testing'];
const names = {};
for (const subpath of subpaths) {
  const path = `glovebox-cache/${subpath}`;
  names[subpath] = Object.keys(process.argv[2] === 'require' ? require(path) : await import(path)).sort();
}
console.log(JSON.stringify(names));
