/**
 * What a build printed, in a file.
 */

import { closeSync, openSync, writeSync } from 'node:fs';
import { writing } from './work-folder.ts';

const TAIL_BYTES = 16 * 1024;
const TAIL_LINES = 20;

/** Writes what a build prints to a file, as it comes, and remembers the end of it. */
export class BuildLog {
  readonly #descriptor: number;
  #tail = Buffer.alloc(0);

  /**
   * @param file where; it must not be there yet.
   * @throws a {@link BuildError} if it can't be made.
   */
  constructor(file: string) {
    this.#descriptor = writing(() => openSync(file, 'wx'));
  }

  /** Adds bytes. @throws a {@link BuildError} if the system refuses. */
  write(bytes: Uint8Array): void {
    writing(() => {
      for (let done = 0; done < bytes.byteLength; ) done += writeSync(this.#descriptor, bytes, done);
    });
    this.#tail = Buffer.concat([this.#tail, bytes.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
  }

  /** The last lines. */
  get tail(): string {
    return this.#tail.toString().trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  }

  /** To be called once. */
  close(): void {
    closeSync(this.#descriptor);
  }
}
