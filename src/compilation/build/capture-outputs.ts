/**
 * From the files a command made to their record.
 */

import { dirname, join, sep } from 'node:path';
import fs from 'fs-extra';
import { CacheError } from '../../errors.ts';
import { BLOB_BYTES, type BlobRef, type BlobStore } from '../content/blob-store.ts';
import { createBreather } from '../content/breather.ts';
import { findFiles } from '../content/find-files.ts';
import { isInnerLink } from '../content/output-path.ts';
import type { CheckedBuildRequest } from './build-request.ts';
import type { Output } from './manifest.ts';

/** The outputs cannot be recorded; the message says which and why. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
}

/** What was found of the outputs. */
export interface CapturedOutputs {
  readonly outputs: readonly Output[];
  /** Output patterns that named no file. */
  readonly unmatched: readonly string[];
}

/**
 * Records every file that the output patterns name, whether this run made it or found it up to date: incremental builds
 * leave alone what needs no change, and a replay without those files would not be whole.
 * @throws a {@link CaptureError} if an output lies, or leads, outside the working folder, or changes meanwhile.
 * @throws what {@link BlobStore.put} throws.
 */
export async function captureOutputs(build: CheckedBuildRequest, blobs: BlobStore): Promise<CapturedOutputs> {
  const { outputFolder: cwd, ignore, ttl } = build;
  const { paths, unmatched } = await findFiles(build.outputs, { cwd, ignore, links: 'keep' });
  const isInside = insideCheck(cwd);
  const breathe = createBreather();
  const outputs: Output[] = [];
  for (const path of paths) {
    try {
      if (isLinkToNamedFolder(build, path)) {
        throw new CaptureError(`output ${path} is a link to a folder; name the folder that it leads to instead`);
      }
      if (!isInside(path)) throw new CaptureError(`output ${path} lies outside the working folder, behind a link`);
      const output = await captureOutput(cwd, path, (piece) => blobs.put(piece, ttl));
      if (output !== undefined) outputs.push(output);
    } catch (cause) {
      if (cause instanceof CaptureError || cause instanceof CacheError) throw cause;
      throw new CaptureError(`output ${path} can't be read: ${cause instanceof Error ? cause.message : cause}`, {
        cause,
      });
    }
    await breathe();
  }
  return { outputs, unmatched };
}

async function captureOutput(
  cwd: string,
  path: string,
  put: (piece: Uint8Array) => Promise<BlobRef>,
): Promise<Output | undefined> {
  const file = join(cwd, path);
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw new CaptureError(`output ${path} vanished while it was recorded`);
  if (stat.isSymbolicLink()) {
    const target = fs.readlinkSync(file);
    if (isInnerLink(path, target)) return { type: 'link', path, target };
    throw new CaptureError(
      `output ${path} is a link to ${target}, which is not a relative path inside the working folder`,
    );
  }
  // Sockets and pipes hold no content.
  if (!stat.isFile()) return undefined;
  const descriptor = fs.openSync(file, 'r');
  try {
    const pieces: BlobRef[] = [];
    let size = 0;
    for (;;) {
      const piece = readPiece(descriptor, Math.min(stat.size - size + 1, BLOB_BYTES));
      if (piece.byteLength === 0) break;
      pieces.push(await put(piece));
      size += piece.byteLength;
    }
    if (size !== stat.size || fs.fstatSync(descriptor).mtimeMs !== stat.mtimeMs) {
      throw new CaptureError(`output ${path} changed while it was recorded`);
    }
    return { type: 'file', path, mode: stat.mode & 0o777, size, blobs: pieces };
  } finally {
    fs.closeSync(descriptor);
  }
}

/** A pattern that means what is in a folder, where a link to a folder stands: the link alone would be recorded. */
function isLinkToNamedFolder({ outputFolder: cwd, outputs }: CheckedBuildRequest, path: string): boolean {
  if (!outputs.some((pattern) => pattern === path || pattern.startsWith(`${path}/`))) return false;
  return (
    fs.lstatSync(join(cwd, path)).isSymbolicLink() &&
    fs.statSync(join(cwd, path), { throwIfNoEntry: false })?.isDirectory() === true
  );
}

/** The next bytes of an open file: `most` of them, or what is left. */
function readPiece(descriptor: number, most: number): Uint8Array {
  const piece = Buffer.allocUnsafe(most);
  let length = 0;
  while (length < most) {
    const read = fs.readSync(descriptor, piece, length, most - length, null);
    if (read === 0) break;
    length += read;
  }
  return piece.subarray(0, length);
}

/** Makes the check that a path's real folder lies inside `cwd`, which asks the system once a folder. */
function insideCheck(cwd: string): (path: string) => boolean {
  const root = fs.realpathSync(cwd);
  const known = new Map<string, boolean>();
  return (path) => {
    const folder = dirname(join(cwd, path));
    let inside = known.get(folder);
    if (inside === undefined) {
      const real = fs.realpathSync(folder);
      inside = real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);
      known.set(folder, inside);
    }
    return inside;
  };
}
