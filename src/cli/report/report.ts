/**
 * What a report says: the figures of a root, as `--json` writes them. Times are ISO 8601, durations are seconds, sizes
 * are bytes, shares and rates go from 0 to 1.
 */

/** The state of a root. */
export interface Report {
  /** The folder that holds the tags. */
  readonly root: string;
  /** Whether it is there. */
  readonly exists: boolean;
  /** When the figures were gathered. */
  readonly generated: string;
  readonly totals: Totals;
  readonly tags: readonly TagFigures[];
  /** Tags that could not be read; no other figure counts them. */
  readonly unreadable: readonly { readonly tag: string; readonly reason: string }[];
  /** How long ago entries were set. */
  readonly age: Histogram;
  /** How long ago entries were last read; an entry that was never read since it was set counts from then. */
  readonly sinceRead: Histogram;
  /** How long entries have still to live. */
  readonly timeLeft: Histogram & {
    /** Those that live for ever. */
    readonly never: Bar;
  };
  /** The length of values. */
  readonly size: Histogram;
  readonly largest: readonly EntryFigures[];
  readonly oldest: readonly EntryFigures[];
  readonly expiringNext: readonly EntryFigures[];
  readonly hitRates: HitRates;
}

/** How much there is. */
export interface Amounts {
  /** Live entries. */
  readonly entries: number;
  /** Disk space that entries take. */
  readonly sizeBytes: number;
  /** The length of all values together. */
  readonly valueBytes: number;
  /** The limit as configured. */
  readonly maxSizeBytes: number;
  /** `sizeBytes` of `maxSizeBytes`; more than 1 where the limit was lowered since. */
  readonly usedShare: number;
  /** Entries whose time is over and that still take space: `cleanup` removes them. */
  readonly expired: number;
  /** Entries that the limit has no room for: the next `set` or `cleanup` evicts them. */
  readonly overLimit: number;
  /** Live entries that never expire. */
  readonly neverExpire: number;
}

/** How much there is in all tags; the limit is the sum of theirs. */
export type Totals = Amounts;

/** How much there is in one tag. */
export interface TagFigures extends Amounts {
  readonly tag: string;
}

/** Entries counted by a measure. */
export interface Histogram {
  readonly unit: 'seconds' | 'bytes';
  readonly bins: readonly Bin[];
}

/** Entries of one kind, in all and by tag (tags without any are left out). */
export interface Bar {
  readonly entries: number;
  readonly byTag: Readonly<Record<string, number>>;
}

/** Entries that measure at least `from` and less than `to`; `null` is no end. */
export interface Bin extends Bar {
  readonly from: number;
  readonly to: number | null;
}

/** One entry. */
export interface EntryFigures {
  readonly tag: string;
  readonly key: string;
  /** The length of its value. */
  readonly size: number;
  readonly created: string;
  readonly accessed: string;
  /** `null` if it never expires. */
  readonly expires: string | null;
}

/** What programs stored about how their reads fared. */
export interface HitRates extends Reads {
  /** Sessions that were read. */
  readonly sessions: number;
  /** Entries that look like sessions by their keys and could not be read as such. */
  readonly skipped: number;
  readonly byTag: readonly TagReads[];
  /** What {@link periods} are. */
  readonly periodsAre: 'sessions' | 'hours' | 'days';
  /** Over time, the earliest first; hours and days are those of UTC. Not more than the latest 60. */
  readonly periods: readonly PeriodReads[];
}

/** Reads and how they fared. */
export interface Reads {
  readonly hits: number;
  readonly misses: number;
  /** `null` if nothing was read. */
  readonly hitRate: number | null;
}

/** The reads of a tag, of all sessions together. */
export interface TagReads extends Reads {
  readonly tag: string;
  /** Sessions that used it. */
  readonly sessions: number;
  readonly operations: number;
  readonly errors: number;
}

/** The reads of a period. */
export interface PeriodReads extends Reads {
  /** When the session started, or the hour or day. */
  readonly from: string;
  readonly sessions: number;
}
