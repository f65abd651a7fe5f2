/**
 * The build cache: runs of commands, replayed from a cache instead of repeated.
 */

export { type BuildCacheOptions, BuildCacheService } from './build-cache-service.ts';
export type { BuildRequest } from './build-request.ts';
export type { BuildResult, BuildSession } from './build-session.ts';
export type { FingerprintChange } from './fingerprint.ts';
export type { SendSignal } from './run-command.ts';
export type { Explanation } from './run-history.ts';
export type { OutputSink, OutputSinks } from './transcript.ts';
