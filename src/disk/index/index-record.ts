/**
 * The lines of the index. A record is an array whose first element says what it is:
 *
 * - `["open",hash,gen,time]`: a set or delete of this key has begun; until its `set` or `del` the sidecar decides.
 * - `["set",hash,gen,replaced,size,allocated,expires,created,codec,checksum,key]`: a set has put `gen` in the place of
 *   `replaced` (empty for none).
 * - `["del",hash,op,gen]`: the delete opened as `op` has removed `gen` (empty for none).
 * - `["evict",hash,gen]`: `gen` was evicted, has expired, or was found damaged.
 * - `["ask",hash,gen]`: this key's records may be out of order; the sidecar decides. Where a compaction says so of a
 *   set, `gen` is what was set (else empty), so that whoever replaced it can still remove it.
 * - `["boot"]`: the system was started anew. What stands above may have been overtaken by sidecars of which no line
 *   reached the disk; of each key listed there the sidecar is asked once.
 * - `["done"]`: what stands above is a complete list.
 *
 * Lines are pure ASCII and hold a double quote only around strings, so that a torn line is known by its end alone.
 */

import type { Listing } from '../entry/listing.ts';
import { GENERATION_DIGITS } from '../files/paths.ts';
import { HASH_DIGITS } from '../value/key.ts';

/** The record of a set; its key is left in its line. */
export interface SetRecord {
  readonly kind: 'set';
  readonly replaced: string;
  readonly listing: Listing;
}

/** A line of the index. */
export type IndexRecord =
  | { readonly kind: 'open'; readonly hash: string; readonly generation: string; readonly time: number }
  | SetRecord
  | { readonly kind: 'del'; readonly hash: string; readonly operation: string; readonly generation: string }
  | { readonly kind: 'evict'; readonly hash: string; readonly generation: string }
  | { readonly kind: 'ask'; readonly hash: string; readonly generation: string }
  | { readonly kind: 'boot' }
  | { readonly kind: 'done' };

const BOOT = '["boot"]';
const DONE = '["done"]';

/** Any record that has no key with it. */
export type PlainRecord = Exclude<IndexRecord, SetRecord>;

/** The key that a record is about; `undefined` if it says something of the whole index. */
export function hashOf(record: IndexRecord): string | undefined {
  if (record.kind === 'set') return record.listing.hash;
  return record.kind === 'boot' || record.kind === 'done' ? undefined : record.hash;
}

const NEEDS_ESCAPE = /[^\u0020-\u007e]|["\\,]/;
const ESCAPABLE = /[^\u0020-\u007e]|["\\,]/g;

/** A JSON string of printable ASCII, with neither quote nor comma inside: both mark the end of the line's parts. */
function formatKey(key: string): string {
  if (!NEEDS_ESCAPE.test(key)) return `"${key}"`;
  return `"${key.replace(ESCAPABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;
}

/** The line of a set, without newlines. */
export function formatSet({ listing, replaced }: SetRecord, key: string): string {
  const { hash, generation, size, allocated, expires, created, codec, checksum } = listing;
  return `["set","${hash}","${generation}","${replaced}",${size},${allocated},${expires},${created},"${codec}",${checksum},${formatKey(key)}]`;
}

/** Where a set's line names the generation that it replaced, from the opening quote. */
const REPLACED_AT = '["set","'.length + HASH_DIGITS + '","'.length + GENERATION_DIGITS + '",'.length;

/** The line of a set as it stands in a compact index, where nothing precedes it. */
export function withoutReplaced(line: string): string {
  if (line.startsWith('""', REPLACED_AT)) return line;
  return `${line.slice(0, REPLACED_AT)}""${line.slice(REPLACED_AT + GENERATION_DIGITS + 2)}`;
}

/** The line of any other record, without newlines. */
export function formatRecord(record: PlainRecord): string {
  switch (record.kind) {
    case 'open':
      return `["open","${record.hash}","${record.generation}",${record.time}]`;
    case 'del':
      return `["del","${record.hash}","${record.operation}","${record.generation}"]`;
    case 'evict':
      return `["evict","${record.hash}","${record.generation}"]`;
    case 'ask':
      return `["ask","${record.hash}","${record.generation}"]`;
    case 'boot':
      return BOOT;
    case 'done':
      return DONE;
  }
}

/** One or more lines as they are appended: each begins and ends with a newline, so that a torn one costs no neighbour. */
export function formatAppend(...lines: readonly string[]): string {
  return `\n${lines.join('\n\n')}\n`;
}
