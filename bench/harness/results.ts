/** What a run gives: figures, what could not be measured, and where it was. */

import type { Kind, Lack } from './contestant.ts';
import type { Judgement } from './judge.ts';
import type { Machine } from './machine.ts';
import type { Series } from './series.ts';

/** A contestant as the results tell of it. */
export interface ContestantReport {
  readonly name: string;
  readonly kind: Kind;
  readonly about: string;
  readonly lacks: readonly Lack[];
  readonly notes: readonly string[];
  /** Why it did not take part; absent when it did. */
  readonly absent?: string;
}

/** A contestant that failed in a scenario. */
export interface Failure {
  readonly contestant: string;
  readonly scenario: string;
  readonly reason: string;
}

export interface Results {
  readonly machine: Machine;
  readonly date: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly contestants: readonly ContestantReport[];
  readonly failures: readonly Failure[];
  readonly series: readonly Series[];
}

/** What is written to a file. */
export interface JudgedResults extends Results {
  readonly targets: readonly Judgement[];
}
