/**
 * What an entry's files tell of it, in the form in which the index lists it.
 */

import type { Codec } from '../value/codec.ts';

/** What a listed entry is, besides its key. */
export interface Listing {
  readonly hash: string;
  readonly generation: string;
  /** Length of the value, in bytes. */
  readonly size: number;
  /** Disk space of entry file and sidecar, in bytes. */
  readonly allocated: number;
  /** When the entry expires, in milliseconds since the epoch; 0 for never. */
  readonly expires: number;
  /** When the entry was set, in milliseconds since the epoch. */
  readonly created: number;
  readonly codec: Codec;
  readonly checksum: number;
}

/** A key that is live, as its sidecar and entry file say. */
export interface LiveEntry {
  readonly key: string;
  readonly listing: Listing;
}
