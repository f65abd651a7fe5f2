// Prints what a fresh process pays to get the package, in microseconds of processor time, and which modules of the runtime
// are loaded for it and, if a folder is given, for a first read.
import { createRequire } from 'node:module';

const [how, cacheRoot] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const spent = () => process.cpuUsage().user + process.cpuUsage().system;
const load = { import: (name) => import(name), require: async (name) => require(name) }[how];

await load('./empty.cjs'); // What the first of all costs, whatever it is.
const before = new Set(process.moduleLoadList);
const start = spent();
const { DiskCacheManager } = await load('glovebox-cache');
const cost = spent() - start;
const found = cacheRoot && new DiskCacheManager({ cacheRoot, tag: 'cold' }).getSync('answer');
const loaded = process.moduleLoadList.filter((name) => !before.has(name)).map((name) => name.replace(/^\w+ /, ''));
console.log(JSON.stringify({ start, import: cost, found, loaded }));
