// Leaves something for cold.mjs to read.
import { createDiskCacheManager } from 'glovebox-cache';

createDiskCacheManager({ cacheRoot: process.argv[2], tag: 'cold' }).setSync('answer', { answer: 42 });
