/**
 * The least that a copy of the engine must be able to do.
 */

import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';

const cache = new DiskCacheManager({ cacheRoot: process.argv[2] ?? '' });
cache.setSync('key', 'value');
process.stdout.write(String(cache.getSync('key')));
cache.closeSync();
