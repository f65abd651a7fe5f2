// Prints what a fresh process pays to get the package, and for a first read if a folder is given: milliseconds, and the
// modules of the runtime that were loaded for it.
import { createRequire } from 'node:module';

const started = performance.now();
const [how, cacheRoot] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const load = { import: (name) => import(name), require: async (name) => require(name) }[how];

await load('./empty.cjs'); // What the first of all costs, whatever it is.
const before = new Set(process.moduleLoadList);
const began = performance.now();
const { DiskCacheManager } = await load('glovebox-cache');
const took = performance.now() - began;
const found = cacheRoot && new DiskCacheManager({ cacheRoot, tag: 'cold' }).getSync('answer');
const loaded = process.moduleLoadList.filter((name) => !before.has(name)).map((name) => name.replace(/^\w+ /, ''));
console.log(JSON.stringify({ started, took, found, loaded }));
