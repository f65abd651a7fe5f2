/**
 * What a stored session of a program says about its caches. Whoever can write the cache can have written it, so nothing
 * is believed that was not looked at.
 */

import { assertTag } from '../../../disk/files/root.ts';
import { CacheTagError } from '../../../errors.ts';
import { SESSION_VERSION } from '../../../metrics/stored-session.ts';

/** The longest value that is read as one, in bytes: memory goes with it. */
export const LONGEST_SESSION = 16 * 2 ** 20;

/** How the caches of a program did while it ran. */
export interface StoredSession {
  /** When it began, in milliseconds since the epoch. */
  readonly started: number;
  readonly caches: readonly SessionCache[];
}

/** How one of them did. */
export interface SessionCache {
  readonly tag: string;
  readonly hits: number;
  readonly misses: number;
  readonly operations: number;
  readonly errors: number;
}

/** What a value says, if it is a session of the version that is known here. */
export function readSession(value: unknown): StoredSession | undefined {
  if (!isRecord(value) || value['version'] !== SESSION_VERSION) return undefined;
  const started = timeIn(value['started']);
  if (started === undefined || !isRecord(value['caches'])) return undefined;
  const caches = Object.entries(value['caches']).map(([tag, figures]) => readCache(tag, figures));
  if (!caches.every((cache) => cache !== undefined)) return undefined;
  return { started, caches };
}

function readCache(tag: string, figures: unknown): SessionCache | undefined {
  if (!isTag(tag) || !isRecord(figures)) return undefined;
  const { hits, misses, operations, errors } = figures;
  if (!isCount(hits) || !isCount(misses) || !isCount(operations) || !isCount(errors)) return undefined;
  return { tag, hits, misses, operations, errors };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isTag(text: string): boolean {
  try {
    assertTag(text);
    return true;
  } catch (error) {
    if (error instanceof CacheTagError) return false;
    throw error;
  }
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

function timeIn(text: unknown): number | undefined {
  if (typeof text !== 'string' || !ISO_TIME.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
