/**
 * A whole folder, from its place into pieces.
 */

import { join } from 'node:path';
import fs from 'fs-extra';
import { CacheError } from '../../errors.ts';
import { createBreather } from './breather.ts';
import { CaptureError, captureFile, captureLink, captureSmallFile, type PutPiece } from './capture-file.ts';
import type { IsExcluded } from './excluded-paths.ts';
import { FilePacker, PACKED_FILE_BYTES } from './file-packer.ts';
import { STAGING_SUFFIX } from './inner-path.ts';
import type { ProgressOptions } from './progress.ts';
import type { TreeEntry } from './tree.ts';

/** How a folder is recorded. */
export interface CaptureFolderOptions extends ProgressOptions {
  readonly put: PutPiece;
  readonly isExcluded: IsExcluded;
  /** Called with the path of each folder that is left out because it is marked as a cache. */
  readonly onCache: (path: string) => void;
  /** Called with what there is, before anything is read of it. May throw. */
  readonly onListed: (entries: readonly FoundEntry[]) => Promise<void> | void;
}

/** What is known of an entry before it is read. */
export interface FoundEntry {
  readonly path: string;
  readonly type: TreeEntry['type'];
}

/** See https://bford.info/cachedir/ */
const CACHE_MARK = 'CACHEDIR.TAG';
const CACHE_SIGNATURE = 'Signature: 8a477f597d28d172789f06886806bc55';

/**
 * Records all of a folder: files and folders with their modes, links that stay inside.
 *
 * Folders in it that are marked as caches (`CACHEDIR.TAG`) are left out; the cache that it goes into may be one of them.
 * So are sockets, pipes and devices, which hold no content.
 * @returns the entries, sorted by path.
 * @throws a {@link CaptureError} if a link leads out, or something changes or can't be read.
 * @throws the reason of `signal` if that aborts; what `put` throws.
 */
export async function captureFolder(folder: string, options: CaptureFolderOptions): Promise<TreeEntry[]> {
  const { put, signal, onProgress } = options;
  const breathe = createBreather();
  const found = await listFolder(folder, options, breathe);
  await options.onListed(found);
  const entries: TreeEntry[] = [];
  const packer = new FilePacker(put, (file) => entries.push(file));
  const scratch = Buffer.allocUnsafe(PACKED_FILE_BYTES + 1);
  let files = 0;
  let bytes = 0;
  for (const [index, { path, type }] of found.entries()) {
    signal?.throwIfAborted();
    try {
      const stat = fs.lstatSync(join(folder, path));
      if (type === 'folder') entries.push({ type, path, mode: stat.mode & 0o777 });
      else if (type === 'link') entries.push(captureLink(folder, path));
      else {
        if (!stat.isFile()) throw new CaptureError(`${path} changed while it was recorded`);
        const facts = { path, mode: stat.mode & 0o777, modified: Math.max(0, Math.floor(stat.mtimeMs)) };
        if (stat.size <= PACKED_FILE_BYTES) await packer.add(facts, captureSmallFile(folder, path, stat, scratch));
        else entries.push({ ...(await captureFile(folder, path, stat, put)), modified: facts.modified });
        files += 1;
        bytes += stat.size;
      }
    } catch (cause) {
      throw cause instanceof CacheError ? cause : unreadable(path, cause);
    }
    onProgress?.({ files, bytes, fraction: (index + 1) / found.length });
    await breathe();
  }
  await packer.flush();
  return entries.sort(byPath);
}

/** Orders entries by path, where a folder's ends with a slash: as Git does, and as one comes by them going down. */
export function byPath(one: FoundEntry, other: FoundEntry): number {
  const [path, otherPath] = [keyOf(one), keyOf(other)];
  return path < otherPath ? -1 : path === otherPath ? 0 : 1;
}

function keyOf({ type, path }: FoundEntry): string {
  return type === 'folder' ? `${path}/` : path;
}

/** What there is, in the order of {@link byPath}: to sort a hundred thousand paths at once would take long. */
async function listFolder(
  root: string,
  { isExcluded, onCache, signal }: CaptureFolderOptions,
  breathe: () => Promise<void> | undefined,
): Promise<FoundEntry[]> {
  const found: FoundEntry[] = [];
  const waiting: FoundEntry[] = [{ type: 'folder', path: '' }];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (entry.type !== 'folder') {
      found.push(entry);
      continue;
    }
    signal?.throwIfAborted();
    const { path } = entry;
    const inside = readFolder(root, path);
    if (path !== '' && inside.some(({ name }) => name === CACHE_MARK) && isMarked(join(root, path))) {
      onCache(path);
      continue;
    }
    if (path !== '') found.push(entry);
    const wanted = inside.flatMap((each) => foundEntry(path, each)).filter((each) => !isExcluded(each.path));
    waiting.push(...wanted.sort(byPath).reverse());
    await breathe();
  }
  return found;
}

/** Not what holds no content, or is on its way to another name. */
function foundEntry(folder: string, entry: fs.Dirent): FoundEntry[] {
  const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
  if (path.endsWith(STAGING_SUFFIX)) return [];
  if (entry.isDirectory()) return [{ type: 'folder', path }];
  if (entry.isSymbolicLink()) return [{ type: 'link', path }];
  return entry.isFile() ? [{ type: 'file', path }] : [];
}

function readFolder(root: string, folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(join(root, folder), { withFileTypes: true });
  } catch (cause) {
    throw unreadable(folder === '' ? root : folder, cause);
  }
}

function isMarked(folder: string): boolean {
  try {
    return fs.readFileSync(join(folder, CACHE_MARK), 'latin1').startsWith(CACHE_SIGNATURE);
  } catch {
    return false;
  }
}

function unreadable(path: string, cause: unknown): CaptureError {
  if (cause instanceof CaptureError) return cause;
  return new CaptureError(`${path} can't be read: ${cause instanceof Error ? cause.message : cause}`, { cause });
}
