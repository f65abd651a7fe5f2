/**
 * What a scenario is, and what it gets to work with.
 */

import type { Contestant, OpenStore, Store, StoreOptions } from './contestant.ts';
import type { Effort } from './effort.ts';
import type { Series } from './series.ts';

/** A contestant whose library is there. */
export interface Entrant extends Contestant {
  readonly open: OpenStore;
}

/** What a scenario works with. */
export interface Bench {
  readonly entrants: readonly Entrant[];
  readonly effort: Effort;
  /** A new folder, which nobody has used. Removed when all is over. */
  freshFolder(name: string): string;
  /** Says what is under way. */
  progress(text: string): void;
  /** Takes what was measured. */
  record(series: Series | undefined): void;
  /** Tells of a contestant that failed, and why; it has no figures then. */
  fail(contestant: string, scenario: string, error: unknown): void;
}

export interface Scenario {
  readonly name: string;
  /** One line: what is measured. */
  readonly about: string;
  /** What `size` of its series counts. */
  readonly varies: 'value bytes' | 'entries' | 'processes' | 'nothing';
  run(bench: Bench): Promise<void>;
}

/** Opens a contestant's store in a fresh folder. */
export async function openFresh(bench: Bench, entrant: Entrant, options: StoreOptions): Promise<Store> {
  return await entrant.open(bench.freshFolder(entrant.name), options);
}
