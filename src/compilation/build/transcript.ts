/**
 * What a command printed: taken down while it prints, and given out again in the same order.
 */

import { BLOB_BYTES, type BlobRef } from '../content/blob-store.ts';
import type { Transcript } from './manifest.ts';

/** Takes bytes in order; a promise holds the source back until it is settled. Failing means that nobody reads any more. */
export type OutputSink = (bytes: Uint8Array) => Promise<void> | void;

/** The two streams of a command. */
export interface OutputSinks {
  readonly stdout: OutputSink;
  readonly stderr: OutputSink;
}

/** Takes down what goes to both streams, in the order in which it came. */
export class TranscriptRecorder {
  readonly #put: (bytes: Uint8Array) => Promise<BlobRef>;
  readonly #turns: number[] = [0];
  #pieces: Uint8Array[] = [];
  #pending = 0;
  #blobs: Promise<BlobRef[]> = Promise.resolve([]);

  /** @param put keeps a piece; called one at a time, so that no more than a few pieces are ever in memory. */
  constructor(put: (bytes: Uint8Array) => Promise<BlobRef>) {
    this.#put = put;
  }

  /** Adds bytes; the promise is settled when there is room for more. Failures to keep a piece come out of `finish`. */
  async add(stream: keyof OutputSinks, bytes: Uint8Array): Promise<void> {
    const isTurnOf = this.#turns.length % 2 === 1 ? 'stdout' : 'stderr';
    if (stream !== isTurnOf) this.#turns.push(0);
    this.#turns[this.#turns.length - 1] = (this.#turns.at(-1) ?? 0) + bytes.byteLength;
    for (let start = 0; start < bytes.byteLength; ) {
      const part = bytes.subarray(start, start + BLOB_BYTES - this.#pending);
      this.#pieces.push(part);
      this.#pending += part.byteLength;
      start += part.byteLength;
      if (this.#pending === BLOB_BYTES) await this.#flush();
    }
  }

  /**
   * The transcript, all of it kept.
   * @throws what the first failing `put` threw.
   */
  async finish(): Promise<Transcript> {
    if (this.#pending > 0) await this.#flush();
    return { turns: this.#turns, blobs: await this.#blobs };
  }

  #flush(): Promise<unknown> {
    const piece = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#pending = 0;
    this.#blobs = this.#blobs.then(async (blobs) => [...blobs, await this.#put(piece)]);
    return this.#blobs.catch(() => undefined);
  }
}

/** Gives out a transcript, whose `pieces` are in order; a stream that nobody reads any more is left out. */
export async function playTranscript(
  transcript: Transcript,
  pieces: readonly Uint8Array[],
  sinks: OutputSinks,
): Promise<void> {
  const deaf = new Set<OutputSink>();
  let piece = 0;
  let offset = 0;
  for (const [index, turn] of transcript.turns.entries()) {
    const sink = index % 2 === 0 ? sinks.stdout : sinks.stderr;
    for (let left = turn; left > 0; ) {
      const bytes = pieces[piece]?.subarray(offset, offset + left);
      if (bytes === undefined) return;
      try {
        if (!deaf.has(sink)) await sink(bytes);
      } catch {
        deaf.add(sink);
      }
      left -= bytes.byteLength;
      offset += bytes.byteLength;
      if (offset === pieces[piece]?.byteLength) {
        piece += 1;
        offset = 0;
      }
    }
  }
}
