/**
 * The clock of a process, which can be set.
 */

const now = Date.now;
let ahead = 0;

Date.now = () => now() + ahead;

/** Sets the clock forward by so many milliseconds, or back. */
export function stepClock(milliseconds: number): void {
  ahead += milliseconds;
}
