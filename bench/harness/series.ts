/**
 * Figures: what one contestant took for one thing, round by round, and how two contestants compare.
 */

import { mean, median, quantileSorted } from 'simple-statistics';

export type Unit = 'µs' | 'ms' | 'ops/s' | 'B' | '%';

/** What a series is of. */
export interface Subject {
  readonly scenario: string;
  /** What was done, where a scenario does several things. */
  readonly operation: string;
  /** Encoded size of the values in bytes, or the number of entries or processes: whatever the scenario varies. */
  readonly size: number;
  readonly contestant: string;
}

/** One contestant's figures for one thing. */
export interface Series extends Subject {
  readonly unit: Unit;
  /** Single figures in all. */
  readonly count: number;
  readonly median: number;
  readonly p99: number;
  readonly mean: number;
  /** The figure of each round, in order of rounds; what ratios are made of. */
  readonly perRound: readonly number[];
}

/** What stands for a round: the median of its figures, or their mean where different things are mixed. */
export type Centre = 'median' | 'mean';

/** Collects the figures of one subject. */
export class Recorder {
  readonly #subject: Subject;
  readonly #unit: Unit;
  readonly #centre: Centre;
  readonly #all: number[] = [];
  readonly #perRound: number[] = [];

  constructor(subject: Subject, unit: Unit = 'µs', centre: Centre = 'median') {
    this.#subject = subject;
    this.#unit = unit;
    this.#centre = centre;
  }

  /** Adds the figures of the next round. */
  add(figures: readonly number[]): void {
    if (figures.length === 0) return;
    for (const figure of figures) this.#all.push(figure);
    this.#perRound.push(this.#centre === 'mean' ? mean([...figures]) : median([...figures]));
  }

  /** The series so far; `undefined` if there is nothing to tell. */
  finish(): Series | undefined {
    if (this.#all.length === 0) return undefined;
    const sorted = [...this.#all].sort((a, b) => a - b);
    return {
      ...this.#subject,
      unit: this.#unit,
      count: sorted.length,
      median: this.#centre === 'mean' ? median([...this.#perRound]) : quantileSorted(sorted, 0.5),
      p99: quantileSorted(sorted, 0.99),
      mean: mean(sorted),
      perRound: this.#perRound,
    };
  }
}

/**
 * How many times as much `one` took as `other`: the two are compared round by round, when both had the same machine, and
 * the median of those ratios counts. More robust than a ratio of two medians where the machine changes its pace on the
 * way. `undefined` when they have no round in common.
 */
export function ratioOf(one: Pick<Series, 'perRound'>, other: Pick<Series, 'perRound'>): number | undefined {
  const ratios: number[] = [];
  for (const [round, figure] of one.perRound.entries()) {
    const beside = other.perRound[round];
    if (beside !== undefined && beside > 0) ratios.push(figure / beside);
  }
  return ratios.length === 0 ? undefined : median(ratios);
}

/** The series of a subject among all; `undefined` if it was not measured. */
export function findSeries(all: readonly Series[], subject: Subject): Series | undefined {
  return all.find(
    (series) =>
      series.scenario === subject.scenario &&
      series.operation === subject.operation &&
      series.size === subject.size &&
      series.contestant === subject.contestant,
  );
}
