/**
 * Files, links and folders by their paths, as outputs of builds and workspaces are made of them.
 */

import { BLOB_BYTES, type BlobRef } from './blob-store.ts';
import { isInnerLink, isInnerPath, MAX_PATH_BYTES } from './inner-path.ts';
import { count, list, ManifestError, members, sumOf } from './record.ts';

/** A file. */
export interface TreeFile {
  readonly type: 'file';
  /** Relative to the folder that all of it lies in, `/` between the parts. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  /** The pieces that hold its content. */
  readonly blobs: readonly BlobRef[];
  /** Where in its only piece, which it shares with others, its content begins; absent if the pieces are its own. */
  readonly offset?: number | undefined;
  /** When it was modified, in milliseconds since the epoch; absent if that doesn't matter. */
  readonly modified?: number | undefined;
}

/** A symbolic link. */
export interface TreeLink {
  readonly type: 'link';
  /** As a file's. */
  readonly path: string;
  /** Where it leads, relative to the link's folder. */
  readonly target: string;
}

/** A folder. Those that only hold others need not be listed. */
export interface TreeFolder {
  readonly type: 'folder';
  /** As a file's. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
}

/** One of them. */
export type TreeEntry = TreeFile | TreeLink | TreeFolder;

/** Every piece that `entries` need; one that several share may come more than once. */
export function* blobsIn(entries: Iterable<TreeEntry>): Generator<BlobRef> {
  for (const entry of entries) if (entry.type === 'file') yield* entry.blobs;
}

/**
 * Checks one entry of a record.
 * @throws a {@link ManifestError} if it is none, or could lead out of the folder.
 */
export function parseTreeEntry(value: unknown): TreeEntry {
  const { type, path, mode, size, blobs, target, offset, modified } = members(value, 'an entry');
  if (typeof path !== 'string' || !isInnerPath(path)) {
    throw new ManifestError(`its path ${JSON.stringify(path)} leaves the folder`);
  }
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw new ManifestError(`its path ${JSON.stringify(path.slice(0, 80))}… has more than ${MAX_PATH_BYTES} bytes`);
  }
  if (type === 'link') {
    if (typeof target === 'string' && isInnerLink(path, target)) return { type, path, target };
    throw new ManifestError(`its link ${JSON.stringify(path)} leads out of the folder`);
  }
  if (type === 'folder') return { type, path, mode: count(mode, 'mode', 0o777) };
  if (type !== 'file') throw new ManifestError(`its entry ${JSON.stringify(path)} is of no known type`);
  const file: TreeFile = {
    type,
    path,
    mode: count(mode, 'mode', 0o777),
    size: count(size, 'size'),
    blobs: parseBlobs(blobs),
    ...(offset === undefined ? {} : { offset: count(offset, 'offset') }),
    ...(modified === undefined ? {} : { modified: count(modified, 'modified') }),
  };
  if (!isCovered(file)) throw new ManifestError(`the pieces of ${JSON.stringify(path)} don't add up`);
  return file;
}

/** Checks a list of pieces. @throws a {@link ManifestError} if it is none. */
export function parseBlobs(value: unknown): BlobRef[] {
  return list(value, 'blobs').map((item) => {
    const { hash, size } = members(item, 'a blob');
    if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) throw new ManifestError('a blob has no hash');
    return { hash, size: count(size, 'size', BLOB_BYTES) };
  });
}

function isCovered({ size, blobs, offset }: TreeFile): boolean {
  const total = sumOf(blobs.map((blob) => blob.size));
  return offset === undefined ? total === size : blobs.length === 1 && offset + size <= total;
}
