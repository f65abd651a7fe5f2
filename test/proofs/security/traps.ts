/**
 * Links that somebody has planted in a tag, wherever one can be.
 */

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import { findEntry, indexPath, tagFolder } from '../../support/store-files.ts';
import { Outside } from '../power-cut/outside.ts';

export const KEYS = ['first', 'second'] as const;
const TAG = 'default';
const HEX = '0123456789abcdef0123456789abcdef';

/** Where a link can be planted, by what should stand there. */
export const PLACES = {
  'the tag folder': ({ folder }: Ground) => folder,
  entries: ({ folder }: Ground) => join(folder, 'entries'),
  'a shard': ({ sidecar }: Ground) => dirname(sidecar),
  'an entry file': ({ entry }: Ground) => entry,
  'a sidecar': ({ sidecar }: Ground) => sidecar,
  'the index': ({ folder }: Ground) => join(folder, 'index.jsonl'),
  'the lock': ({ folder }: Ground) => join(folder, 'index.lock'),
  'the folder of locks': ({ folder }: Ground) => join(folder, 'locks'),
  'the lock of a key': ({ folder, sidecar }: Ground) =>
    join(folder, 'locks', basename(sidecar, '.json').concat('.lock')),
  'a temporary sidecar': ({ sidecar }: Ground) => sidecar.replace('.json', `.${HEX.slice(0, 24)}.tmp`),
  'a temporary index': ({ folder }: Ground) => join(folder, `index.jsonl.${HEX.slice(0, 24)}.tmp`),
  'an index set aside': ({ folder }: Ground) => join(folder, `index.jsonl.${HEX.slice(0, 24)}.foreign`),
  'an orphan': ({ sidecar }: Ground) => sidecar.replace('.json', `.${HEX.slice(0, 24)}`),
  'a reap folder': ({ sidecar }: Ground) => join(dirname(sidecar), '.reap'),
  'a folder in a reap folder': ({ sidecar }: Ground) => join(dirname(sidecar), '.reap', HEX.slice(0, 24)),
  'a file in a reap folder': ({ sidecar }: Ground) =>
    join(dirname(sidecar), '.reap', HEX.slice(0, 24), basename(sidecar)),
  'the mark of a cache': ({ cacheRoot }: Ground) => join(cacheRoot, 'CACHEDIR.TAG'),
} as const;

export type Place = keyof typeof PLACES;

export const TARGETS = ['a file', 'a folder', 'nowhere', 'a pipe', 'a device', 'itself', 'the folder above'] as const;

export type Target = (typeof TARGETS)[number];

interface Ground {
  readonly cacheRoot: string;
  readonly folder: string;
  readonly entry: string;
  readonly sidecar: string;
}

/** A trap, and what it leads to. */
export interface Trap {
  readonly cacheRoot: string;
  readonly outside: Outside;
}

/** A cache that was used, with a link in one of its places. */
export function setTrap(root: string, place: Place, target: Target): Trap {
  const cacheRoot = join(root, 'cache');
  fs.mkdirSync(cacheRoot, { mode: 0o700 });
  const cache = new DiskCacheManager({ cacheRoot });
  for (const key of KEYS) cache.setSync(key, `value of ${key}`);
  cache.closeSync();
  const { entry, sidecar } = findEntry(cache, KEYS[0]);
  const ground = { cacheRoot, folder: tagFolder(cache), entry, sidecar };
  const path = PLACES[place](ground);
  const outside = makeOutside(root, ground);
  const bytes = fs.statSync(path, { throwIfNoEntry: false })?.isFile()
    ? fs.readFileSync(path)
    : Buffer.from('precious');
  fs.rmSync(path, { recursive: true, force: true });
  fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  fs.symlinkSync(leadTo(target, root, outside, bytes), path);
  return { cacheRoot, outside };
}

/** Holds what looks as if it belonged to a cache, so that it is found by whoever follows a link there. */
function makeOutside(root: string, { cacheRoot, entry, sidecar }: Ground): Outside {
  const outside = new Outside(root);
  for (const path of [entry, sidecar, indexPath({ cacheRoot, tag: TAG })]) {
    outside.addFile(fs.readFileSync(path), basename(path));
  }
  outside.addFile(Buffer.from('lock'), `${basename(sidecar, '.json')}.lock`);
  outside.addFile(Buffer.from('orphan'), basename(sidecar).replace('.json', `.${HEX.slice(8, 32)}`));
  return outside;
}

function leadTo(target: Target, root: string, outside: Outside, bytes: Buffer): string {
  switch (target) {
    case 'a file':
      return outside.addFile(bytes);
    case 'a folder':
      return outside.folder;
    case 'nowhere':
      return outside.nowhere;
    case 'a pipe': {
      const pipe = join(root, 'pipe');
      execFileSync('mkfifo', [pipe]);
      return pipe;
    }
    case 'a device':
      return '/dev/zero';
    case 'itself':
      return 'itself';
    case 'the folder above':
      return '..';
  }
}
