/**
 * SHA-256 of bytes and of files.
 */

import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

const READ_BYTES = 2 ** 20;
const buffer = Buffer.allocUnsafeSlow(READ_BYTES);

/** SHA-256 of `bytes`, or of a string's UTF-8, in lower-case hexadecimal. */
export function digestOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * SHA-256 of a file's content, read in pieces.
 * @param breathe awaited between the pieces.
 * @throws the system's error if the file can't be read.
 */
export async function digestFile(path: string, breathe: () => Promise<void> | undefined): Promise<string> {
  const hash = createHash('sha256');
  const descriptor = openSync(path, 'r');
  try {
    for (;;) {
      // The buffer is shared: it is filled and hashed in one go, with no await in between.
      const length = readSync(descriptor, buffer, 0, READ_BYTES, null);
      if (length === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, length));
      await breathe();
    }
  } finally {
    closeSync(descriptor);
  }
}
