/**
 * A process that uses up its file descriptors and then goes on using its cache.
 */

import { closeSync, openSync } from 'node:fs';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { hangUp, programArguments, report } from '../../support/program-side.ts';

function outcome(action: () => unknown): string {
  try {
    return String(action());
  } catch (error) {
    return error instanceof Error ? error.name : 'something else was thrown';
  }
}

function useUp(): number[] {
  const descriptors: number[] = [];
  try {
    for (;;) descriptors.push(openSync('/dev/null', 'r'));
  } catch {
    return descriptors;
  }
}

const args = programArguments();
if (typeof args !== 'object' || args === null) throw new Error('the arguments are missing');
const cache = new DiskCacheManager({ cacheRoot: String(Reflect.get(args, 'cacheRoot')), memoryMaxBytes: 0 });
cache.setSync('key', 'value');
const descriptors = useUp();
const without = {
  get: outcome(() => cache.getSync('key')),
  exists: outcome(() => cache.existsSync('key')),
  set: outcome(() => cache.setSync('key', 'changed')),
};
for (const descriptor of descriptors) closeSync(descriptor);
report({ without, after: outcome(() => cache.getSync('key')), errors: cache.getStatsSync().errors });
cache.closeSync();
hangUp();
