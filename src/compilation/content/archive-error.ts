/**
 * What is wrong with an archive.
 */

import { CacheError, type CacheErrorDetails } from '../../errors.ts';

/** An archive can't be read, or holds what must not be unpacked; the message names the archive and the entry. */
export class ArchiveError extends CacheError {
  override readonly name = 'ArchiveError';
  readonly code = 'ERR_ARCHIVE';
}

/** An error about `archive`, or about one `entry` of it. */
export function archiveError(
  archive: string,
  entry: string | undefined,
  what: string,
  details?: CacheErrorDetails,
): ArchiveError {
  const where = entry === undefined ? '' : `: entry ${JSON.stringify(entry)}`;
  return new ArchiveError(`archive ${archive}${where} ${what}`, details);
}
