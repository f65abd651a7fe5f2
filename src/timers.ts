/**
 * What timers can do.
 */

/** The longest that a timer can be set to, in milliseconds; a longer one would go off at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;
