/**
 * A process that opens caches, uses them and forgets to close them, and counts what is left when they were collected.
 */

import { readdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { hangUp, programArguments, report } from '../../support/program-side.ts';

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

function useAndForget(cacheRoot: string): void {
  const cache = new DiskCacheManager({ cacheRoot });
  cache.setSync('key', 'value');
  cache.getSync('key');
}

async function run(cacheRoot: string): Promise<void> {
  useAndForget(cacheRoot);
  await collect();
  const before = openDescriptors();
  for (let turn = 0; turn < 50; turn++) useAndForget(cacheRoot);
  const opened = openDescriptors();
  await collect();
  report({ opened: opened - before, left: openDescriptors() - before });
  hangUp();
}

async function collect(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    globalThis.gc?.();
    await nextTurn();
  }
}

const args = programArguments();
if (typeof args !== 'object' || args === null) throw new Error('the arguments are missing');
run(String(Reflect.get(args, 'cacheRoot')));
