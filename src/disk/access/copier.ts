/**
 * Copying a value into a file: sharing the entry file's blocks with it where the file system can, else by its bytes.
 */

import { isUint8Array } from 'node:util/types';
import type { CopyOptions } from '../../cache-manager.ts';
import { crc32 } from '../../crc32.ts';
import { CacheArgumentError, CacheValueError } from '../../errors.ts';
import { cloneFile, mayClone, writeNewFile } from '../files/clone.ts';
import { namingSystemErrors, namingSystemErrorsAsync } from '../files/system-errors.ts';
import { hashKey } from '../value/key.ts';
import { SYNC_LIMIT_BYTES, type TagContext } from './context.ts';
import type { Reader } from './reader.ts';

/** Less than a block or two is as soon written, and shares nothing worth while. */
const CLONED_BYTES = 8 * 1024;

/**
 * Copies the text or the bytes under `key` into the new file `path`. Reads and verifies them first, as any read does.
 * @returns `false` if there are none, or blocks were to be shared and can't be; then there is no file either.
 * @throws a {@link CacheArgumentError}, {@link CacheValueError}, {@link CacheWriteError} as the protocol says.
 */
export async function copyValue(
  context: TagContext,
  reader: Reader,
  key: string,
  path: string,
  { sharedOnly = false }: CopyOptions = {},
): Promise<boolean> {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw new CacheArgumentError(`path must be the path of a file to be created, got ${JSON.stringify(path)}`);
  }
  const attempt = { failure: `file ${path} could not be written`, key };
  const isShared = namingSystemErrors(attempt, () => mayClone(path));
  if (sharedOnly && !isShared) return false;
  const found = await reader.getAsync(key);
  if (found === undefined) return false;
  const bytes = bytesOf(found.value, key);
  return namingSystemErrorsAsync(attempt, async () => {
    const isLarge = sharedOnly || bytes.length >= CLONED_BYTES;
    if (isLarge && isShared && clone(context, hashKey(key), bytes, path)) return true;
    if (sharedOnly) return false;
    await writeNewFile(path, bytes, SYNC_LIMIT_BYTES);
    return true;
  });
}

/** An entry file never changes, so the clone of one whose sidecar has this checksum holds the bytes that were read. */
function clone({ store }: TagContext, hash: string, bytes: Uint8Array, path: string): boolean {
  const sidecar = store.readSidecar(hash);
  if (typeof sidecar === 'string' || sidecar.size !== bytes.length) return false;
  return sidecar.checksum === crc32(bytes) && cloneFile(store.paths.entry(hash, sidecar.generation), path);
}

function bytesOf(value: unknown, key: string): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value);
  if (isUint8Array(value)) return value;
  throw new CacheValueError('only text and bytes can be copied into a file; the value is something else', { key });
}
