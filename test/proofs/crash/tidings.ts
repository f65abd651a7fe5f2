/**
 * What a victim is told, and what it tells.
 */

/** What a victim is to do. */
export interface VictimArguments {
  readonly cacheRoot: string;
  /** The name of the scenario. */
  readonly scenario: string;
  /** Whether it waits after the operation and then goes on using the cache. */
  readonly goesOn: boolean;
}

/** How an operation ended. */
export type Outcome =
  | { readonly result: 'right' | 'miss' | 'overtaken' | 'wrong' }
  | {
      readonly result: 'thrown';
      /** The error's name, if it is one of ours. */
      readonly name: string;
      /** The code of the system error underneath. */
      readonly cause: string;
    };

/** All that a victim has told until it ended. */
export interface Tidings {
  /** Whether it had come to the operation. */
  readonly begun: boolean;
  readonly outcome?: Outcome;
  /** Whether it has gone on after the operation. */
  readonly wentOn: boolean;
  /** What was wrong when it went on. */
  readonly wrong: readonly string[];
}
