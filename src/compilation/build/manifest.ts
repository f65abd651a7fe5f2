/**
 * The record of a run: what it printed, how it ended, and which pieces its outputs are made of.
 *
 * It is written after everything it refers to, and read as something a stranger may have written.
 */

import { BLOB_BYTES, type BlobRef } from '../content/blob-store.ts';
import { isInGitFolder, isInnerLink, isInnerPath } from '../content/output-path.ts';

/** An output that is a file. */
export interface OutputFile {
  readonly type: 'file';
  /** Relative to the working folder, `/` between the parts. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  readonly blobs: readonly BlobRef[];
}

/** An output that is a symbolic link. */
export interface OutputLink {
  readonly type: 'link';
  /** Relative to the working folder, `/` between the parts. */
  readonly path: string;
  /** Where it leads, relative to the link's folder. */
  readonly target: string;
}

/** One output. */
export type Output = OutputFile | OutputLink;

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
  for (const output of manifest.outputs) if (output.type === 'file') yield* output.blobs;
}

/** The total length of the output files, in bytes. */
export function outputBytes(manifest: Manifest): number {
  return manifest.outputs.reduce((sum, output) => sum + (output.type === 'file' ? output.size : 0), 0);
}

/** A recorded run that must not be replayed; the message says what is wrong with it. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
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
  const { type, path, mode, size, blobs, target } = members(value, 'an output');
  if (typeof path !== 'string' || !isInnerPath(path)) {
    throw new ManifestError(`its output path ${JSON.stringify(path)} leaves the working folder`);
  }
  if (type === 'link') {
    if (typeof target === 'string' && isInnerLink(path, target)) return { type, path, target };
    throw new ManifestError(`its link ${JSON.stringify(path)} leads out of the working folder`);
  }
  if (type !== 'file') throw new ManifestError(`its output ${JSON.stringify(path)} is of no known type`);
  const pieces = parseBlobs(blobs);
  const total = count(size, 'size');
  if (sumOf(pieces.map((blob) => blob.size)) !== total) {
    throw new ManifestError(`the pieces of ${JSON.stringify(path)} don't add up`);
  }
  return { type, path, mode: count(mode, 'mode', 0o777), size: total, blobs: pieces };
}

function parseTranscript(value: unknown): Transcript {
  const { turns, blobs } = members(value, 'transcript');
  const lengths = list(turns, 'turns').map((turn) => count(turn, 'turns'));
  const pieces = parseBlobs(blobs);
  if (sumOf(pieces.map((blob) => blob.size)) !== sumOf(lengths))
    throw new ManifestError("its transcript doesn't add up");
  return { turns: lengths, blobs: pieces };
}

function parseBlobs(value: unknown): BlobRef[] {
  return list(value, 'blobs').map((item) => {
    const { hash, size } = members(item, 'a blob');
    if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) throw new ManifestError('a blob has no hash');
    return { hash, size: count(size, 'size', BLOB_BYTES) };
  });
}

function checkPaths(outputs: readonly Output[], gitAllowed: boolean): void {
  const paths = new Set<string>();
  for (const { path } of outputs) {
    if (paths.has(path)) throw new ManifestError(`its output ${JSON.stringify(path)} is there twice`);
    if (!gitAllowed && isInGitFolder(path)) throw new ManifestError(`its output ${JSON.stringify(path)} is Git's own`);
    paths.add(path);
  }
  // A link that another output lies "in" would lead the writing of that one elsewhere.
  for (const { path } of outputs) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (paths.has(path.slice(0, end))) throw new ManifestError(`its output ${JSON.stringify(path)} lies in another`);
    }
  }
}

function members(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value));
  throw new ManifestError(`${what} is not an object`);
}

function list(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ManifestError(`${what} is not a list`);
}

function count(value: unknown, what: string, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new ManifestError(`${what} is not a whole number from 0 to ${most}`);
}

function duration(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new ManifestError('durationMs is not a duration');
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
