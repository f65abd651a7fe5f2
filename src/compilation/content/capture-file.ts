/**
 * One file or link, from its place into pieces.
 */

import { join } from 'node:path';
import fs from 'fs-extra';
import { BLOB_BYTES, type BlobRef } from './blob-store.ts';
import { isDecoded, isInnerLink } from './inner-path.ts';
import type { TreeFile, TreeLink } from './tree.ts';

/** Something can't be recorded; the message begins with its path and says why. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
}

/** Keeps a piece. */
export type PutPiece = (piece: Uint8Array) => Promise<BlobRef>;

/**
 * Reads a file and gives its content to `put`, a piece at a time.
 * @param path an inner path of `folder`.
 * @param stat what `lstat` said of it.
 * @throws a {@link CaptureError} if it changes meanwhile.
 * @throws the system's error if it can't be read; what `put` throws.
 */
export async function captureFile(folder: string, path: string, stat: fs.Stats, put: PutPiece): Promise<TreeFile> {
  const descriptor = openFile(join(folder, path));
  try {
    const blobs: BlobRef[] = [];
    let size = 0;
    for (;;) {
      const piece = readPiece(descriptor, Buffer.allocUnsafe(Math.min(stat.size - size + 1, BLOB_BYTES)));
      if (piece.byteLength === 0) break;
      blobs.push(await put(piece));
      size += piece.byteLength;
    }
    assertUnchanged(descriptor, path, stat, size);
    return { type: 'file', path, mode: stat.mode & 0o777, size, blobs };
  } finally {
    fs.closeSync(descriptor);
  }
}

/**
 * Reads a small file at once.
 * @param buffer what to read it into; larger than the file.
 * @returns the part of `buffer` that was filled.
 * @throws as {@link captureFile} does.
 */
export function captureSmallFile(folder: string, path: string, stat: fs.Stats, buffer: Uint8Array): Uint8Array {
  const descriptor = openFile(join(folder, path));
  try {
    const content = readPiece(descriptor, buffer);
    assertUnchanged(descriptor, path, stat, content.byteLength);
    return content;
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Reads a link. @throws a {@link CaptureError} if it leads out of `folder`, or to what is not UTF-8. */
export function captureLink(folder: string, path: string): TreeLink {
  const target = fs.readlinkSync(join(folder, path));
  if (!isDecoded(target)) throw new CaptureError(`${path} is a link to a name that is not UTF-8`);
  if (isInnerLink(path, target)) return { type: 'link', path, target };
  throw new CaptureError(`${path} is a link to ${target}, which is not a relative path inside the folder`);
}

/** Opens what was a file a moment ago; if it is a link by now, that is not followed (where the system can tell). */
function openFile(file: string): number {
  return fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0));
}

function assertUnchanged(descriptor: number, path: string, before: fs.Stats, size: number): void {
  if (size !== before.size || fs.fstatSync(descriptor).mtimeMs !== before.mtimeMs) {
    throw new CaptureError(`${path} changed while it was recorded`);
  }
}

/** Fills `buffer` with the next bytes of an open file, as far as there are any. */
function readPiece(descriptor: number, buffer: Uint8Array): Uint8Array {
  let length = 0;
  while (length < buffer.byteLength) {
    const read = fs.readSync(descriptor, buffer, length, buffer.byteLength - length, null);
    if (read === 0) break;
    length += read;
  }
  return buffer.subarray(0, length);
}
