/**
 * Gathers the figures of a root through what every user of the library has. Entries are looked at one by one, which
 * counts as no access, and nothing is kept of them but counts and the first few of each list.
 */

import { existsSync } from 'node:fs';
import type { DiskCacheManager } from '../../../disk/disk-cache-manager.ts';
import { SESSION_TAG } from '../../../metrics/stored-session.ts';
import type { CacheMetadata } from '../../../models.ts';
import type { CommandContext } from '../../context.ts';
import { existingTags, forEachTag, lookAtRoot } from '../../open-tags.ts';
import { progressLine } from '../../progress-line.ts';
import type { Amounts, EntryFigures, Report, TagFigures } from '../report.ts';
import { BarCounter, DURATION_CLASSES, HistogramCounter, SIZE_CLASSES } from './histogram.ts';
import { HitRateCounter } from './hit-rates.ts';
import { TopList } from './top-list.ts';

/** What is wanted of a report. */
export interface ReportWishes {
  /** The one tag to report on. @default all tags */
  readonly tag?: string | undefined;
  /** The length of the lists of entries. */
  readonly top: number;
}

/** A report, and the exit code: failure if a tag could not be read. */
export interface Collected {
  readonly report: Report;
  readonly exitCode: number;
}

/** The last moment that a `Date` can say; a time to live may end after it. */
const LAST_TIME = 8.64e15;

/** Gathers the figures of the root, or of one tag of it. */
export async function collectReport(context: CommandContext, wishes: ReportWishes): Promise<Collected> {
  const root = lookAtRoot(context);
  const wanted = existingTags(context, wishes.tag);
  const survey = new Survey(wishes);
  const unreadable: { readonly tag: string; readonly reason: string }[] = [];
  const exitCode = await forEachTag(
    context,
    // The sessions are read in any case.
    root.tags.filter((tag) => wanted.includes(tag) || tag === SESSION_TAG),
    async (cache, tag) => {
      const keys = await cache.keys();
      if (tag === SESSION_TAG) await survey.hitRates.addAll(cache, keys);
      if (wanted.includes(tag)) await survey.addTag(cache, keys, progressLine(context, `looking at ${tag}`));
    },
    { isLooking: true, onFailure: (tag, error) => unreadable.push({ tag, reason: error.message }) },
  );
  const state = { root: root.path, exists: existsSync(root.path), unreadable };
  return { report: survey.finish(state), exitCode };
}

/** What adds up while tags are gone through. */
class Survey {
  readonly hitRates: HitRateCounter;
  readonly #now = Date.now();
  readonly #tags: TagFigures[] = [];
  readonly #age = new HistogramCounter('seconds', DURATION_CLASSES);
  readonly #sinceRead = new HistogramCounter('seconds', DURATION_CLASSES);
  readonly #timeLeft = new HistogramCounter('seconds', DURATION_CLASSES);
  readonly #never = new BarCounter();
  readonly #size = new HistogramCounter('bytes', SIZE_CLASSES);
  readonly #largest: TopList<Seen>;
  readonly #oldest: TopList<Seen>;
  readonly #expiringNext: TopList<Seen & { readonly expires: number }>;

  constructor({ tag, top }: ReportWishes) {
    this.hitRates = new HitRateCounter(tag);
    this.#largest = new TopList(top, (one, other) => other.metadata.size - one.metadata.size || byKey(one, other));
    this.#oldest = new TopList(top, (one, other) => createdOf(one) - createdOf(other) || byKey(one, other));
    this.#expiringNext = new TopList(top, (one, other) => one.expires - other.expires || byKey(one, other));
  }

  /** Adds the figures of a tag. */
  async addTag(
    cache: DiskCacheManager,
    keys: readonly string[],
    onProgress: (done: number, total: number) => void,
  ): Promise<void> {
    const { tag, maxSizeBytes } = cache;
    const { expired, evicted } = cache.planCleanup();
    let entries = 0;
    let valueBytes = 0;
    let neverExpire = 0;
    for (const [at, key] of keys.entries()) {
      onProgress(at, keys.length);
      const metadata = cache.getMetadataSync(key);
      // It may have gone since the keys were listed.
      if (metadata === undefined || metadata.isExpired) continue;
      entries++;
      valueBytes += metadata.size;
      if (metadata.ttl === undefined) neverExpire++;
      this.#addEntry(tag, metadata);
    }
    onProgress(keys.length, keys.length);
    const { sizeBytes } = await cache.getStats();
    const figures = { entries, sizeBytes, valueBytes, maxSizeBytes, neverExpire };
    const usedShare = sizeBytes / maxSizeBytes;
    this.#tags.push({ tag, ...figures, usedShare, expired: expired.length, overLimit: evicted.length });
  }

  #addEntry(tag: string, metadata: CacheMetadata): void {
    const now = this.#now;
    const { size, created, accessed, ttl } = metadata;
    const expires = ttl === undefined ? undefined : Math.min(created.getTime() + ttl * 1000, LAST_TIME);
    this.#age.add(tag, (now - created.getTime()) / 1000);
    this.#sinceRead.add(tag, (now - accessed.getTime()) / 1000);
    this.#size.add(tag, size);
    const seen = { tag, metadata, expires };
    this.#largest.add(seen);
    this.#oldest.add(seen);
    if (expires === undefined) {
      this.#never.add(tag);
    } else {
      this.#timeLeft.add(tag, (expires - now) / 1000);
      this.#expiringNext.add({ ...seen, expires });
    }
  }

  /** The report on all that was added. */
  finish(state: Pick<Report, 'root' | 'exists' | 'unreadable'>): Report {
    return {
      root: state.root,
      exists: state.exists,
      generated: new Date(this.#now).toISOString(),
      totals: totalsOf(this.#tags),
      tags: this.#tags,
      unreadable: state.unreadable,
      age: this.#age.histogram,
      sinceRead: this.#sinceRead.histogram,
      timeLeft: { ...this.#timeLeft.histogram, never: this.#never.bar },
      size: this.#size.histogram,
      largest: this.#largest.items.map(figuresOf),
      oldest: this.#oldest.items.map(figuresOf),
      expiringNext: this.#expiringNext.items.map(figuresOf),
      hitRates: this.hitRates.hitRates,
    };
  }
}

/** An entry while it is gone by. */
interface Seen {
  readonly tag: string;
  readonly metadata: CacheMetadata;
  /** In milliseconds since the epoch; `undefined` if it never expires. */
  readonly expires: number | undefined;
}

function createdOf({ metadata }: Seen): number {
  return metadata.created.getTime();
}

/** So that two reports on the same state are the same. */
function byKey(one: Seen, other: Seen): number {
  const [first, second] = [`${one.tag} ${one.metadata.key}`, `${other.tag} ${other.metadata.key}`];
  if (first === second) return 0;
  return first < second ? -1 : 1;
}

function figuresOf({ tag, metadata, expires }: Seen): EntryFigures {
  const { key, size, created, accessed } = metadata;
  return {
    tag,
    key,
    size,
    created: isoTime(created.getTime()),
    accessed: isoTime(accessed.getTime()),
    expires: expires === undefined ? null : isoTime(expires),
  };
}

/** A sidecar may name a time that no `Date` can say. */
function isoTime(time: number): string {
  return new Date(Number.isNaN(time) ? LAST_TIME : time).toISOString();
}

function totalsOf(tags: readonly TagFigures[]): Amounts {
  const sum = (pick: (tag: TagFigures) => number) => tags.reduce((total, tag) => total + pick(tag), 0);
  const sizeBytes = sum((tag) => tag.sizeBytes);
  const maxSizeBytes = sum((tag) => tag.maxSizeBytes);
  return {
    entries: sum((tag) => tag.entries),
    sizeBytes,
    valueBytes: sum((tag) => tag.valueBytes),
    maxSizeBytes,
    usedShare: maxSizeBytes === 0 ? 0 : sizeBytes / maxSizeBytes,
    expired: sum((tag) => tag.expired),
    overLimit: sum((tag) => tag.overLimit),
    neverExpire: sum((tag) => tag.neverExpire),
  };
}
