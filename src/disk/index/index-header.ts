/**
 * The first line of an index: what it is, of which tag, and in which run of the system it was last opened.
 */

import { CacheFormatError } from '../../errors.ts';
import { FORMAT_VERSION } from '../entry/sidecar.ts';
import { bootId } from '../files/boot.ts';

/** A header is shorter than this, in bytes. */
export const MAX_HEADER_BYTES = 1024;
const BEGINNING = '{"format":"glovebox-cache",';

/** What a header tells beyond being one. */
export interface IndexHeader {
  /** See {@link bootId}. */
  readonly boot: string;
}

/** The first line of an index. */
export function formatHeader(tag: string): string {
  return JSON.stringify({ format: 'glovebox-cache', version: FORMAT_VERSION, tag, boot: bootId() });
}

/**
 * Reads the header of a tag's index; `undefined` if `line` isn't that.
 * @throws a {@link CacheFormatError} if a newer version of the format wrote it.
 */
export function parseHeader(line: string, expectedTag: string): IndexHeader | undefined {
  if (!line.startsWith(BEGINNING) || line.length > MAX_HEADER_BYTES) return undefined;
  let header: unknown;
  try {
    header = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof header !== 'object' || header === null) return undefined;
  const { version, tag, boot }: Record<string, unknown> = { ...header };
  if (typeof version !== 'number') return undefined;
  if (version > FORMAT_VERSION) {
    throw new CacheFormatError(
      `tag '${expectedTag}' was written in version ${version} of the cache format and this is version ${FORMAT_VERSION}; update glovebox-cache or use another cache folder`,
    );
  }
  return version === FORMAT_VERSION && tag === expectedTag && typeof boot === 'string' ? { boot } : undefined;
}
