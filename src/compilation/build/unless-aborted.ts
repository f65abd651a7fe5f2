/**
 * Work that may be given up as long as it has not begun.
 */

/** Settles as `work` does, or rejects when `signal` aborts before `isUnderWay`. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  isUnderWay: () => boolean,
): Promise<T> {
  if (signal === undefined) return work;
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      if (!isUnderWay()) reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
