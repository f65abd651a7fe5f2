/**
 * What keys may hold after a victim has met its fate.
 */

import type { Fate } from './fates.ts';
import type { Scenario, Value } from './scenario.ts';

/** What others have made of the contested keys in the middle of the operation. */
export type Overtaking = ReadonlyMap<string, Value>;

/** What each key may hold. */
export class Expectations {
  readonly #allowed = new Map<string, Value[]>();
  /** Keys that may have been evicted. */
  readonly #evictable = new Set<string>();

  /** @param finished whether the operation came to its end without an error. */
  constructor(scenario: Scenario, fate: Fate, finished: boolean, overtaking: Overtaking) {
    const { before, changes } = scenario;
    for (const [key, value] of Object.entries(before)) {
      this.#allowed.set(key, [value]);
      if (scenario.keepsAtLeast !== undefined) this.#evictable.add(key);
    }
    for (const [key, after] of Object.entries(changes)) {
      this.#allowed.set(key, finished ? [after] : [before[key], after]);
    }
    for (const [key, value] of overtaking) {
      // A victim that was killed has done nothing since; one that went on may have.
      const later = fate.kind === 'overtaken' && key in changes ? [changes[key]] : [];
      this.#allowed.set(key, [value, ...later]);
      // What a killed victim has left takes space until it is swept up.
      if (scenario.keepsAtLeast !== undefined && !(key in changes)) this.#evictable.add(key);
    }
  }

  /** Every key that the operation or its observers know of. */
  get keys(): string[] {
    return [...this.#allowed.keys()];
  }

  /** What a key may hold. */
  allowed(key: string): readonly Value[] {
    const values = this.#allowed.get(key) ?? [undefined];
    return this.#evictable.has(key) ? [...values, undefined] : values;
  }

  /** Makes sure of what a key holds from now on. */
  settle(key: string, value: Value): void {
    this.#allowed.set(key, [value]);
  }
}
