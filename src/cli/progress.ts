/**
 * A bar on the terminal that tells how far long work has come.
 */

import type { CommandContext } from './context.ts';
import { isScreen } from './io.ts';

/**
 * Tells how far work has come.
 * @param fraction how much is done, from 0 to 1.
 * @param detail what is done, in a few words.
 */
export type TellProgress = (fraction: number, detail?: string) => void;

/**
 * Does `work`, with a bar on stderr for as long as it takes; nothing is shown where that is no terminal, or the output is
 * for a script.
 * @param title what is being done.
 */
export async function withProgress<T>(
  { io, json }: CommandContext,
  title: string,
  work: (tell: TellProgress) => Promise<T>,
): Promise<T> {
  if (json || !isScreen(io.stderr, io.env)) return await work(() => {});
  const { startBar } = await import('./progress-bar.ts');
  const bar = startBar(io.stderr, title);
  try {
    return await work(bar.tell);
  } finally {
    bar.stop();
  }
}
