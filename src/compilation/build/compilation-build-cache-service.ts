/**
 * Runs of commands, replayed from a cache instead of repeated.
 */

import type { CacheManager } from '../../cache-manager.ts';
import { CacheError, CacheTimeoutError } from '../../errors.ts';
import { BlobStore } from '../content/blob-store.ts';
import { type BuildRequest, checkBuildRequest } from './build-request.ts';
import type { BuildResult, BuildSession } from './build-session.ts';
import type { BuildTask, FinishedRun } from './build-task.ts';
import { takeFingerprint } from './fingerprint.ts';
import { runKey } from './keys.ts';
import { blobsOf } from './manifest.ts';
import { findRun, replayRun } from './replay-run.ts';
import { RunHistory } from './run-history.ts';
import { unlessAborted } from './unless-aborted.ts';

/** Options of a {@link CompilationBuildCacheService}. */
export interface CompilationBuildCacheOptions {
  /**
   * The longest wait, in seconds, for another process that is running the same build. After that the command is run
   * here too.
   * @default 3600 (one hour)
   */
  readonly lockTimeout?: number | undefined;
}

const DEFAULT_LOCK_TIMEOUT = 3600;

/**
 * Runs commands once and replays them afterwards: output files with their modes, stdout, stderr, exit code.
 *
 * - A run that anything is missing of, or that anything is wrong with, is not replayed: the command runs again. A cache
 *   that fails does not make a build fail.
 * - Two processes that ask for the same run at the same time: one runs the command, the other waits and replays it.
 * - A replay writes what was recorded and removes nothing. Files that the output patterns match but the recorded run
 *   did not have stay, as they would if the command ran again; deleting on the strength of a pattern such as `**` could
 *   cost somebody work, and a build that cleans up first leaves nothing to disagree about.
 * - If inputs changed while the command ran, its result belongs to neither state of them and is not recorded.
 */
export class CompilationBuildCacheService {
  /** Where runs are kept. */
  readonly cache: CacheManager;
  readonly #blobs: BlobStore;
  readonly #history: RunHistory;
  readonly #lockTimeout: number;

  /** @param cache where runs are kept; stays the caller's to close. */
  constructor(cache: CacheManager, options: CompilationBuildCacheOptions = {}) {
    this.cache = cache;
    this.#blobs = new BlobStore(cache);
    this.#history = new RunHistory(cache);
    this.#lockTimeout = options.lockTimeout ?? DEFAULT_LOCK_TIMEOUT;
  }

  /**
   * Replays the run that `request` describes, or runs and records it.
   *
   * Rejects with the reason of the session's `signal` if that stops it before the command was started.
   * @throws a {@link CacheArgumentError} if the request is wrong, or an input can't be read; nothing was run.
   */
  async run(request: BuildRequest, session: BuildSession): Promise<BuildResult> {
    const begun = performance.now();
    const build = checkBuildRequest(request);
    const fingerprint = await takeFingerprint(build, { signal: session.signal });
    const task: BuildTask = {
      build,
      fingerprint,
      session,
      note: notingOnce(session),
      cache: this.cache,
      blobs: this.#blobs,
    };
    for (const pattern of fingerprint.unmatched) task.note(`input ${JSON.stringify(pattern)} matches no file`);
    const explanation = session.explain ? await this.#history.explain(build, fingerprint) : undefined;
    await this.#remember(task);

    const { durationMs, ...finished } = (await replayRun(task)) ?? (await this.#runLocked(task));
    const elapsedMs = performance.now() - begun;
    const savedMs = finished.outcome === 'hit' ? Math.max(0, durationMs - elapsedMs) : 0;
    return { ...finished, elapsedMs, savedMs, explanation };
  }

  /**
   * Whether {@link CompilationBuildCacheService.run} would replay `request`: the run is on record, and all of it is
   * there. Reads no content, so damage that a replay would notice goes unnoticed.
   * @throws a {@link CacheArgumentError} if the request is wrong, or an input can't be read.
   * @throws the reason of `signal` if that aborts meanwhile.
   */
  async has(request: BuildRequest, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<boolean> {
    const build = checkBuildRequest(request);
    const fingerprint = await takeFingerprint(build, { signal });
    const manifest = await findRun({ build, fingerprint, cache: this.cache, note: () => {} });
    return manifest !== undefined && (await this.#blobs.hasAll(blobsOf(manifest)));
  }

  /** Runs the command while nobody else runs it, unless whoever did so just now has recorded it. */
  async #runLocked(task: BuildTask): Promise<FinishedRun> {
    const { session } = task;
    session.signal?.throwIfAborted();
    let hasEntered = false;
    let finished: FinishedRun | undefined;
    const locked = this.cache.withLock(
      runKey(task.fingerprint.key),
      async () => {
        session.signal?.throwIfAborted();
        hasEntered = true;
        finished = (await replayRun(task)) ?? (await runAndRecord(task));
        return finished;
      },
      { timeout: this.#lockTimeout, onWait: session.onWait },
    );
    try {
      return await unlessAborted(locked, session.signal, () => hasEntered);
    } catch (error) {
      // Giving the lock back failed; what was done under it stands.
      if (finished !== undefined) return finished;
      if (hasEntered || !(error instanceof CacheError)) throw error;
      task.note(
        error instanceof CacheTimeoutError
          ? `waited ${this.#lockTimeout} s for another run of this command; running it here too`
          : `running without keeping others from it: ${error.message}`,
      );
      return runAndRecord(task);
    }
  }

  async #remember({ build, fingerprint, note }: BuildTask): Promise<void> {
    try {
      await this.#history.remember(build, fingerprint);
    } catch (error) {
      if (!(error instanceof CacheError)) throw error;
      note(`this run is not remembered: ${error.message}`);
    }
  }
}

/** Loaded when a command is run: a replay is as quick as it can be. */
async function runAndRecord(task: BuildTask): Promise<FinishedRun> {
  const recording = await import('./record-run.ts');
  return recording.runAndRecord(task);
}

/** The record is looked at before and after waiting for the lock; what is wrong with it is told once. */
function notingOnce(session: BuildSession): (text: string) => void {
  const noted = new Set<string>();
  return (text) => {
    if (!noted.has(text)) session.onNote?.(text);
    noted.add(text);
  };
}
