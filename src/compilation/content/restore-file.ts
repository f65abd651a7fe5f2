/**
 * One file, from pieces into its place.
 */

import fs from 'fs-extra';
import type { ContentReader } from './content-reader.ts';
import type { TreeFile } from './tree.ts';

/**
 * Writes a recorded file where there is none yet, with its mode and, if it has one, its time.
 * @throws a {@link MissingContentError} if some of its content is not there.
 * @throws the system's error if it can't be written. What was written of it stays.
 */
export async function restoreFile(target: string, file: TreeFile, content: ContentReader): Promise<void> {
  const isCopied = await content.copyWhole(file, target);
  const descriptor = fs.openSync(target, isCopied ? 'r' : 'wx', file.mode);
  try {
    if (!isCopied) for await (const piece of content.pieces(file)) writeAll(descriptor, piece);
    // What the mask of this process took away from the mode.
    fs.fchmodSync(descriptor, file.mode);
    if (file.modified !== undefined) fs.futimesSync(descriptor, file.modified / 1000, file.modified / 1000);
  } finally {
    fs.closeSync(descriptor);
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.byteLength; ) done += fs.writeSync(descriptor, bytes, done);
}
