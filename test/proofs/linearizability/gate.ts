/**
 * A gate through which threads go one at a time: before each system call the one at work may have to stand back and let
 * another go on. So a run explores the orders in which calls of several writers and readers can fall, whatever else the
 * machine is doing, and the same seed gives nearly the same run. A thread that never gets its turn again is as good as
 * a killed process.
 */

const TURN = 0;
const RANDOM = 1;
const LIVE = 2;
const ARRIVED = 3;
/** Counts the system calls of all. */
const CLOCK = 4;
/** When each may go on, by the clock. */
const WAKES = 5;
const NOBODY = -1;
/** The chance of being interrupted at a system call; each run has its own, within this range. */
const SWITCH_SHARES = [0.03, 0.25] as const;
/** An interruption lasts from one call of others to this many, in orders of magnitude: a moment's race, or a long absence. */
const LONGEST_ABSENCE = 600;
/** How long who sleeps of its own will is away. */
const SLEEP = 20;

/** The call as it is now: clients have their own idea of waiting. */
const { wait } = Atomics;

/** What `places` threads share. */
export function makeGate(seed: number, places: number): SharedArrayBuffer {
  const shared = new SharedArrayBuffer((WAKES + places) * Int32Array.BYTES_PER_ELEMENT);
  const words = new Int32Array(shared);
  words[TURN] = NOBODY;
  words[RANDOM] = Math.imul(seed, 0x9e3779b1) | 1;
  return shared;
}

/** One thread's way through the gate. */
export class Gate {
  readonly #words: Int32Array;
  readonly #place: number;
  readonly #places: number;

  readonly #switchShare: number;

  /**
   * @param place which of the `places` threads this one is.
   * @param seed of the run, the same for all threads.
   */
  constructor(shared: SharedArrayBuffer, place: number, places: number, seed: number) {
    this.#words = new Int32Array(shared);
    this.#place = place;
    this.#places = places;
    const [least, most] = SWITCH_SHARES;
    this.#switchShare = least * (most / least) ** ((seed % 8) / 7);
  }

  /** Waits until all are there and it is this one's turn. */
  enter(): void {
    Atomics.or(this.#words, LIVE, 1 << this.#place);
    if (Atomics.add(this.#words, ARRIVED, 1) === this.#places - 1) this.#handOver();
    this.#await();
  }

  /** A system call is due: perhaps others go first. */
  pass(): void {
    Atomics.add(this.#words, CLOCK, 1);
    if (this.random() >= this.#switchShare) return;
    this.#standBack(LONGEST_ABSENCE ** this.random());
  }

  /** Lets others go on for a while. */
  sleep(): void {
    this.#standBack(SLEEP);
  }

  #standBack(absence: number): void {
    Atomics.store(this.#words, WAKES + this.#place, Atomics.load(this.#words, CLOCK) + Math.ceil(absence));
    this.#handOver();
    this.#await();
  }

  /** Goes for good. */
  leave(): void {
    Atomics.and(this.#words, LIVE, ~(1 << this.#place));
    this.#handOver();
  }

  /** Stays where it is for ever, in the middle of what it was doing. */
  die(): never {
    this.leave();
    for (;;) wait(this.#words, ARRIVED, this.#places);
  }

  /** Whether there is anybody else. */
  get hasOthers(): boolean {
    return (Atomics.load(this.#words, LIVE) & ~(1 << this.#place)) !== 0;
  }

  /** A number from 0 to 1; only the thread whose turn it is may ask. */
  random(): number {
    let state = Atomics.load(this.#words, RANDOM);
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    Atomics.store(this.#words, RANDOM, state);
    return (state >>> 0) / 2 ** 32;
  }

  /** Somebody who is not away goes on; where all are, whoever is back first. */
  #handOver(): void {
    const words = this.#words;
    const live = Atomics.load(words, LIVE);
    const places = Array.from({ length: this.#places }, (_, place) => place).filter((place) => live & (1 << place));
    const wake = (place: number) => Atomics.load(words, WAKES + place);
    const clock = Math.max(Atomics.load(words, CLOCK), Math.min(...places.map(wake)));
    const ready = places.filter((place) => wake(place) <= clock);
    if (ready.length > 0) Atomics.store(words, CLOCK, clock);
    Atomics.store(words, TURN, ready[Math.floor(this.random() * ready.length)] ?? NOBODY);
    Atomics.notify(words, TURN);
  }

  #await(): void {
    for (;;) {
      const turn = Atomics.load(this.#words, TURN);
      if (turn === this.#place) return;
      wait(this.#words, TURN, turn);
    }
  }
}
