/**
 * Counting entries by a measure, in classes that are fixed beforehand: nothing is kept of an entry.
 */

import type { Bar, Bin, Histogram } from '../report.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const KIB = 1024;
const MIB = 1024 * KIB;

/** Where classes of durations begin, in seconds. */
export const DURATION_CLASSES = [0, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY] as const;

/** Where classes of sizes begin, in bytes. */
export const SIZE_CLASSES = [0, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB, 16 * MIB, 64 * MIB] as const;

/** Counts entries, in all and by tag. */
export class BarCounter {
  #entries = 0;
  readonly #byTag = new Map<string, number>();

  add(tag: string): void {
    this.#entries++;
    this.#byTag.set(tag, (this.#byTag.get(tag) ?? 0) + 1);
  }

  get bar(): Bar {
    return { entries: this.#entries, byTag: Object.fromEntries(this.#byTag) };
  }
}

/** Counts entries by class, in all and by tag. */
export class HistogramCounter {
  readonly #unit: Histogram['unit'];
  readonly #classes: readonly { readonly from: number; readonly counter: BarCounter }[];

  constructor(unit: Histogram['unit'], starts: readonly number[]) {
    this.#unit = unit;
    this.#classes = starts.map((from) => ({ from, counter: new BarCounter() }));
  }

  /** Counts one entry; what lies below the first class, as a time to come may, belongs to that. */
  add(tag: string, measure: number): void {
    const found = this.#classes.findLast(({ from }) => measure >= from) ?? this.#classes[0];
    found?.counter.add(tag);
  }

  get histogram(): Histogram {
    const bins = this.#classes.map(({ from, counter }, at): Bin => {
      return { from, to: this.#classes[at + 1]?.from ?? null, ...counter.bar };
    });
    return { unit: this.#unit, bins };
  }
}
