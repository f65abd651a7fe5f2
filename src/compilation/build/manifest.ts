/**
 * The record of a run: what it printed, how it ended, and which pieces its outputs are made of.
 *
 * It is written after everything it refers to, and read as something a stranger may have written.
 */

import type { BlobRef } from '../content/blob-store.ts';
import { isInGitFolder } from '../content/inner-path.ts';
import { count, list, ManifestError, members, sumOf } from '../content/record.ts';
import { blobsIn, parseBlobs, parseTreeEntry, type TreeFile, type TreeLink } from '../content/tree.ts';
import { TreePathError, TreePaths } from '../content/tree-paths.ts';

/** One output. */
export type Output = TreeFile | TreeLink;

/** What a run wrote to stdout and stderr. */
export interface Transcript {
  /** Bytes written to stdout, then to stderr, then to stdout again, and so on. */
  readonly turns: readonly number[];
  /** All those bytes, in the order in which they came. */
  readonly blobs: readonly BlobRef[];
}

/** A recorded run. */
export interface Manifest {
  readonly version: 1;
  readonly exitCode: number;
  /** How long the command ran, in milliseconds. */
  readonly durationMs: number;
  readonly outputs: readonly Output[];
  readonly transcript: Transcript;
}

/** Every piece that `manifest` needs. */
export function* blobsOf(manifest: Manifest): Generator<BlobRef> {
  yield* manifest.transcript.blobs;
  yield* blobsIn(manifest.outputs);
}

/** The total length of the output files, in bytes. */
export function outputBytes(manifest: Manifest): number {
  return manifest.outputs.reduce((sum, output) => sum + (output.type === 'file' ? output.size : 0), 0);
}

/**
 * Checks that `value` is a manifest that can be replayed without harm.
 * @param gitAllowed whether outputs may lie in a Git folder.
 * @throws a {@link ManifestError} if it isn't.
 */
export function parseManifest(value: unknown, gitAllowed: boolean): Manifest {
  const { version, exitCode, durationMs, outputs, transcript } = members(value, 'the record');
  if (version !== 1) throw new ManifestError(`its version is ${JSON.stringify(version)}, not 1`);
  const manifest: Manifest = {
    version,
    exitCode: count(exitCode, 'exitCode', 255),
    durationMs: duration(durationMs),
    outputs: list(outputs, 'outputs').map(parseOutput),
    transcript: parseTranscript(transcript),
  };
  checkPaths(manifest.outputs, gitAllowed);
  return manifest;
}

function parseOutput(value: unknown): Output {
  const output = parseTreeEntry(value);
  if (output.type === 'folder') throw new ManifestError(`its output ${JSON.stringify(output.path)} is a folder`);
  return output;
}

function parseTranscript(value: unknown): Transcript {
  const { turns, blobs } = members(value, 'transcript');
  const lengths = list(turns, 'turns').map((turn) => count(turn, 'turns'));
  const pieces = parseBlobs(blobs);
  if (sumOf(pieces.map((blob) => blob.size)) !== sumOf(lengths))
    throw new ManifestError("its transcript doesn't add up");
  return { turns: lengths, blobs: pieces };
}

function checkPaths(outputs: readonly Output[], gitAllowed: boolean): void {
  const paths = new TreePaths();
  for (const { path, type } of outputs) {
    if (!gitAllowed && isInGitFolder(path)) throw new ManifestError(`its output ${JSON.stringify(path)} is Git's own`);
    try {
      paths.add(path, type);
    } catch (error) {
      if (!(error instanceof TreePathError)) throw error;
      throw new ManifestError(`its output ${error.message}`);
    }
  }
}

function duration(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new ManifestError('durationMs is not a duration');
}
