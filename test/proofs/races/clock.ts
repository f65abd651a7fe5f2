/**
 * The clock of a process, which can be set, and made to stand still.
 */

const now = Date.now;
let ahead = 0;
let standing: number | undefined;

Date.now = () => standing ?? now() + ahead;

/** Sets the clock forward by so many milliseconds, or back. */
export function stepClock(milliseconds: number): void {
  ahead += milliseconds;
}

/** Makes the clock stand still at a time, or go again. */
export function stopClock(time: number | undefined): void {
  standing = time;
}
