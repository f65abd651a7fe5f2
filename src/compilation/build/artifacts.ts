/**
 * Outputs as whoever asked for a build wants to know them.
 */

import { extname, join } from 'node:path';
import type { BuildArtifact } from './build-session.ts';
import type { Output } from './manifest.ts';

const KINDS: ReadonlyMap<string, BuildArtifact['kind']> = new Map([
  ['.uf2', 'uf2'],
  ['.hex', 'hex'],
  ['.bin', 'bin'],
  ['.log', 'log'],
]);

/** The kind of a file, by its name. */
export function kindOf(path: string): BuildArtifact['kind'] {
  return KINDS.get(extname(path).toLowerCase()) ?? 'file';
}

/** The files among `outputs`, which lie in `folder`. */
export function artifactsOf(folder: string, outputs: readonly Output[]): BuildArtifact[] {
  return outputs.flatMap((output) =>
    output.type === 'file' ? [{ kind: kindOf(output.path), path: join(folder, output.path), size: output.size }] : [],
  );
}
