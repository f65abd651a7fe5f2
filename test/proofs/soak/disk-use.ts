/**
 * A tag's files as they lie on the disk, and what explains each of them; by the published format alone.
 */

import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type TagLocation, tagFolder } from '../../support/store-files.ts';

/** What a tag's files come to. */
export interface DiskUse {
  /** Keys whose sidecar names an entry file that is there. */
  readonly live: number;
  /** What those keys' two files take, in bytes. */
  readonly liveBytes: number;
  /** Files that no live entry explains, relative to the tag's folder. */
  readonly unexplained: readonly string[];
  readonly unexplainedBytes: number;
  /** Emptied sidecars, which wait to be reaped; they take no block. */
  readonly dead: number;
  readonly indexBytes: number;
}

/** Looks at every file of a tag. While it is in use this is a picture that moved. */
export function measureDiskUse(location: TagLocation): DiskUse {
  const folder = tagFolder(location);
  const shards = namesIn(join(folder, 'entries')).map((shard) => join(folder, 'entries', shard));
  const paths = shards.flatMap((shard) => namesIn(shard).map((name) => join(shard, name)));
  const files = new Map(paths.map((path) => [path, sizeOf(path)]));
  const explained = new Set<string>();
  let live = 0;
  let dead = 0;
  let liveBytes = 0;
  for (const [path, size] of files) {
    if (!path.endsWith('.json')) continue;
    if (size === 0) {
      dead++;
      explained.add(path);
      continue;
    }
    const entry = `${path.slice(0, -'.json'.length)}.${generationIn(path)}`;
    const entrySize = files.get(entry);
    if (entrySize === undefined) continue;
    live++;
    liveBytes += size + entrySize;
    explained.add(path).add(entry);
  }
  const unexplained = [...files].filter(([path]) => !explained.has(path));
  return {
    live,
    liveBytes,
    dead,
    unexplained: [...unexplained.map(([path]) => relative(folder, path)), ...otherFiles(folder)],
    unexplainedBytes: unexplained.reduce((sum, [, size]) => sum + size, 0),
    indexBytes: lstatSync(join(folder, 'index.jsonl'), { throwIfNoEntry: false })?.size ?? 0,
  };
}

/** Whatever lies in the tag's folder that a tag at rest doesn't have; key locks too, which their holders remove. */
function otherFiles(folder: string): string[] {
  const known = ['entries', 'index.jsonl', 'locks'];
  const locks = namesIn(join(folder, 'locks')).map((name) => join('locks', name));
  return [...namesIn(folder).filter((name) => !known.includes(name)), ...locks];
}

/** The names in a folder; none if it is gone. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** File systems that allocate late report no blocks yet; then the length stands in. */
function sizeOf(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  return stat.blocks > 0 ? stat.blocks * 512 : Math.ceil(stat.size / 4096) * 4096;
}

function generationIn(sidecar: string): string {
  try {
    const content: unknown = JSON.parse(readFileSync(sidecar, 'utf8'));
    return typeof content === 'object' && content !== null ? String(Reflect.get(content, 'generation')) : '';
  } catch {
    return '';
  }
}
