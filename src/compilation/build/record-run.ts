/**
 * Running a command and recording what came of it.
 */

import { CacheError } from '../../errors.ts';
import type { BlobStore } from '../content/blob-store.ts';
import { findFiles } from '../content/find-files.ts';
import { artifactsOf } from './artifacts.ts';
import type { BuildTask, FinishedRun } from './build-task.ts';
import { CaptureError, captureOutputs } from './capture-outputs.ts';
import { compareFingerprints, takeFingerprint } from './fingerprint.ts';
import { runKey } from './keys.ts';
import { blobsOf, type Manifest, outputBytes } from './manifest.ts';
import { type CommandEnd, runCommand } from './run-command.ts';
import { type OutputSinks, TranscriptRecorder } from './transcript.ts';

const CACHE_IS_OFF = 'the cache is switched off';

type Recording = Pick<FinishedRun, 'files' | 'bytes' | 'artifacts' | 'notStored'>;

const NOTHING = { files: 0, bytes: 0, artifacts: [] } as const;

/** Runs the command and records the run if it may be replayed. The cache's failures are told, not thrown. */
export async function runAndRecord(task: BuildTask): Promise<FinishedRun> {
  const { build, blobs, session } = task;
  const recorder = new TranscriptRecorder((piece) => blobs.put(piece, build.ttl));
  const recorded = (stream: keyof OutputSinks) => async (bytes: Uint8Array) => {
    await recorder.add(stream, bytes);
    await session[stream](bytes);
  };
  const sinks = { stdout: recorded('stdout'), stderr: recorded('stderr') };
  const end = await runCommand(build, sinks, session.onStart);
  const { exitCode, signal, durationMs, startFailure } = end;
  return { outcome: 'miss', exitCode, signal, durationMs, startFailure, ...(await record(task, end, recorder)) };
}

async function record(task: BuildTask, end: CommandEnd, recorder: TranscriptRecorder): Promise<Recording> {
  const { build, fingerprint, cache, blobs, note } = task;
  try {
    const unfit = unfitness(task, end) ?? (await changeMeanwhile(task));
    if (unfit !== undefined) return { ...NOTHING, notStored: unfit };
    const { outputs, unmatched } = await captureOutputs(build, blobs);
    if (build.requireOutputs && outputs.length === 0) {
      return { ...NOTHING, notStored: 'it made no file that the output patterns name' };
    }
    for (const pattern of unmatched) note(`output ${JSON.stringify(pattern)} matches no file`);
    const { exitCode, durationMs } = end;
    const manifest: Manifest = { version: 1, exitCode, durationMs, outputs, transcript: await recorder.finish() };
    const sizes = {
      files: outputs.length,
      bytes: outputBytes(manifest),
      artifacts: artifactsOf(build.outputFolder, outputs),
    };
    // What was stored first may have had to make room for what was stored last.
    if (!(await blobs.hasAll(blobsOf(manifest)))) {
      const isOff = !(await keepsAnything(blobs));
      return {
        ...sizes,
        notStored: isOff ? CACHE_IS_OFF : 'the run made more than the limit of the cache; raise maxSizeBytes',
      };
    }
    const key = runKey(fingerprint.key);
    await cache.set(key, manifest, { ttl: build.ttl });
    return { ...sizes, notStored: (await cache.exists(key)) ? undefined : CACHE_IS_OFF };
  } catch (error) {
    if (!(error instanceof CacheError || error instanceof CaptureError)) throw error;
    return { ...NOTHING, notStored: error.message };
  }
}

/** A cache that doesn't keep even nothing is one that stores nothing. */
async function keepsAnything(blobs: BlobStore): Promise<boolean> {
  return blobs.hasAll([await blobs.put(new Uint8Array(), undefined)]);
}

/** Why a run that ended so must not be replayed. */
function unfitness({ build, session }: BuildTask, end: CommandEnd): string | undefined {
  if (end.startFailure !== undefined) return 'it did not start';
  if (end.signal !== undefined) return `it was ended by ${end.signal}`;
  if (session.signal?.aborted) return 'it was interrupted';
  if (end.exitCode !== 0 && !build.cacheFailures) return `exit code ${end.exitCode}`;
  if (end.wasCutShort) return 'its output was not read to the end';
  return undefined;
}

/** Which inputs changed while the command ran: its result then belongs to neither state of them. */
async function changeMeanwhile({ build, fingerprint }: BuildTask): Promise<string | undefined> {
  const after = await takeFingerprint(build, { earlier: fingerprint });
  if (after.key === fingerprint.key) return undefined;
  const changed = compareFingerprints(fingerprint.record, after.record).map((change) => change.name);
  const outputs = await findFiles(build.outputs, {
    cwd: build.outputFolder,
    ignore: build.ignore,
    links: 'keep',
  });
  const written = changed.find((name) => outputs.paths.includes(name));
  if (written !== undefined) {
    return `it wrote ${written}, which is an input as well as an output; exclude it from the inputs with '!'`;
  }
  const more = changed.length > 1 ? ` and ${changed.length - 1} more` : '';
  return `inputs changed while it ran: ${changed[0]}${more}`;
}
