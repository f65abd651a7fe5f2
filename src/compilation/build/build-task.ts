/**
 * One run on its way through the service.
 */

import type { CacheManager } from '../../cache-manager.ts';
import type { BlobStore } from '../content/blob-store.ts';
import type { CheckedBuildRequest } from './build-request.ts';
import type { BuildArtifact, BuildSession } from './build-session.ts';
import type { Fingerprint } from './fingerprint.ts';

/** What is asked for, by whom, and where runs are kept. */
export interface BuildTask {
  readonly build: CheckedBuildRequest;
  readonly fingerprint: Fingerprint;
  readonly session: BuildSession;
  /** Tells the user something, once however often it is told. */
  readonly note: (text: string) => void;
  readonly cache: CacheManager;
  readonly blobs: BlobStore;
}

/** How the run ended, replayed or not. */
export interface FinishedRun {
  readonly outcome: 'hit' | 'miss';
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | undefined;
  /** How long the command ran, now or when it was recorded, in milliseconds. */
  readonly durationMs: number;
  /** Outputs restored or recorded, and their length in bytes. */
  readonly files: number;
  readonly bytes: number;
  readonly artifacts: readonly BuildArtifact[];
  /** Why it was not recorded. */
  readonly notStored: string | undefined;
  /** Why the command could not be started. */
  readonly startFailure: string | undefined;
}
