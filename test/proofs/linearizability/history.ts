/**
 * What was seen from outside: operations of several clients on a few keys, each with the time at which it was called
 * and the time at which it returned.
 */

/** What a client did to a key. */
export type Verb = 'get' | 'exists' | 'set' | 'delete' | 'clear';

/**
 * How it ended. For `get` and `exists` a hit or a miss; for `delete` a hit if there was something to delete.
 * `unknown`: it threw, or its process was killed, so that it may or may not have happened.
 */
export type Outcome = 'hit' | 'miss' | 'done' | 'unknown';

/** One operation. Times are nanoseconds of the machine's monotonic clock. */
export interface Operation {
  readonly client: number;
  readonly verb: Verb;
  readonly key: number;
  /** What was set, or what was read by a `get` that hit; else 0. No two sets have the same. */
  readonly value: number;
  /** Whether what was set has a time to live so short that it may be gone at any moment. */
  readonly fleeting: boolean;
  readonly outcome: Outcome;
  readonly start: number;
  readonly end: number;
}

/** Versions that one client can set. */
const VERSIONS = 2 ** 20;

/** The number of a value that tells whose it is and which of theirs. */
export function valueNumber(client: number, version: number): number {
  return client * VERSIONS + version;
}

/** A value as people read it: `b7` is the seventh of client 1. */
export function valueName(value: number): string {
  return `${clientName(Math.floor(value / VERSIONS))}${value % VERSIONS}`;
}

/** `a` to `z`, then `a1` and so on. */
export function clientName(client: number): string {
  const round = Math.floor(client / 26);
  return `${String.fromCharCode(97 + (client % 26))}${round === 0 ? '' : `${round}.`}`;
}

/** An operation as people read it. */
export function describe({ verb, value, outcome, fleeting }: Operation): string {
  const ending = outcome === 'unknown' ? ' (perhaps)' : '';
  if (verb === 'set') return `set ${valueName(value)}${fleeting ? ' for a moment' : ''}${ending}`;
  if (verb === 'clear' || outcome === 'unknown') return `${verb}${ending}`;
  if (verb === 'get') return `get: ${outcome === 'hit' ? valueName(value) : 'nothing'}`;
  return `${verb}: ${outcome === 'hit'}`;
}
