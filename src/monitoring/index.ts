/**
 * How the caches of a process do; part of the entry `glovebox-cache/metrics`.
 */

export type { DebugSetting } from './configuration.ts';
export {
  type CacheDebugInfo,
  type DebugInstance,
  type DebugTag,
  getCacheDebugInfo,
} from './debug-info.ts';
export { type CacheMonitor, type MonitorLogger, type MonitorOptions, monitorCachePerformance } from './monitor.ts';
export {
  type CachePerformance,
  type CachePerformanceReport,
  getCachePerformanceReport,
  type PerformanceReportOptions,
  type Recommendation,
  type RecommendationCode,
  type SilentCache,
} from './performance-report.ts';
export { type HitRateThresholds, MONITORING_DEFAULTS } from './thresholds.ts';
