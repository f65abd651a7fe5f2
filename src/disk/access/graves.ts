/**
 * Keys that this process has killed, whose emptied sidecars wait to be reaped. They are kept by shard, since reaping
 * takes folders of its own in each shard, which cost as much as half a dozen sidecars.
 */

import { shardNumber } from '../files/paths.ts';

/** So many may wait. Then the fullest shard is reaped, which has about twice its share: 16 of 256 shards' 2,048. */
const MOST = 2048;

/** The graves of one tag. */
export class Graves {
  readonly #shards = new Map<number, Set<string>>();
  #size = 0;

  /** Number of keys. */
  get size(): number {
    return this.#size;
  }

  /** Whether there are so many that a shard is to be reaped. */
  get areDue(): boolean {
    return this.#size > MOST;
  }

  add(hash: string): void {
    const shard = shardNumber(hash);
    let hashes = this.#shards.get(shard);
    if (hashes === undefined) {
      hashes = new Set();
      this.#shards.set(shard, hashes);
    }
    const before = hashes.size;
    hashes.add(hash);
    this.#size += hashes.size - before;
  }

  delete(hash: string): void {
    if (this.#shards.get(shardNumber(hash))?.delete(hash)) this.#size--;
  }

  /** Takes out the keys of the shard that has most of them. */
  takeFullest(): readonly string[] {
    let fullest = -1;
    let most = 0;
    for (const [shard, { size }] of this.#shards) {
      if (size > most) [fullest, most] = [shard, size];
    }
    return this.#take(fullest);
  }

  /** Takes out all keys, shard by shard. */
  *takeAll(): Generator<readonly string[], void> {
    for (const shard of [...this.#shards.keys()]) yield this.#take(shard);
  }

  #take(shard: number): readonly string[] {
    const hashes = [...(this.#shards.get(shard) ?? [])];
    this.#shards.delete(shard);
    this.#size -= hashes.length;
    return hashes;
  }
}
