/**
 * Stopping a build that runs.
 */

import type { SendSignal } from '../build/run-command.ts';

/** How long a build may take to end in good order, in milliseconds. */
const GRACE_MS = 5000;

/** Lets `signal` end a running command: it is asked to end, and some time later made to. */
export class Stopping {
  readonly #signal: AbortSignal | undefined;
  #send: SendSignal = () => false;
  #timer: NodeJS.Timeout | undefined;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** To be called when the command has been started. */
  readonly begin = (send: SendSignal): void => {
    this.#send = send;
    if (this.#signal?.aborted) this.#stop();
    else this.#signal?.addEventListener('abort', this.#stop, { once: true });
  };

  /** To be called when the command has ended. */
  end(): void {
    this.#signal?.removeEventListener('abort', this.#stop);
    clearTimeout(this.#timer);
  }

  readonly #stop = (): void => {
    this.#send('SIGTERM');
    this.#timer = setTimeout(() => this.#send('SIGKILL'), GRACE_MS);
  };
}
