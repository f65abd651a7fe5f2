/** A clock that moves only when told to, so that expiry and recency are tested without waiting. */
export class ManualClock {
  // Starts at the real time: file systems stamp ctime by the real clock, and both are compared.
  #milliseconds = Date.now();

  /** Milliseconds since the epoch; to be given as the `clock` option. */
  readonly now = (): number => this.#milliseconds;

  /** Moves the clock by so many seconds; a negative number sets it back. */
  advance(seconds: number): void {
    this.#milliseconds += Math.round(seconds * 1000);
  }
}
