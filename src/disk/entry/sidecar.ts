/**
 * The sidecar: the small JSON file beside an entry that says which generation is the key's, how to read it and until
 * when. It is the commit record of a set.
 */

import { CacheFormatError } from '../../errors.ts';
import { isPositive } from '../../guards.ts';
import { GENERATION_DIGITS } from '../files/paths.ts';
import { type Codec, isCodec } from '../value/codec.ts';

/** The version of the on-disk format that this code writes, and the newest it reads. */
export const FORMAT_VERSION = 1;

/** The longest sidecar: a key of 64 KiB with every byte escaped, and the rest. */
export const MAX_SIDECAR_BYTES = 450_000;

/** The most one entry can be: what a single buffer and the index's columns hold, in bytes. */
export const MAX_VALUE_BYTES = 2 ** 31 - 1;

/** What a sidecar says. Times are milliseconds since the epoch. */
export interface Sidecar {
  readonly key: string;
  readonly generation: string;
  readonly codec: Codec;
  /** Length of the entry file, in bytes. */
  readonly size: number;
  /** CRC-32 of the entry file's bytes. */
  readonly checksum: number;
  readonly created: number;
  /** Time to live in seconds. */
  readonly ttl?: number | undefined;
  /** When the time to live runs out; 0 for never. */
  readonly expires: number;
}

/** The text of a sidecar. */
export function formatSidecar(sidecar: Sidecar): string {
  const ttl = sidecar.ttl === undefined ? '' : `"ttl":${sidecar.ttl},"expires":${sidecar.expires},`;
  return (
    `{"version":${FORMAT_VERSION},"key":${JSON.stringify(sidecar.key)},"generation":"${sidecar.generation}",` +
    `"codec":"${sidecar.codec}","size":${sidecar.size},"checksum":${sidecar.checksum},${ttl}"created":${sidecar.created}}\n`
  );
}

const GENERATION = new RegExp(`^[0-9a-f]{${GENERATION_DIGITS}}$`);

/** Whether `text` has the form of a generation. */
export function isGeneration(text: unknown): text is string {
  return typeof text === 'string' && GENERATION.test(text);
}

function isCount(number: unknown): number is number {
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0;
}

/** Whether an entry can be so large. Nothing larger was ever written, and nobody should go and sum it. */
export function isSize(number: unknown): number is number {
  return isCount(number) && number <= MAX_VALUE_BYTES;
}

/** Whether `number` can be a CRC-32. */
export function isChecksum(number: unknown): number is number {
  return isCount(number) && number <= 0xffffffff;
}

/**
 * Reads a sidecar's text; `undefined` when it isn't whole: empty (its generation was killed), torn, or garbage.
 * @throws a {@link CacheFormatError} if a newer version of the format wrote it.
 */
export function parseSidecar(text: string): Sidecar | undefined {
  if (text.length === 0) return undefined;
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof fields !== 'object' || fields === null) return undefined;
  const { version, key, generation, codec, size, checksum, created, ttl, expires }: Record<string, unknown> = {
    ...fields,
  };
  if (isCount(version) && version > FORMAT_VERSION) {
    throw new CacheFormatError(
      `an entry was written in version ${version} of the cache format and this is version ${FORMAT_VERSION}; update glovebox-cache or use another cache folder`,
    );
  }
  if (version !== FORMAT_VERSION || typeof key !== 'string' || key.length === 0 || !isGeneration(generation))
    return undefined;
  if (!isCodec(codec) || !isSize(size) || !isChecksum(checksum) || !isCount(created)) return undefined;
  const sidecar = { key, generation, codec, size, checksum, created };
  if (ttl === undefined && expires === undefined) return { ...sidecar, expires: 0 };
  if (!isPositive(ttl) || !isPositive(expires)) return undefined;
  return { ...sidecar, ttl, expires };
}

/** Whether a sidecar's text names `generation`; cheaper than reading it. Quotes in a key are escaped. */
export function namesGeneration(text: string, generation: string): boolean {
  return text.includes(`,"generation":"${generation}",`);
}

/** Whether something that expires at `expires` has done so by `now`. */
export function hasExpired(expires: number, now: number): boolean {
  return expires !== 0 && now >= expires;
}
