/**
 * What an interrupt does to work that can be stopped.
 */

import { constants } from 'node:os';

/** Signals that ask a program to end. */
export const ENDING_SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A signal ended the work. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
    this.signal = signal;
  }

  /** As a shell gives it. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}

/**
 * Does `work`, whose signal aborts when the process is asked to end; who asks twice has waited enough.
 * @param onInterrupt called when the work was given up.
 * @returns what `work` does, or the exit code of an interrupted program.
 */
export async function interruptible(
  work: (signal: AbortSignal) => Promise<number>,
  onInterrupt: () => Promise<void>,
): Promise<number> {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    const interruption = new Interruption(signal);
    if (controller.signal.aborted) process.exit(interruption.exitCode);
    controller.abort(interruption);
  };
  for (const signal of ENDING_SIGNALS) process.on(signal, onSignal);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    await onInterrupt();
    return error.exitCode;
  } finally {
    for (const signal of ENDING_SIGNALS) process.off(signal, onSignal);
  }
}
