/**
 * Whether a history is linearizable: whether each operation can be given one moment between its call and its return at
 * which it happened, so that all of them in that order are what a single register would have answered.
 *
 * The search is Wing and Gong's ("Testing and Verifying Concurrent Objects", 1993), a key at a time since linearizability
 * is local (Herlihy and Wing, "Linearizability: A Correctness Condition for Concurrent Objects", 1990), with what Lowe
 * ("Testing for Linearizability", 2017) made of it: going through calls and returns as they come, an operation is put in
 * its place only when one that returns needs it, and configurations that were met before are not looked at again.
 * Reads need no search at all: one that matches the register can always be put there and then.
 */

import type { Operation } from './history.ts';

/** What the register may do besides what it is told. */
export interface RegisterRules {
  /**
   * Whether any value may vanish at any moment, as by eviction. A read may find it gone a moment before others do, since
   * eviction is not announced: so a read that misses says nothing. A delete that found nothing does: what was there
   * doesn't come back. An older value never does.
   */
  readonly lossy: boolean;
}

/** What the register holds before the first operation. */
export type Beginning = 'nothing' | 'anything';

/** A history that no order explains. */
export interface Violation {
  readonly key: number;
  /** The first operation at whose return no order was left. */
  readonly culprit: Operation;
  /** All operations on its key. */
  readonly operations: readonly Operation[];
}

/** More operations under way at once than this can't be told apart in one number. */
const MAX_UNDER_WAY = 20;
const MASKS = 2 ** MAX_UNDER_WAY;
const NOTHING = 0;

/** The first violation on any key, if there is one. */
export function findViolation(history: readonly Operation[], rules: RegisterRules): Violation | undefined {
  for (const [key, operations] of byKey(history)) {
    const culprit = findCulprit(operations, rules, 'nothing');
    if (culprit !== undefined) return { key, culprit, operations };
  }
  return undefined;
}

/** A clear is an operation on each key. */
function byKey(history: readonly Operation[]): Map<number, Operation[]> {
  const keys = new Map<number, Operation[]>();
  const clears: Operation[] = [];
  for (const operation of history) {
    if (operation.verb === 'clear') clears.push(operation);
    else if (keys.get(operation.key)?.push(operation) === undefined) keys.set(operation.key, [operation]);
  }
  for (const [key, operations] of keys) operations.push(...clears.map((clear) => ({ ...clear, key })));
  return keys;
}

/** The first operation of a single key at whose return no order explains what was seen. */
export function findCulprit(
  operations: readonly Operation[],
  rules: RegisterRules,
  beginning: Beginning,
): Operation | undefined {
  const search = new Search(operations, rules, beginning);
  for (const { operation, returns } of movements(operations, rules)) {
    if (!returns) search.call(operation);
    else if (!search.return(operation)) return operation;
  }
  return undefined;
}

interface Movement {
  readonly operation: Operation;
  readonly returns: boolean;
}

/** Calls and returns as they came; at the same moment calls come first, which allows more orders. */
function movements(operations: readonly Operation[], { lossy }: RegisterRules): Movement[] {
  const all: Movement[] = [];
  for (const operation of operations) {
    if (saysNothing(operation, lossy)) continue;
    all.push({ operation, returns: false }, { operation, returns: true });
  }
  const time = ({ operation, returns }: Movement) => (returns ? operation.end : operation.start);
  return all.sort((a, b) => time(a) - time(b) || Number(a.returns) - Number(b.returns));
}

/** A read that was not finished, or that missed where that is no wonder. */
function saysNothing(operation: Operation, lossy: boolean): boolean {
  if (mutates(operation) || operation.verb === 'delete') return false;
  return operation.outcome === 'unknown' || (lossy && operation.outcome === 'miss');
}

/** Whether an operation may change the register. */
export function mutates({ verb, outcome }: Operation): boolean {
  return verb === 'set' || verb === 'clear' || (verb === 'delete' && outcome !== 'miss');
}

/**
 * The configurations that explain all that has returned so far. Each is the register's value and the set of operations
 * under way that have already happened, in one number.
 */
class Search {
  readonly #lossy: boolean;
  /** Values by their number in the search; 0 is nothing. */
  readonly #values = new Map<number, number>();
  readonly #fleeting = new Set<number>();
  readonly #underWay: (Operation | undefined)[] = new Array(MAX_UNDER_WAY).fill(undefined);
  #configurations: Set<number>;

  constructor(operations: readonly Operation[], { lossy }: RegisterRules, beginning: Beginning) {
    this.#lossy = lossy;
    for (const { value, verb, fleeting } of operations) {
      if (value === 0) continue;
      if (!this.#values.has(value)) this.#values.set(value, this.#values.size + 1);
      if (verb === 'set' && fleeting) this.#fleeting.add(this.#number(value));
    }
    // One more than there are values stands for any that was never read.
    const states = beginning === 'nothing' ? 1 : this.#values.size + 2;
    this.#configurations = new Set(Array.from({ length: states }, (_, state) => state * MASKS));
  }

  #number(value: number): number {
    return this.#values.get(value) ?? NOTHING;
  }

  call(operation: Operation): void {
    const place = this.#underWay.indexOf(undefined);
    if (place === -1) throw new Error(`more than ${MAX_UNDER_WAY} operations on one key are under way at once`);
    this.#underWay[place] = operation;
  }

  /** Takes in that an operation returned; `false` if nothing explains that. */
  return(operation: Operation): boolean {
    const place = this.#underWay.indexOf(operation);
    const bit = 2 ** place;
    const reached = new Set<number>();
    const seen = new Set<number>();
    const open = [...this.#configurations].map((configuration) => this.#withReads(configuration));
    for (let configuration = open.pop(); configuration !== undefined; configuration = open.pop()) {
      if (seen.has(configuration)) continue;
      seen.add(configuration);
      const happened = (configuration & bit) !== 0;
      if (happened) reached.add(configuration - bit);
      else {
        if (operation.outcome === 'unknown') reached.add(configuration);
        for (const next of this.#moves(configuration)) open.push(this.#withReads(next));
      }
    }
    this.#underWay[place] = undefined;
    this.#configurations = reached;
    return reached.size > 0;
  }

  /** Lets all reads happen that see what is there. */
  #withReads(configuration: number): number {
    const state = Math.floor(configuration / MASKS);
    let mask = configuration % MASKS;
    for (let place = 0; place < MAX_UNDER_WAY; place++) {
      const operation = this.#underWay[place];
      if (operation !== undefined && !mutates(operation) && this.#sees(operation, state)) mask |= 1 << place;
    }
    return state * MASKS + mask;
  }

  #sees({ outcome, value }: Operation, state: number): boolean {
    if (outcome === 'miss') return state === NOTHING;
    return value === 0 ? state !== NOTHING : state === this.#number(value);
  }

  /** What can become of a configuration by one change of the register. */
  *#moves(configuration: number): Generator<number> {
    const state = Math.floor(configuration / MASKS);
    const mask = configuration % MASKS;
    if (state !== NOTHING && (this.#lossy || this.#fleeting.has(state))) yield NOTHING * MASKS + mask;
    for (let place = 0; place < MAX_UNDER_WAY; place++) {
      const operation = this.#underWay[place];
      if (operation === undefined || !mutates(operation) || (mask & (1 << place)) !== 0) continue;
      if (operation.verb === 'delete' && operation.outcome === 'hit' && state === NOTHING) continue;
      const next = operation.verb === 'set' ? this.#number(operation.value) : NOTHING;
      yield next * MASKS + (mask | (1 << place));
    }
  }
}
