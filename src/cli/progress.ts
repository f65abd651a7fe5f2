/**
 * A bar on the terminal that tells how far long work has come.
 */

import type { CommandContext } from './context.ts';

/** Where long work tells how far it has come. */
export interface Progress {
  /**
   * @param fraction how much is done, from 0 to 1.
   * @param detail what is done, in a few words.
   */
  update(fraction: number, detail: string): void;
  /** Takes the bar away. To be called before anything else is written. */
  stop(): void;
}

/**
 * Begins to show a bar on stderr; nothing is shown where that is no terminal, or the output is for a script.
 * @param title what is being done.
 */
export async function startProgress({ io, json }: CommandContext, title: string): Promise<Progress> {
  if (json || io.stderr.isTTY !== true || io.env['TERM'] === 'dumb') return { update: () => {}, stop: () => {} };
  const { startBar } = await import('./progress-bar.ts');
  return startBar(io.stderr, title);
}
