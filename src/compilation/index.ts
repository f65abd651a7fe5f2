/**
 * The build cache: runs of commands, and builds of firmware, replayed from a cache instead of repeated.
 */

export type { BuildHistory, BuildRequest, BuildSettings } from './build/build-request.ts';
export type { BuildArtifact, BuildResult, BuildSession } from './build/build-session.ts';
export {
  type CompilationBuildCacheOptions,
  CompilationBuildCacheService,
} from './build/compilation-build-cache-service.ts';
export type { FingerprintChange } from './build/fingerprint.ts';
export type { SendSignal } from './build/run-command.ts';
export type { Explanation } from './build/run-history.ts';
export type { OutputSink, OutputSinks } from './build/transcript.ts';
export { BuildError, type BuildErrorDetails } from './west/build-error.ts';
export { BUILD_VARIABLES, PATH_VARIABLES } from './west/build-variables.ts';
export type { CompileOptions } from './west/compile-options.ts';
export { type ZmkWestOptions, ZmkWestService } from './west/zmk-west-service.ts';
