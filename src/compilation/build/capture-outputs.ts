/**
 * From the files a command made to their record.
 */

import { dirname, join, sep } from 'node:path';
import fs from 'fs-extra';
import { CacheError } from '../../errors.ts';
import type { BlobStore } from '../content/blob-store.ts';
import { createBreather } from '../content/breather.ts';
import { CaptureError, captureFile, captureLink, type PutPiece } from '../content/capture-file.ts';
import { findFiles } from '../content/find-files.ts';
import type { CheckedBuildRequest } from './build-request.ts';
import type { Output } from './manifest.ts';

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
        throw new CaptureError(`${path} is a link to a folder; name the folder that it leads to instead`);
      }
      if (!isInside(path)) throw new CaptureError(`${path} lies outside the working folder, behind a link`);
      const output = await captureOutput(cwd, path, (piece) => blobs.put(piece, ttl));
      if (output !== undefined) outputs.push(output);
    } catch (cause) {
      if (cause instanceof CacheError) throw cause;
      const reason = cause instanceof Error ? cause.message : cause;
      throw new CaptureError(`output ${cause instanceof CaptureError ? reason : `${path} can't be read: ${reason}`}`, {
        cause,
      });
    }
    await breathe();
  }
  return { outputs, unmatched };
}

async function captureOutput(cwd: string, path: string, put: PutPiece): Promise<Output | undefined> {
  const stat = fs.lstatSync(join(cwd, path), { throwIfNoEntry: false });
  if (stat === undefined) throw new CaptureError(`${path} vanished while it was recorded`);
  if (stat.isSymbolicLink()) return captureLink(cwd, path);
  // Sockets and pipes hold no content.
  return stat.isFile() ? captureFile(cwd, path, stat, put) : undefined;
}

/** A pattern that means what is in a folder, where a link to a folder stands: the link alone would be recorded. */
function isLinkToNamedFolder({ outputFolder: cwd, outputs }: CheckedBuildRequest, path: string): boolean {
  if (!outputs.some((pattern) => pattern === path || pattern.startsWith(`${path}/`))) return false;
  return (
    fs.lstatSync(join(cwd, path)).isSymbolicLink() &&
    fs.statSync(join(cwd, path), { throwIfNoEntry: false })?.isDirectory() === true
  );
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
