/**
 * Writing zip. Loaded when there is one to write.
 */

import { once } from 'node:events';
import { Readable } from 'node:stream';
import yazl from 'yazl';
import type { ContentReader } from './content-reader.ts';
import { ARCHIVED_AT, type ArchiveWriter } from './export-tree.ts';
import type { TreeEntry, TreeFile } from './tree.ts';

/** The kinds of files in a mode, as Unix has them. */
const KIND = { file: 0o100000, folder: 0o040000, link: 0o120000 } as const;

/** Begins a zip of files whose content comes from `content`. */
export function writeZip(content: ContentReader): ArchiveWriter {
  const zip = new yazl.ZipFile();
  // A zip's times are those of a clock on a wall, of whatever zone.
  const times = {
    mtime: new Date(ARCHIVED_AT.year, ARCHIVED_AT.month, ARCHIVED_AT.day),
    forceDosTimestamp: true,
  };
  return {
    output: zip.outputStream,
    add,
    end: () => zip.end(),
    // Whoever reads it destroys it.
    stop: () => {},
  };

  async function add(entry: TreeEntry): Promise<void> {
    const { path } = entry;
    if (entry.type === 'folder') zip.addEmptyDirectory(path, { ...times, mode: KIND.folder | entry.mode });
    else if (entry.type === 'link') {
      zip.addBuffer(Buffer.from(entry.target), path, { ...times, mode: KIND.link | 0o777, compress: false });
    } else await addFile(entry);
  }

  /** One at a time: the library keeps what it was given as a whole until the end. */
  async function addFile(file: TreeFile): Promise<void> {
    const source = Readable.from(content.pieces(file), { objectMode: false });
    const read = once(source, 'end');
    zip.addReadStream(source, file.path, { ...times, mode: KIND.file | file.mode, size: file.size });
    await read;
  }
}
