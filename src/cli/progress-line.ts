/**
 * How far something is, on one line that is written over again.
 */

import type { CommandContext } from './context.ts';

/** Shows on stderr, if that is a terminal, how much is done of what is being done; the line goes when all is. */
export function progressLine({ io }: CommandContext, doing: string): (done: number, total: number) => void {
  if (io.stderr.isTTY !== true) return () => {};
  let shown = -1;
  return (done, total) => {
    const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
    if (percent === shown) return;
    shown = percent;
    io.stderr.write(done >= total ? '\r\u001b[K' : `\r${doing}: ${percent} %`);
  };
}
