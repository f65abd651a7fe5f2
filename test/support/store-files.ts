/**
 * A tag's files as they lie on the disk, found by the published format alone.
 */

import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Where a tag's files are. */
export interface TagLocation {
  readonly cacheRoot: string;
  readonly tag: string;
}

/** The two files of one entry. */
export interface EntryFiles {
  /** The file that holds the value's bytes. */
  readonly entry: string;
  readonly sidecar: string;
  readonly generation: string;
}

export function tagFolder(location: TagLocation): string {
  return join(location.cacheRoot, location.tag);
}

export function indexPath(location: TagLocation): string {
  return join(tagFolder(location), 'index.jsonl');
}

/** Every file under the tag's `entries` folder. */
export function listEntryFolder(location: TagLocation): string[] {
  const folder = join(tagFolder(location), 'entries');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => !item.isDirectory())
    .map((item) => join(item.parentPath, item.name));
}

/** The files that hold values: whatever lies there and is no sidecar. */
export function listEntryFiles(location: TagLocation): string[] {
  return listEntryFolder(location).filter((path) => !path.endsWith('.json'));
}

export function listSidecars(location: TagLocation): string[] {
  return listEntryFolder(location).filter((path) => path.endsWith('.json'));
}

/** The files of the live entry under a key (in canonical form). */
export function findEntry(location: TagLocation, key: string): EntryFiles {
  for (const sidecar of listSidecars(location)) {
    const content = readFileSync(sidecar, 'utf8');
    if (content === '') continue;
    const record: unknown = JSON.parse(content);
    if (typeof record !== 'object' || record === null || Reflect.get(record, 'key') !== key) continue;
    const generation = String(Reflect.get(record, 'generation'));
    const hash = basename(sidecar, '.json');
    return { entry: join(sidecar, '..', `${hash}.${generation}`), sidecar, generation };
  }
  throw new Error(`no sidecar names the key ${JSON.stringify(key)}`);
}

/** What `path` takes on the disk, in bytes. */
export function allocatedBytes(path: string): number {
  return lstatSync(path).blocks * 512;
}
