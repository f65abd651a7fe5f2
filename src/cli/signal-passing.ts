/**
 * Signals on their way from this process to the command that it runs.
 */

import { constants } from 'node:os';
import type { SendSignal } from '../compilation/index.ts';

const PASSED_ON: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A signal to this process ended the run. */
export class Interruption extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
    this.signal = signal;
  }
}

/** While it lasts, signals to this process go to the command it runs, or stop it where nothing is left half done. */
export class SignalPassing {
  readonly #controller = new AbortController();
  readonly #terminal: boolean;
  #send: SendSignal = () => false;

  /** @param terminal whether there is one: it sends its interrupts to the command as well. */
  constructor(terminal: boolean) {
    this.#terminal = terminal;
    for (const signal of PASSED_ON) process.on(signal, this.#onSignal);
  }

  get aborted(): AbortSignal {
    return this.#controller.signal;
  }

  readonly passTo = (send: SendSignal): void => {
    this.#send = send;
  };

  stop(): void {
    for (const signal of PASSED_ON) process.off(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    // The terminal has told the command already; a second time it may have been somebody else.
    const isToldByTerminal = signal === 'SIGINT' && this.#terminal && !this.aborted.aborted;
    const isCommandTold = this.#send(isToldByTerminal ? 0 : signal);
    // Between start and end of the command there is work to finish in good order; who asks again has waited enough.
    if (!isCommandTold && this.aborted.aborted) process.exit(128 + constants.signals[signal]);
    this.#controller.abort(new Interruption(signal));
  };
}
