/**
 * Long work in short slices.
 */

import { setImmediate } from 'node:timers/promises';

const SLICE_MS = 20;

/**
 * Makes a function to be awaited between the steps of long synchronous work. It lets other work of this thread go on
 * whenever a slice of time is used up, and costs next to nothing otherwise.
 *
 * Synchronous calls are used for files because each costs a fraction of its promise form.
 */
export function createBreather(): () => Promise<void> | undefined {
  let sliceEnd = performance.now() + SLICE_MS;
  return () => {
    if (performance.now() < sliceEnd) return undefined;
    return setImmediate().then(() => {
      sliceEnd = performance.now() + SLICE_MS;
    });
  };
}
