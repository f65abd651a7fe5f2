/**
 * The first few of many, in order, without keeping the many.
 */

/** Keeps those that come first. Costs one comparison for most of what is added. */
export class TopList<T> {
  readonly #most: number;
  readonly #compare: (one: T, other: T) => number;
  readonly #kept: T[] = [];

  /** @param compare as for `Array.prototype.sort`. */
  constructor(most: number, compare: (one: T, other: T) => number) {
    this.#most = most;
    this.#compare = compare;
  }

  add(item: T): void {
    const last = this.#kept.at(-1);
    if (this.#kept.length === this.#most && last !== undefined && this.#compare(item, last) >= 0) return;
    const place = this.#kept.findIndex((kept) => this.#compare(item, kept) < 0);
    this.#kept.splice(place === -1 ? this.#kept.length : place, 0, item);
    if (this.#kept.length > this.#most) this.#kept.pop();
  }

  /** What is kept, the first one first. */
  get items(): readonly T[] {
    return this.#kept;
  }
}
