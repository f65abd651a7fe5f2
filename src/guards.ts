/**
 * What values are that come from outside, asked at run time.
 */

import { CacheArgumentError } from './errors.ts';

/** Whether `value` is an object with members, and not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether `value` is a positive finite number. */
export function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

/** @throws a {@link CacheArgumentError} unless `value` is a positive finite number. */
export function positive(name: string, value: unknown, unit: string): number {
  if (isPositive(value)) return value;
  throw new CacheArgumentError(`${name} must be a positive finite number of ${unit}, got ${shown(value)}`);
}

/** What an argument was, in a few words. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
