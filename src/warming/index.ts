/**
 * Warming: filling caches ahead of need.
 *
 * @packageDocumentation
 */

export { CacheWarmer, type CacheWarmerOptions, type WarmingOptions } from './cache-warmer.ts';
export { type CompilationProfile, compilationTasks } from './compilation-tasks.ts';
export { layoutTasks } from './layout-tasks.ts';
export type {
  WarmingFailure,
  WarmingOutcome,
  WarmingProgress,
  WarmingReport,
  WarmingTask,
} from './warming-task.ts';
