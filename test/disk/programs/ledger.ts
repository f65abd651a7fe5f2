/**
 * What writers have promised, kept where every process and thread sees it at once: for each key the version that is
 * being written and the one whose write has returned. Negative versions are deletions; 0 is nothing yet.
 */

import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** The state of one key. */
export interface KeyState {
  readonly begun: number;
  readonly done: number;
}

const BYTES_PER_KEY = 8;

/** A ledger in a file. One writer per key, any number of readers. */
export class Ledger {
  readonly #descriptor: number;
  readonly #bytes = Buffer.alloc(BYTES_PER_KEY);

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r+');
  }

  read(key: number): KeyState {
    this.#bytes.fill(0);
    readSync(this.#descriptor, this.#bytes, 0, BYTES_PER_KEY, key * BYTES_PER_KEY);
    return { begun: this.#bytes.readInt32LE(0), done: this.#bytes.readInt32LE(4) };
  }

  begin(key: number, version: number): void {
    this.#write(key * BYTES_PER_KEY, version);
  }

  finish(key: number, version: number): void {
    this.#write(key * BYTES_PER_KEY + 4, version);
  }

  #write(position: number, version: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(version);
    writeSync(this.#descriptor, bytes, 0, 4, position);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
