/**
 * The list of a tree's entries, in pieces: a workspace has a hundred thousand of them, and one record of all would take
 * long to read, and all of it at once.
 */

import type { BlobRef } from './blob-store.ts';
import { createBreather } from './breather.ts';
import type { PutPiece } from './capture-file.ts';
import type { ContentReader } from './content-reader.ts';
import { list, ManifestError } from './record.ts';
import { parseTreeEntry, type TreeEntry } from './tree.ts';

/** A piece of the list ends when it has so many characters. */
const PIECE_LENGTH = 96 * 1024;

/** Keeps the list. @returns its pieces, in order. @throws what `put` throws. */
export async function storeTree(entries: Iterable<TreeEntry>, put: PutPiece): Promise<BlobRef[]> {
  const breathe = createBreather();
  const pieces: BlobRef[] = [];
  let texts: string[] = [];
  let length = 0;
  const flush = async () => {
    if (texts.length > 0) pieces.push(await put(Buffer.from(`[${texts.join(',\n')}]`)));
    texts = [];
    length = 0;
  };
  for (const entry of entries) {
    const text = JSON.stringify(entry);
    texts.push(text);
    length += text.length;
    if (length >= PIECE_LENGTH) await flush();
    await breathe();
  }
  await flush();
  return pieces;
}

/**
 * Reads the list back, a piece at a time.
 * @throws a {@link MissingContentError} if a piece is not there.
 * @throws a {@link ManifestError} if a piece is no such list, or an entry could lead out of its folder.
 */
export async function* loadTree(pieces: readonly BlobRef[], content: ContentReader): AsyncGenerator<TreeEntry> {
  for (const piece of pieces) {
    for (const item of list(parse(await content.piece(piece)), 'the list of entries')) yield parseTreeEntry(item);
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new ManifestError('the list of entries is not JSON', { cause });
  }
}
