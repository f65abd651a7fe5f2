/**
 * Writing tar. Loaded when there is one to write.
 */

import * as tar from 'tar-stream';
import type { ContentReader } from './content-reader.ts';
import { ARCHIVED_AT, type ArchiveWriter } from './export-tree.ts';
import type { TreeEntry, TreeFile } from './tree.ts';

/** Begins a tar of files whose content comes from `content`. */
export function writeTar(content: ContentReader): ArchiveWriter {
  const pack = tar.pack();
  const mtime = new Date(Date.UTC(ARCHIVED_AT.year, ARCHIVED_AT.month, ARCHIVED_AT.day));
  return {
    output: bytesOf(pack),
    add: (entry) => (entry.type === 'file' ? addFile(entry) : addOther(entry)),
    end: () => pack.finalize(),
    stop: () => pack.destroy(new Error('given up')),
  };

  async function addFile(file: TreeFile): Promise<void> {
    const { path, mode, size } = file;
    await settled((done) => {
      const sink = pack.entry({ type: 'file', name: path, mode, size, mtime }, done);
      // It fails with the tar, whose reader is told.
      sink.on('error', () => {});
      fill(sink, file).catch(done);
    });
  }

  async function fill(sink: ReturnType<typeof pack.entry>, file: TreeFile): Promise<void> {
    for await (const piece of content.pieces(file)) {
      if (!sink.write(piece)) await new Promise<void>((resolve) => sink.once('drain', () => resolve()));
    }
    sink.end(undefined);
  }

  async function addOther(entry: Exclude<TreeEntry, TreeFile>): Promise<void> {
    await settled((done) => {
      if (entry.type === 'folder') {
        pack.entry({ type: 'directory', name: entry.path, mode: entry.mode, mtime }, done);
      } else {
        pack.entry({ type: 'symlink', name: entry.path, linkname: entry.target, mode: 0o777, mtime }, done);
      }
    });
  }
}

/** The library's types don't say what its streams are made of. */
async function* bytesOf(pack: tar.Pack): AsyncGenerator<Uint8Array> {
  for await (const piece of pack) if (piece instanceof Uint8Array) yield piece;
}

function settled(begin: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    begin((error) => (error ? reject(error) : resolve()));
  });
}
