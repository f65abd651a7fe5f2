/**
 * Replaying a recorded run: its outputs, then what it printed.
 */

import type { BlobRef, BlobStore } from '../content/blob-store.ts';
import { createBreather } from '../content/breather.ts';
import { namesGitFolder } from '../content/find-files.ts';
import { RestoreError, StagedOutputs } from '../content/staged-outputs.ts';
import { artifactsOf } from './artifacts.ts';
import type { BuildTask, FinishedRun } from './build-task.ts';
import { runKey } from './keys.ts';
import { type Manifest, ManifestError, type OutputFile, outputBytes, parseManifest } from './manifest.ts';
import { playTranscript } from './transcript.ts';

/**
 * Replays the run if it is recorded, all of it is there, and no new one is asked for.
 * @returns `undefined` if there is nothing whole to replay; then every file is as it was, and nothing was printed.
 */
export async function replayRun(task: BuildTask): Promise<FinishedRun | undefined> {
  const manifest = await findRun(task);
  if (manifest === undefined) return undefined;
  const printed: Uint8Array[] = [];
  try {
    for (const blob of manifest.transcript.blobs) printed.push(await fetchBlob(task.blobs, blob));
    await restoreOutputs(task, manifest);
  } catch (error) {
    if (error instanceof MissingBlobError) return undefined;
    if (!(error instanceof RestoreError)) throw error;
    task.note(`the recorded run is not replayed: ${error.message}`);
    return undefined;
  }
  await playTranscript(manifest.transcript, printed, task.session);
  return {
    outcome: 'hit',
    exitCode: manifest.exitCode,
    signal: undefined,
    durationMs: manifest.durationMs,
    files: manifest.outputs.length,
    bytes: outputBytes(manifest),
    artifacts: artifactsOf(task.build.restoreFolder, manifest.outputs),
    notStored: undefined,
    startFailure: undefined,
  };
}

/** The record of a run that may be replayed, unless a new one is asked for. */
export async function findRun({
  build,
  fingerprint,
  cache,
  note,
}: Pick<BuildTask, 'build' | 'fingerprint' | 'cache' | 'note'>): Promise<Manifest | undefined> {
  if (build.refresh) return undefined;
  const record = await cache.get(runKey(fingerprint.key));
  if (record === undefined) return undefined;
  try {
    const manifest = parseManifest(record, namesGitFolder(build.outputs));
    if (build.requireOutputs && manifest.outputs.length === 0) return undefined;
    return manifest.exitCode === 0 || build.cacheFailures ? manifest : undefined;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    note(`the recorded run is refused: ${error.message}`);
    return undefined;
  }
}

async function restoreOutputs({ build, blobs, session }: BuildTask, manifest: Manifest): Promise<void> {
  const staged = new StagedOutputs(build.restoreFolder);
  const breathe = createBreather();
  try {
    for (const output of manifest.outputs) {
      await breathe();
      session.signal?.throwIfAborted();
      if (output.type === 'link') {
        staged.addLink(output.path, output.target);
        continue;
      }
      const { path, mode, size } = output;
      if (await staged.keepFile(path, mode, size, piecesOf(output, blobs))) continue;
      await staged.addFile(path, mode, async (write) => {
        for await (const piece of piecesOf(output, blobs)) write(piece);
      });
    }
    session.signal?.throwIfAborted();
  } catch (error) {
    staged.discard();
    throw error;
  }
  staged.commit();
}

/** A piece of the recorded run was evicted, has expired or is damaged, so that the run is no longer whole. */
class MissingBlobError extends Error {}

async function* piecesOf(output: OutputFile, blobs: BlobStore): AsyncGenerator<Uint8Array> {
  for (const blob of output.blobs) yield await fetchBlob(blobs, blob);
}

async function fetchBlob(blobs: BlobStore, blob: BlobRef): Promise<Uint8Array> {
  const bytes = await blobs.get(blob);
  if (bytes === undefined) throw new MissingBlobError();
  return bytes;
}
