/** Actions on the keys that have a number. */

import type { Action } from './contestant.ts';
import { keyFor, valueFor } from './values.ts';

/** Sets the value that belongs to the key of a number. */
export function setOf(index: number, size: number, ttl?: number): Action {
  const action = { operation: 'set', key: keyFor(index), value: valueFor(index, size) } as const;
  return ttl === undefined ? action : { ...action, ttl };
}

/** Gets the value that belongs to the key of a number. */
export function getOf(index: number, size: number): Action & { operation: 'get' } {
  return { operation: 'get', key: keyFor(index), expected: valueFor(index, size) };
}
