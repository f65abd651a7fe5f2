/** One line that tells what is under way, on a terminal; elsewhere nothing, so that logs stay readable. */

export interface Progress {
  readonly show: (text: string) => void;
  /** Prints for good. */
  readonly print: (text: string) => void;
}

/** Often enough to follow, seldom enough to cost nothing. */
const INTERVAL_MS = 100;

export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  let shown = 0;
  const wipe = (): void => {
    if (stream.isTTY) stream.write('\r\u001b[2K');
  };
  return {
    show: (text) => {
      const now = performance.now();
      if (!stream.isTTY || now - shown < INTERVAL_MS) return;
      shown = now;
      wipe();
      stream.write(text.slice(0, stream.columns - 1));
    },
    print: (text) => {
      wipe();
      console.log(text);
    },
  };
}
