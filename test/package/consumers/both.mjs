// Loads both halves of the package, which share one registry, and one subpath, which shares the classes of its half.
import { createRequire } from 'node:module';
import * as esm from 'glovebox-cache';
import * as testing from 'glovebox-cache/testing';

const cjs = createRequire(import.meta.url)('glovebox-cache');
const options = { cacheRoot: process.argv[2], tag: 'both' };

const mine = esm.getSharedCacheInstance(options);
const shared = mine === cjs.getSharedCacheInstance(options);
mine.setSync('a:b:c', 'found');
const cacheKey = mine.getSync(cjs.CacheKey.fromString('a:b:c'), 'missed');
const subpath = await testing.withTestCache((cache) => cache instanceof esm.DiskCacheManager);
await cjs.resetSharedCacheInstances();
const reset = esm.getCacheInstanceCount();
console.log(JSON.stringify({ shared, reset, cacheKey, subpath }));
