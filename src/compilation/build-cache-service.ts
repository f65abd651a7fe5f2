/**
 * Runs of commands, replayed from a cache instead of repeated.
 */

import type { CacheManager } from '../cache-manager.ts';
import { CacheError, CacheTimeoutError } from '../errors.ts';
import { type BlobRef, BlobStore } from './blob-store.ts';
import { type BuildRequest, type CheckedBuildRequest, checkBuildRequest } from './build-request.ts';
import type { BuildResult, BuildSession } from './build-session.ts';
import { CaptureError, captureOutputs } from './capture-outputs.ts';
import { findFiles, namesGitFolder } from './find-files.ts';
import { compareFingerprints, type Fingerprint, takeFingerprint } from './fingerprint.ts';
import { runKey } from './keys.ts';
import { blobsOf, type Manifest, ManifestError, outputBytes, parseManifest } from './manifest.ts';
import { type CommandEnd, runCommand } from './run-command.ts';
import { RunHistory } from './run-history.ts';
import { RestoreError, StagedOutputs } from './staged-outputs.ts';
import { type OutputSinks, playTranscript, TranscriptRecorder } from './transcript.ts';

/** Options of a {@link BuildCacheService}. */
export interface BuildCacheOptions {
  /**
   * The longest wait, in seconds, for another process that is running the same build. After that the command is run
   * here too.
   * @default 3600 (one hour)
   */
  readonly lockTimeout?: number | undefined;
}

interface StoredRun {
  readonly files: number;
  readonly bytes: number;
  readonly notStored: string | undefined;
}

interface FinishedRun extends StoredRun {
  readonly outcome: 'hit' | 'miss';
  readonly exitCode: number;
  /** How long the command ran, now or when it was recorded, in milliseconds. */
  readonly durationMs: number;
  readonly startFailure: string | undefined;
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
export class BuildCacheService {
  readonly #cache: CacheManager;
  readonly #blobs: BlobStore;
  readonly #history: RunHistory;
  readonly #lockTimeout: number;

  /** @param cache where runs are kept; stays the caller's to close. */
  constructor(cache: CacheManager, options: BuildCacheOptions = {}) {
    this.#cache = cache;
    this.#blobs = new BlobStore(cache);
    this.#history = new RunHistory(cache);
    this.#lockTimeout = options.lockTimeout ?? DEFAULT_LOCK_TIMEOUT;
  }

  /**
   * Replays the run that `request` describes, or runs and records it.
   *
   * Rejects with the reason of `session.signal` if that stops it before the command was started.
   * @throws {@link CacheArgumentError} if the request is wrong, or an input can't be read; nothing was run.
   */
  async run(request: BuildRequest, session: BuildSession): Promise<BuildResult> {
    const begun = performance.now();
    const build = checkBuildRequest(request);
    const fingerprint = await takeFingerprint(build);
    for (const pattern of fingerprint.unmatched) session.onNote?.(`input ${JSON.stringify(pattern)} matches no file`);
    const explanation = session.explain ? await this.#history.explain(build, fingerprint) : undefined;
    await this.#remember(build, fingerprint, session);

    const finished = await this.#replayOrRun(build, fingerprint, session);
    const elapsedMs = performance.now() - begun;
    const savedMs = finished.outcome === 'hit' ? Math.max(0, finished.durationMs - elapsedMs) : 0;
    const { outcome, exitCode, files, bytes, notStored, startFailure } = finished;
    return { outcome, exitCode, files, bytes, elapsedMs, savedMs, notStored, startFailure, explanation };
  }

  async #replayOrRun(
    build: CheckedBuildRequest,
    fingerprint: Fingerprint,
    session: BuildSession,
  ): Promise<FinishedRun> {
    const early = await this.#replay(build, fingerprint, session);
    if (early !== undefined) return early;
    let hasEntered = false;
    let finished: FinishedRun | undefined;
    const locked = this.#cache.withLock(
      runKey(fingerprint.key),
      async () => {
        if (session.signal?.aborted) throw session.signal.reason;
        hasEntered = true;
        // Whoever had the lock before may have recorded this very run.
        finished =
          (await this.#replay(build, fingerprint, session)) ?? (await this.#runAndStore(build, fingerprint, session));
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
      session.onNote?.(
        error instanceof CacheTimeoutError
          ? `waited ${this.#lockTimeout} s for another run of this command, running it here too`
          : `running without a lock: ${error.message}`,
      );
      return this.#runAndStore(build, fingerprint, session);
    }
  }

  /** @returns `undefined` if there is nothing whole to replay; then nothing was touched. */
  async #replay(
    build: CheckedBuildRequest,
    fingerprint: Fingerprint,
    session: BuildSession,
  ): Promise<FinishedRun | undefined> {
    const manifest = await this.#findRun(build, fingerprint, session);
    if (manifest === undefined) return undefined;
    const printed: Uint8Array[] = [];
    for (const blob of manifest.transcript.blobs) {
      const piece = await this.#blobs.get(blob);
      if (piece === undefined) return undefined;
      printed.push(piece);
    }
    if (!(await this.#restore(build.cwd, manifest, session))) return undefined;
    await playTranscript(manifest.transcript, printed, session);
    return {
      outcome: 'hit',
      exitCode: manifest.exitCode,
      durationMs: manifest.durationMs,
      files: manifest.outputs.length,
      bytes: outputBytes(manifest),
      notStored: undefined,
      startFailure: undefined,
    };
  }

  async #findRun(
    build: CheckedBuildRequest,
    fingerprint: Fingerprint,
    session: BuildSession,
  ): Promise<Manifest | undefined> {
    const record = await this.#cache.get(runKey(fingerprint.key));
    if (record === undefined) return undefined;
    try {
      const manifest = parseManifest(record, namesGitFolder(build.outputs));
      return manifest.exitCode === 0 || build.cacheFailures ? manifest : undefined;
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      session.onNote?.(`the recorded run is refused: ${error.message}`);
      return undefined;
    }
  }

  async #restore(cwd: string, manifest: Manifest, session: BuildSession): Promise<boolean> {
    const staged = new StagedOutputs(cwd);
    try {
      for (const output of manifest.outputs) {
        session.signal?.throwIfAborted();
        if (output.type === 'link') staged.addLink(output.path, output.target);
        else await staged.addFile(output.path, output.mode, (write) => this.#fill(output.blobs, write));
      }
      session.signal?.throwIfAborted();
    } catch (error) {
      staged.discard();
      return refuse(error, session);
    }
    try {
      staged.commit();
      return true;
    } catch (error) {
      return refuse(error, session);
    }
  }

  async #fill(blobs: readonly BlobRef[], write: (bytes: Uint8Array) => void): Promise<void> {
    for (const blob of blobs) {
      const bytes = await this.#blobs.get(blob);
      if (bytes === undefined) throw new MissingBlobError();
      write(bytes);
    }
  }

  async #runAndStore(
    build: CheckedBuildRequest,
    fingerprint: Fingerprint,
    session: BuildSession,
  ): Promise<FinishedRun> {
    const recorder = new TranscriptRecorder((piece) => this.#blobs.put(piece, build.ttl));
    const record = (stream: keyof OutputSinks) => async (bytes: Uint8Array) => {
      await recorder.add(stream, bytes);
      await session[stream](bytes);
    };
    const end = await runCommand(build, { stdout: record('stdout'), stderr: record('stderr') }, session.onStart);
    const stored = await this.#store(build, fingerprint, session, end, recorder);
    const { exitCode, durationMs, startFailure } = end;
    return { outcome: 'miss', exitCode, durationMs, startFailure, ...stored };
  }

  async #store(
    build: CheckedBuildRequest,
    fingerprint: Fingerprint,
    session: BuildSession,
    end: CommandEnd,
    recorder: TranscriptRecorder,
  ): Promise<StoredRun> {
    try {
      const unfit = whyNotStored(build, session, end) ?? (await whatChanged(build, fingerprint));
      if (unfit !== undefined) return { files: 0, bytes: 0, notStored: unfit };
      const { outputs, unmatched } = await captureOutputs(build, this.#blobs);
      for (const pattern of unmatched) session.onNote?.(`output ${JSON.stringify(pattern)} matches no file`);
      const manifest: Manifest = {
        version: 1,
        exitCode: end.exitCode,
        durationMs: end.durationMs,
        outputs,
        transcript: await recorder.finish(),
      };
      const sizes = { files: outputs.length, bytes: outputBytes(manifest) };
      // What was stored first may have had to make room for what was stored last.
      if (!(await this.#blobs.hasAll(blobsOf(manifest)))) {
        return { ...sizes, notStored: 'the cache is switched off, or too small for what the run made' };
      }
      await this.#cache.set(runKey(fingerprint.key), manifest, { ttl: build.ttl });
      return { ...sizes, notStored: undefined };
    } catch (error) {
      if (!(error instanceof CacheError || error instanceof CaptureError)) throw error;
      return { files: 0, bytes: 0, notStored: error.message };
    }
  }

  async #remember(build: CheckedBuildRequest, fingerprint: Fingerprint, session: BuildSession): Promise<void> {
    try {
      await this.#history.remember(build, fingerprint);
    } catch (error) {
      if (!(error instanceof CacheError)) throw error;
      session.onNote?.(`this run is not remembered: ${error.message}`);
    }
  }
}

/** A piece of the recorded run is gone or damaged: it is a miss. */
class MissingBlobError extends Error {}

/** What to do when a restore did not succeed: run the command, unless the restore was stopped. */
function refuse(error: unknown, session: BuildSession): false {
  if (error instanceof MissingBlobError) return false;
  if (!(error instanceof RestoreError)) throw error;
  session.onNote?.(`the recorded run is not replayed: ${error.message}`);
  return false;
}

function whyNotStored(build: CheckedBuildRequest, session: BuildSession, end: CommandEnd): string | undefined {
  if (end.startFailure !== undefined) return 'it did not start';
  if (end.signal !== undefined) return `it was ended by ${end.signal}`;
  if (session.signal?.aborted) return 'it was interrupted';
  if (end.exitCode !== 0 && !build.cacheFailures) return `exit code ${end.exitCode}`;
  if (end.wasCutShort) return 'its output was not read to the end';
  return undefined;
}

async function whatChanged(build: CheckedBuildRequest, fingerprint: Fingerprint): Promise<string | undefined> {
  const after = await takeFingerprint(build, fingerprint);
  if (after.key === fingerprint.key) return undefined;
  const changed = compareFingerprints(fingerprint.record, after.record).map((change) => change.name);
  const outputs = await findFiles(build.outputs, { cwd: build.cwd, ignore: build.ignore, links: 'keep' });
  const written = changed.find((name) => outputs.paths.includes(name));
  if (written !== undefined)
    return `it wrote ${written}, which is an input as well as an output; exclude it from the inputs with '!'`;
  const more = changed.length > 1 ? ` and ${changed.length - 1} more` : '';
  return `inputs changed while it ran: ${changed[0]}${more}`;
}

/** Settles as `work` does, or rejects when `signal` aborts before `isUnderWay`. */
async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  isUnderWay: () => boolean,
): Promise<T> {
  if (signal === undefined) return work;
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      if (!isUnderWay()) reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
