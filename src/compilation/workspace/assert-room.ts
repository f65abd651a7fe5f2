/**
 * Whether a workspace fits into the cache at all, found out before anything has to make room for it.
 */

import type { BlobRef } from '../content/blob-store.ts';
import type { PutPiece } from '../content/capture-file.ts';
import { digestOf } from '../content/digest.ts';
import { WorkspaceError } from './workspace-error.ts';

/**
 * Has all content read, and adds up what is not the same: files may have much in common. Nothing is kept.
 * @param what what it is for, for messages.
 * @param limit the most that the cache may hold, in bytes.
 * @param capture gives the content to what it is called with.
 * @throws a {@link WorkspaceError} as soon as there is more.
 */
export async function assertRoom(
  what: string,
  limit: number,
  capture: (put: PutPiece) => Promise<unknown>,
): Promise<void> {
  const seen = new Set<string>();
  let bytes = 0;
  await capture(async (piece): Promise<BlobRef> => {
    const hash = digestOf(piece);
    const size = piece.byteLength;
    if (!seen.has(hash)) bytes += size;
    seen.add(hash);
    if (bytes > limit) {
      throw new WorkspaceError(`${what} takes more room than the cache may: that is ${limit} bytes; raise maxSizeGb`);
    }
    return { hash, size };
  });
}
