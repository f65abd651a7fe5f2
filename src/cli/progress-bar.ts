/**
 * The bar itself. Loaded where there is a terminal.
 */

import cliProgress from 'cli-progress';
import type { OutputStream } from './io.ts';
import type { TellProgress } from './progress.ts';

/** What the bar counts in. */
const STEPS = 1000;

/** A bar that is shown. */
export interface Bar {
  readonly tell: TellProgress;
  /** Takes the bar away. */
  readonly stop: () => void;
}

/** Begins to show a bar on `stream`. */
export function startBar(stream: OutputStream, title: string): Bar {
  const bar = new cliProgress.SingleBar({
    stream,
    format: `${title} [{bar}] {percentage}% {detail}`,
    barsize: 30,
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    clearOnComplete: true,
    // Who is killed could not bring it back.
    hideCursor: null,
    linewrap: null,
    // Interrupts are dealt with where the work is.
    gracefulExit: false,
  });
  bar.start(STEPS, 0, { detail: '' });
  return {
    tell: (fraction, detail = '') => bar.update(Math.floor(fraction * STEPS), { detail }),
    stop: () => bar.stop(),
  };
}
