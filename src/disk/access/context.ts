/**
 * What the parts of one open tag share.
 */

import type { CacheCounts } from '../../models.ts';
import type { Store } from '../entry/store.ts';
import type { Catalog } from '../index/catalog.ts';
import type { Graves } from './graves.ts';
import type { MemoryTier } from './memory-tier.ts';

/** An instance's counters. */
export type Counters = { -readonly [Name in Exclude<keyof CacheCounts, 'totalKeys' | 'sizeBytes'>]: number };

/** Values up to this size are read and written synchronously even by the asynchronous calls, in bytes. */
export const SYNC_LIMIT_BYTES = 128 * 1024;

/** The parts and settings of one open tag. */
export interface TagContext {
  readonly tag: string;
  readonly store: Store;
  readonly catalog: Catalog;
  /** Absent where values may not be kept: switched off, or on a network file system. */
  readonly memory: MemoryTier | undefined;
  readonly counters: Counters;
  readonly graves: Graves;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Whether `clock` is not the system's, so that access times must be written even at creation. */
  readonly ownClock: boolean;
  /** The most disk space, in bytes. */
  readonly maxSizeBytes: number;
  /** The window within which an access is not written again, in milliseconds. */
  readonly atimeResolutionMs: number;
  /** The longest wait for a lock, in seconds. */
  readonly timeout: number;
}
