/**
 * What a scenario is: one operation, the state it starts from and the states it may leave.
 */

import type { DiskCacheManager } from '../../../src/disk/disk-cache-manager.ts';
import type { DiskCacheOptions } from '../../../src/disk/options.ts';
import type { TagLocation } from '../../support/store-files.ts';

/** What a key holds; `undefined` is a miss. */
export type Value = string | Uint8Array | undefined;

/** Keys and what they hold. */
export type Values = Readonly<Record<string, Value>>;

/** Where a victim does its work. */
export interface Workplace {
  readonly location: TagLocation;
  /** Opens the tag, as everybody in the scenario does. */
  open(options?: Partial<DiskCacheOptions>): DiskCacheManager;
}

/** One operation, to be struck at each of its system calls. */
export interface Scenario {
  readonly about: string;
  /** Options of every instance in the scenario. */
  readonly options?: Partial<DiskCacheOptions>;
  /** What every key holds before the operation. */
  readonly before: Values;
  /** The keys that the operation changes, and what they hold after it. */
  readonly changes: Values;
  /** Where keys that were there before may be evicted: how many must be left. */
  readonly keepsAtLeast?: number;
  /**
   * Two keys that others change in the middle of the operation: the first is set, the second deleted. Where they are
   * none that the operation is about, nothing is learned.
   */
  readonly contested: readonly [string, string];
  /** Makes the state before the operation; by default each key of `before` is set. */
  readonly seed?: (place: Workplace) => void;
  /** Keys that nobody reads beforehand, since their access times matter. */
  readonly untouched?: readonly string[];
  /** Whether the operation is to find something as it is that a listing of the keys would put right beforehand. */
  readonly asItIs?: boolean;
  /** Where the operation does the same thing over and over: of so many points one is tried. */
  readonly oneOf?: number;
  /** Whether entries are damaged before the operation. */
  readonly damaged?: boolean;
  /** Whether the victim comes to the operation without having read the index or any value. */
  readonly cold?: boolean;
  /** What the victim does before it can be struck. */
  readonly prepare?: (cache: DiskCacheManager) => void | Promise<void>;
  /** Whether opening the tag is part of the operation. */
  readonly unopened?: boolean;
  /** The operation. */
  readonly run: (cache: DiskCacheManager) => unknown;
  /** Whether the operation must never throw for a fault of the store, as reads must not. */
  readonly neverThrows?: boolean;
  /** What the operation returns when nothing goes wrong; anything else is a miss, or wrong. */
  readonly returns?: Value;
}

/** What a process does that is to know the tag: reads the index, and takes values into its memory. */
export function getToKnow(scenario: Scenario, cache: DiskCacheManager): void {
  if (!scenario.asItIs) cache.keysSync();
  for (const [key, value] of Object.entries(scenario.before)) {
    if (value !== undefined && !scenario.untouched?.includes(key)) cache.getSync(key);
  }
}

/** What others set a contested key to while the victim stands still. */
export const OVERTAKEN = 'overtaken';

/** Bytes come back as a `Buffer`. */
export function sameValue(found: unknown, expected: unknown): boolean {
  if (found instanceof Uint8Array && expected instanceof Uint8Array) return Buffer.compare(found, expected) === 0;
  return found === expected;
}

/** Values of a few bytes, one for each name. */
export function smallValues(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `the first ${name}`]));
}

/** The limit that a scenario gives its tag. */
export function limitOf(scenario: Scenario): number {
  return scenario.options?.maxSizeBytes ?? 50_000_000;
}

/** A workplace at a root. */
export function workplace(
  scenario: Scenario,
  cacheRoot: string,
  openCache: (options: DiskCacheOptions) => DiskCacheManager,
): Workplace {
  const location = { cacheRoot, tag: 'tag' };
  // Accesses are written in the scenarios that are about them: elsewhere they would come at chance moments.
  const common = {
    ...location,
    maxSizeBytes: limitOf(scenario),
    timeout: 8,
    atimeResolution: 3600,
    ...scenario.options,
  };
  return { location, open: (options = {}) => openCache({ ...common, ...options }) };
}
