import { expectTypeOf, test } from 'vitest';
import {
  type CompilationBuildCacheService,
  createCompilationCacheService,
  type FetchedWorkspace,
  type ZmkWorkspaceCacheService,
} from '../src/compilation/index.ts';
import {
  CacheKey,
  type CacheKeyLike,
  type CacheManager,
  type CacheMetadata,
  type CacheStats,
  type ConfiguredCacheOptions,
  createCacheFromUserConfig,
  createDefaultCache,
  createDiskCacheManager,
  createUserConfig,
  DisabledCache,
  DiskCacheManager,
  type DiskCacheOptions,
  getAggregatedCacheStats,
  getCacheInstanceKeys,
  getSharedCacheInstance,
  isCacheManager,
  type JsonValue,
  type SharedCacheOptions,
  type SyncCacheManager,
  type UserConfig,
} from '../src/index.ts';

declare const cache: SyncCacheManager;

test('a value is unknown until the caller says what it is', () => {
  expectTypeOf(cache.get('key')).resolves.toBeUnknown();
  expectTypeOf(cache.get<string>('key')).resolves.toEqualTypeOf<string | undefined>();
  expectTypeOf(cache.getSync('key')).toBeUnknown();
  expectTypeOf(cache.getSync<number>('key')).toEqualTypeOf<number | undefined>();
});

test('a default takes undefined away', () => {
  expectTypeOf(cache.get('key', 1)).resolves.toEqualTypeOf<number>();
  expectTypeOf(cache.get<string | null>('key', null)).resolves.toEqualTypeOf<string | null>();
  expectTypeOf(cache.getSync('key', 'text')).toEqualTypeOf<string>();
});

test('a key is a string, a CacheKey, or what JSON can say in an object or an array', () => {
  expectTypeOf<string>().toExtend<CacheKeyLike>();
  expectTypeOf<CacheKey>().toExtend<CacheKeyLike>();
  expectTypeOf<{ a: number; b: { c: (string | null)[] } }>().toExtend<CacheKeyLike>();
  expectTypeOf<readonly [string, number]>().toExtend<CacheKeyLike>();
  expectTypeOf<number>().not.toExtend<CacheKeyLike>();
  expectTypeOf<null>().not.toExtend<CacheKeyLike>();
  expectTypeOf<undefined>().not.toExtend<CacheKeyLike>();
  expectTypeOf<{ when: Date }>().not.toExtend<CacheKeyLike>();
  expectTypeOf<() => void>().not.toExtend<CacheKeyLike>();
  expectTypeOf<{ a: readonly JsonValue[] }>().toExtend<JsonValue>();
});

test('an object literal is a key without an assertion', () => {
  expectTypeOf(cache.getSync).toBeCallableWith({ a: 1, b: ['x', null, true] });
  expectTypeOf(cache.setSync).toBeCallableWith(['user', 1], new Map(), { ttl: 60 });
  expectTypeOf(cache.deleteMany).toBeCallableWith(new Set(['a', 'b']));
});

test('both kinds of cache speak the whole protocol, synchronous twins included', () => {
  expectTypeOf<DiskCacheManager>().toExtend<SyncCacheManager>();
  expectTypeOf<DisabledCache>().toExtend<SyncCacheManager>();
  expectTypeOf<SyncCacheManager>().toExtend<CacheManager & AsyncDisposable & Disposable>();
  expectTypeOf(DisabledCache).toBeConstructibleWith({ tag: 'layout' });
  expectTypeOf(DisabledCache).toBeConstructibleWith();
  expectTypeOf(DiskCacheManager).toBeConstructibleWith({ cacheRoot: '/cache' });
});

test('every method that all caches have has a synchronous twin with the same arguments and result', () => {
  type Name = Exclude<
    keyof CacheManager,
    'get' | 'withLock' | 'copyToFile' | 'maxSizeBytes' | typeof Symbol.asyncDispose
  >;
  type Twin<N extends Name> = CacheManager[N] extends (...args: infer A) => Promise<infer R>
    ? (...args: A) => R
    : never;
  type Twins = { [N in Name as `${N}Sync`]: Twin<N> };
  expectTypeOf<Pick<SyncCacheManager, keyof Twins>>().toEqualTypeOf<Twins>();
});

test('withLock gives what the action gives, promised or not', () => {
  expectTypeOf(cache.withLock('key', () => 1)).resolves.toEqualTypeOf<number>();
  expectTypeOf(cache.withLock('key', async () => 'text')).resolves.toEqualTypeOf<string>();
});

test('the check narrows', () => {
  const candidate: unknown = cache;
  if (isCacheManager(candidate)) expectTypeOf(candidate).toEqualTypeOf<CacheManager>();
});

test('figures can be read and not written', () => {
  expectTypeOf<CacheStats['hitRate']>().toEqualTypeOf<number>();
  expectTypeOf<CacheMetadata['created']>().toEqualTypeOf<Date>();
  expectTypeOf<CacheMetadata['ttl']>().toEqualTypeOf<number | undefined>();
  expectTypeOf<Readonly<CacheStats>>().toEqualTypeOf<CacheStats>();
  expectTypeOf<Readonly<CacheMetadata>>().toEqualTypeOf<CacheMetadata>();
  expectTypeOf(getAggregatedCacheStats).returns.resolves.toEqualTypeOf<CacheStats>();
});

test('every way to open a cache gives the protocol', () => {
  expectTypeOf(getSharedCacheInstance).parameters.toEqualTypeOf<[SharedCacheOptions]>();
  expectTypeOf(getSharedCacheInstance).returns.toEqualTypeOf<SyncCacheManager>();
  expectTypeOf(createDefaultCache).parameter(0).toEqualTypeOf<ConfiguredCacheOptions | undefined>();
  expectTypeOf(createDefaultCache).toBeCallableWith();
  expectTypeOf(createDefaultCache).returns.toEqualTypeOf<SyncCacheManager>();
  expectTypeOf(createCacheFromUserConfig).returns.toEqualTypeOf<SyncCacheManager>();
  expectTypeOf(createDiskCacheManager).returns.toEqualTypeOf<DiskCacheManager>();
  expectTypeOf(getCacheInstanceKeys).returns.toEqualTypeOf<string[]>();
});

test('options may be undefined, and the root must be there', () => {
  expectTypeOf<{ cacheRoot: string; tag: undefined; maxSizeGb: number | undefined }>().toExtend<DiskCacheOptions>();
  expectTypeOf<{ tag: string }>().not.toExtend<DiskCacheOptions>();
  expectTypeOf<'cacheRoot'>().not.toExtend<keyof ConfiguredCacheOptions>();
});

test('a configuration is complete', () => {
  expectTypeOf(createUserConfig()).toEqualTypeOf<UserConfig>();
  expectTypeOf<UserConfig['cacheStrategy']>().toEqualTypeOf<'shared' | 'disabled'>();
  expectTypeOf<Required<Omit<UserConfig, 'ttls'>>>().toEqualTypeOf<Omit<UserConfig, 'ttls'>>();
});

test('a CacheKey is made by name, and its parts are read-only', () => {
  expectTypeOf(CacheKey.fromParts).toBeCallableWith('namespace', 'category', 'identifier');
  expectTypeOf(CacheKey.fromParts).toBeCallableWith('namespace', 'category', 'identifier', 'version');
  expectTypeOf(CacheKey.fromFile).returns.resolves.toEqualTypeOf<CacheKey>();
  expectTypeOf<CacheKey['version']>().toEqualTypeOf<string | undefined>();
  type Parts = Pick<CacheKey, 'namespace' | 'category' | 'identifier' | 'version'>;
  expectTypeOf<Readonly<Parts>>().toEqualTypeOf<Parts>();
});

test('the services of compilation come in a fixed order, with their cache', () => {
  expectTypeOf(createCompilationCacheService).returns.toEqualTypeOf<
    readonly [SyncCacheManager, ZmkWorkspaceCacheService, CompilationBuildCacheService]
  >();
  expectTypeOf<ZmkWorkspaceCacheService['restore']>().returns.resolves.toEqualTypeOf<FetchedWorkspace>();
  expectTypeOf<Extract<FetchedWorkspace, { outcome: 'miss' }>['reason']>().toBeString();
});
