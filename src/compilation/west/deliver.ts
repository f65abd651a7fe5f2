/**
 * Putting artifacts where the user wants them.
 */

import { lstatSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { kindOf } from '../build/artifacts.ts';
import type { BuildArtifact } from '../build/build-session.ts';
import { StagedOutputs } from '../content/staged-outputs.ts';

/** A file to be put into the output folder. */
export interface Delivery {
  readonly from: string;
  /** Its name there. */
  readonly name: string;
}

/**
 * Names artifacts: `<target>-zmk.uf2` for `zephyr/zmk.uf2`, with the folders before it where two would have one name.
 * @param paths relative to the build folder.
 */
export function deliveries(target: string, folder: string, paths: readonly string[]): Delivery[] {
  const names = paths.map((path) => basename(path));
  return paths.map((path, index) => {
    const isUnique = names.indexOf(names[index] ?? '') === names.lastIndexOf(names[index] ?? '');
    const name = isUnique ? names[index] : path.replaceAll('/', '-');
    return { from: join(folder, path), name: `${target}-${name}` };
  });
}

/**
 * Puts files into the output folder, all of them or none; those that are there already are left alone.
 * @throws a {@link RestoreError} if a file can't be put in its place.
 */
export async function deliver(output: string, files: readonly Delivery[]): Promise<BuildArtifact[]> {
  const staged = new StagedOutputs(output);
  const artifacts: BuildArtifact[] = [];
  try {
    for (const { from, name } of files) {
      const bytes = readFileSync(from);
      const mode = lstatSync(from).mode & 0o666;
      const pieces = async function* () {
        yield bytes;
      };
      const size = bytes.byteLength;
      if (!(await staged.keepFile(name, mode, size, pieces()))) {
        await staged.addFile(name, mode, async (write) => write(bytes));
      }
      artifacts.push({ kind: kindOf(name), path: join(output, name), size });
    }
  } catch (error) {
    staged.discard();
    throw error;
  }
  staged.commit();
  return artifacts;
}
