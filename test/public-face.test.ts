import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as face from 'glovebox-cache';
import * as compilation from 'glovebox-cache/compilation';
import * as layout from 'glovebox-cache/layout';
import * as metrics from 'glovebox-cache/metrics';
import * as testing from 'glovebox-cache/testing';
import * as vitestFace from 'glovebox-cache/testing/vitest';
import * as warming from 'glovebox-cache/warming';
import { expect, test } from 'vitest';
import * as errors from '../src/errors.ts';

test('the package offers these names and no others', () => {
  const withoutErrors = Object.keys(face).filter((name) => !Object.hasOwn(errors, name));
  expect(withoutErrors.sort()).toEqual([
    'CacheKey',
    'DISK_CACHE_DEFAULTS',
    'DisabledCache',
    'DiskCacheManager',
    'TTL_DEFAULTS',
    'USER_CONFIG_DEFAULTS',
    'cleanupSharedCacheInstances',
    'createCacheFromUserConfig',
    'createDefaultCache',
    'createDiskCacheManager',
    'createUserConfig',
    'getAggregatedCacheStats',
    'getCacheInstanceCount',
    'getCacheInstanceKeys',
    'getSharedCacheInstance',
    'getSharedCacheInstances',
    'isCacheManager',
    'listTags',
    'resetSharedCacheInstances',
  ]);
});

test('every class of error is exported', () => {
  expect(face).toMatchObject(errors);
});

test('each domain offers these names and no others', () => {
  expect(Object.keys(compilation).sort()).toEqual([
    'ArchiveError',
    'BUILD_VARIABLES',
    'BuildError',
    'CompilationBuildCacheService',
    'PATH_VARIABLES',
    'WorkspaceError',
    'ZmkWestService',
    'ZmkWorkspaceCacheService',
    'createCompilationCacheService',
    'createZmkWestService',
  ]);
  expect(Object.keys(layout).sort()).toEqual(['LayoutError', 'LayoutService', 'createLayoutService']);
  expect(Object.keys(metrics).sort()).toEqual([
    'MONITORING_DEFAULTS',
    'MetricsService',
    'OPENMETRICS_CONTENT_TYPE',
    'SessionMetrics',
    'createMetricsService',
    'formatOpenMetrics',
    'getCacheDebugInfo',
    'getCachePerformanceReport',
    'monitorCachePerformance',
  ]);
  expect(Object.keys(warming).sort()).toEqual(['CacheWarmer', 'compilationTasks', 'layoutTasks']);
});

test('the testing entries offer these names and no others', () => {
  expect(Object.keys(testing).sort()).toEqual(['createTestCacheRoot', 'isolateCaches', 'withTestCache']);
  expect(Object.keys(vitestFace).sort()).toEqual(['isolateEachTest', 'testCacheRoot']);
});

test('the face itself holds re-exports only', () => {
  const source = readFileSync(fileURLToPath(new URL('../src/index.ts', import.meta.url)), 'utf8');
  const code = source.replace(/\/\*\*[\s\S]*?\*\//g, '').replace(/export (?:type )?\{[^}]*\} from '[^']+';/g, '');
  expect(code.trim()).toBe('');
});
