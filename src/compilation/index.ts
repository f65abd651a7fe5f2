/**
 * Builds of firmware and the workspaces they need, kept in a cache.
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
export type { SignalName } from './build/signal-name.ts';
export type { OutputSink, OutputSinks } from './build/transcript.ts';
export { ArchiveError } from './content/archive-error.ts';
export type { ArchiveFormat } from './content/archive-format.ts';
export type { ProgressOptions, TreeProgress } from './content/progress.ts';
export { type CompilationCacheServices, createCompilationCacheService, createZmkWestService } from './create.ts';
export { BuildError, type BuildErrorDetails } from './west/build-error.ts';
export { BUILD_VARIABLES, PATH_VARIABLES } from './west/build-variables.ts';
export type { CompileOptions } from './west/compile-options.ts';
export { type ZmkWestOptions, ZmkWestService } from './west/zmk-west-service.ts';
export type {
  AddArchiveOptions,
  AddWorkspaceOptions,
  CleanupWorkspacesOptions,
  ExportWorkspaceOptions,
  FetchedWorkspace,
  FetchWorkspaceOptions,
  Workspace,
} from './workspace/workspace.ts';
export { type WorkspaceCacheOptions, ZmkWorkspaceCacheService } from './workspace/workspace-cache-service.ts';
export type { WorkspaceComponent } from './workspace/workspace-components.ts';
export { WorkspaceError } from './workspace/workspace-error.ts';
export type { WorkspaceLevel, WorkspaceName } from './workspace/workspace-name.ts';
export type { WorkspaceTtls } from './workspace/workspace-ttl.ts';
