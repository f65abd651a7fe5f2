/**
 * One instance for each cache folder, shared by everybody in the process who asks for it.
 */

import { inspect } from 'node:util';
import type { SyncCacheManager } from './cache-manager.ts';
import { isSwitchedOff } from './config/environment.ts';
import { DisabledCache } from './disabled-cache.ts';
import { DiskCacheManager } from './disk/disk-cache-manager.ts';
import { realRoot } from './disk/files/root.ts';
import { type DiskCacheOptions, type ResolvedOptions, resolveOptions } from './disk/options.ts';
import { CacheArgumentError } from './errors.ts';
import { addCacheStats, type CacheStats } from './models.ts';

/** Options of {@link getSharedCacheInstance}. */
export interface SharedCacheOptions extends DiskCacheOptions {
  /**
   * `false` gives a {@link DisabledCache}, `true` a cache that stores whatever the environment says.
   * @default what `GLOVEBOX_CACHE_GLOBAL` and `GLOVEBOX_CACHE_<TAG>` say; without them, `true`
   */
  readonly enabled?: boolean | undefined;
}

/** A live shared instance and where it belongs. */
export interface SharedCacheInstance {
  /** The real path of the cache root. */
  readonly root: string;
  readonly tag: string;
  readonly instance: SyncCacheManager;
}

type SharedCache = DiskCacheManager | DisabledCache;

interface Registration {
  readonly root: string;
  readonly tag: string;
  readonly enabled: boolean;
  readonly reference: WeakRef<SharedCache>;
}

/** What an instance was opened with, and which of it callers were told that they can't change. */
interface Opening {
  readonly options: ResolvedOptions;
  readonly warned: Set<string>;
}

interface Registry {
  readonly registrations: Map<string, Registration>;
  /** Beside the instances and not in the registrations: a `clock` may well refer to what keeps its cache alive. */
  readonly openings: WeakMap<SharedCache, Opening>;
}

/**
 * Where the registry lies in the global object. A process can hold several copies of this package (its ESM and its
 * CommonJS form, two dependents' bundles), and each of them must find the others' instances. The number changes when
 * the shape of the registry, or what its instances can do, does.
 */
const REGISTRY: unique symbol = Symbol.for('glovebox-cache.registry.1');

function registry(): Registry {
  const holder: typeof globalThis & { [REGISTRY]?: Registry } = globalThis;
  holder[REGISTRY] ??= { registrations: new Map(), openings: new WeakMap() };
  return holder[REGISTRY];
}

/** Forgets instances that were collected; they give their descriptors back by themselves. */
const collected = new FinalizationRegistry<string>((id) => {
  const { registrations } = registry();
  if (registrations.get(id)?.reference.deref() === undefined) registrations.delete(id);
});

/**
 * The one instance for a cache root and a tag: whoever asks for the same real root and the same tag gets the same
 * object, as long as anybody holds it and nobody has closed it.
 *
 * Others hold the same object: don't close it, and don't bind it with `using`. Who drops it last lets it go.
 *
 * The options count for the call that opens the instance. A later call that asks for other values gets the instance as
 * it is and a process warning (code `WARN_CACHE_OPTIONS`), once for each option.
 * @throws a {@link CacheArgumentError}, {@link CacheTagError} if an option is wrong, also where the instance is open.
 * @throws a {@link CacheRootError}, {@link CacheOwnerError}, {@link CacheFormatError} if the folder can't be used.
 * @throws a {@link CacheConfigError} if `enabled` is not given and the environment's switch is neither on nor off.
 */
export function getSharedCacheInstance(options: SharedCacheOptions): SyncCacheManager {
  const { enabled: wanted, ...diskOptions } = options ?? {};
  const resolved = resolveOptions(options && diskOptions);
  const enabled = isEnabled(wanted, resolved.tag);
  const live = liveInstance(identify(realRoot(resolved.cacheRoot), resolved.tag, enabled));
  if (live !== undefined) {
    if (enabled) warnOfDifferences(live, options, resolved);
    return live;
  }
  return enabled ? openShared(diskOptions, resolved) : standIn(resolved);
}

function isEnabled(enabled: unknown, tag: string): boolean {
  if (enabled === undefined) return !isSwitchedOff(tag);
  if (typeof enabled === 'boolean') return enabled;
  throw new CacheArgumentError(`enabled must be true or false, got ${inspect(enabled, { depth: 0 })}`);
}

function openShared(options: DiskCacheOptions, resolved: ResolvedOptions): SyncCacheManager {
  const instance = new DiskCacheManager(options);
  return register(instance, instance.cacheRoot, true, resolved);
}

function standIn(resolved: ResolvedOptions): SyncCacheManager {
  return register(new DisabledCache(resolved), realRoot(resolved.cacheRoot), false, resolved);
}

function register(instance: SharedCache, root: string, enabled: boolean, options: ResolvedOptions): SyncCacheManager {
  const { registrations, openings } = registry();
  const id = identify(root, instance.tag, enabled);
  registrations.set(id, { root, tag: instance.tag, enabled, reference: new WeakRef(instance) });
  openings.set(instance, { options, warned: new Set() });
  collected.register(instance, id);
  return instance;
}

/** A disabled stand-in and a real cache of the same folder can be in use at the same time. */
function identify(root: string, tag: string, enabled: boolean): string {
  return JSON.stringify([root, tag, enabled]);
}

function liveInstance(id: string): SharedCache | undefined {
  const { registrations } = registry();
  const instance = registrations.get(id)?.reference.deref();
  if (instance !== undefined && !instance.closed) return instance;
  registrations.delete(id);
  return undefined;
}

const COMPARED = ['maxSizeBytes', 'timeout', 'memoryMaxBytes', 'atimeResolution', 'fsync', 'clock'] as const;

/** An option that is not given is no wish, so it can't be at odds with what the instance has. */
function warnOfDifferences(instance: SharedCache, options: SharedCacheOptions, wanted: ResolvedOptions): void {
  const opening = registry().openings.get(instance);
  if (opening === undefined) return;
  const given = { ...options, maxSizeBytes: options.maxSizeBytes ?? options.maxSizeGb };
  const ignored = COMPARED.filter(
    (name) => given[name] !== undefined && wanted[name] !== opening.options[name] && !opening.warned.has(name),
  );
  if (ignored.length === 0) return;
  for (const name of ignored) opening.warned.add(name);
  const list = ignored.map((name) => `${name} ${inspect(wanted[name])} (it has ${inspect(opening.options[name])})`);
  process.emitWarning(
    `glovebox-cache: the shared cache '${instance.tag}' in ${wanted.cacheRoot} is open already and keeps its options; ` +
      `ignored: ${list.join(', ')}. Give every caller the same options, or close the cache first.`,
    { type: 'CacheWarning', code: 'WARN_CACHE_OPTIONS' },
  );
}

/**
 * Closes every shared instance and forgets it, so that the next call opens a new one. What they stored stays.
 *
 * For tests and for a shutdown: whoever still holds such an instance can't use it any more.
 */
export function resetSharedCacheInstances(): void {
  const { registrations } = registry();
  const instances = [...registrations.values()].map(({ reference }) => reference.deref());
  registrations.clear();
  for (const instance of instances) instance?.closeSync();
}

/**
 * Runs {@link CacheManager.cleanup} on every shared instance, one after the other.
 * @returns the number of entries expired and evicted.
 * @throws what a cleanup threw, after all others had their turn; an `AggregateError` if several did.
 */
export async function cleanupSharedCacheInstances(): Promise<number> {
  let removed = 0;
  const failures: unknown[] = [];
  for (const { instance } of liveInstances()) {
    try {
      if (!instance.closed) removed += await instance.cleanup();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 1) throw new AggregateError(failures, `cleanup failed in ${failures.length} shared caches`);
  if (failures.length === 1) throw failures[0];
  return removed;
}

/** The number of shared instances that are open; disabled ones don't count, since they hold nothing. */
export function getCacheInstanceCount(): number {
  return liveInstances().length;
}

/** The tags of the shared instances that are open, each once, sorted. */
export function getCacheInstanceKeys(): string[] {
  return [...new Set(liveInstances().map(({ tag }) => tag))].sort();
}

/** The shared instances that are open, with the roots and tags they belong to. */
export function getSharedCacheInstances(): SharedCacheInstance[] {
  return liveInstances();
}

/** What a shared instance was opened with, defaults included; `undefined` for one that is not shared. */
export function optionsOfSharedInstance(instance: SyncCacheManager): Readonly<ResolvedOptions> | undefined {
  const { openings } = registry();
  const opened = liveInstances().find((live) => live.instance === instance);
  return opened && openings.get(opened.instance)?.options;
}

/** The figures of all open shared instances, added up. */
export async function getAggregatedCacheStats(): Promise<CacheStats> {
  const all: CacheStats[] = [];
  for (const { instance } of liveInstances()) {
    if (!instance.closed) all.push(await instance.getStats());
  }
  return addCacheStats(all);
}

function liveInstances(): { root: string; tag: string; instance: SharedCache }[] {
  return [...registry().registrations].flatMap(([id, { root, tag, enabled }]) => {
    const instance = liveInstance(id);
    return instance === undefined || !enabled ? [] : [{ root, tag, instance }];
  });
}
