/**
 * The program's end of {@link file://./programs.ts}: arguments in, messages out, in a process or a thread.
 */

import { isMainThread, parentPort, workerData } from 'node:worker_threads';

/** What the test handed over. */
export function programArguments(): unknown {
  return isMainThread ? JSON.parse(process.argv[2] ?? '{}') : workerData;
}

/** Sends a message to the test. */
export function report(message: object): void {
  if (parentPort) parentPort.postMessage(message);
  else process.send?.(message);
}

/** Resolves at the test's next message. */
export function instruction(): Promise<unknown> {
  return new Promise((resolve) => {
    if (parentPort) parentPort.once('message', resolve);
    else process.once('message', resolve);
  });
}

/** Lets a process end although the channel to the test is open. */
export function hangUp(): void {
  if (isMainThread) process.disconnect();
}
