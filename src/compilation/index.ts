/**
 * The build cache: runs of commands, replayed from a cache instead of repeated.
 */

export type { BuildRequest } from './build/build-request.ts';
export type { BuildResult, BuildSession } from './build/build-session.ts';
export {
  type CompilationBuildCacheOptions,
  CompilationBuildCacheService,
} from './build/compilation-build-cache-service.ts';
export type { FingerprintChange } from './build/fingerprint.ts';
export type { SendSignal } from './build/run-command.ts';
export type { Explanation } from './build/run-history.ts';
export type { OutputSink, OutputSinks } from './build/transcript.ts';
