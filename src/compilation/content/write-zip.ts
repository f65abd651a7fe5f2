/**
 * Writing zip. Loaded when there is one to write.
 */

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
  const done = new DoneEntries(zip);
  return {
    output: zip.outputStream,
    add,
    end: () => {
      done.giveBack();
      zip.end();
    },
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

  /** One at a time. The stream is made when it is wanted: the library keeps what it was given until the end. */
  async function addFile(file: TreeFile): Promise<void> {
    const options = { ...times, mode: KIND.file | file.mode, size: file.size };
    await new Promise<void>((resolve, reject) => {
      zip.addReadStreamLazy(file.path, options, (give) => {
        const source = Readable.from(content.pieces(file), { objectMode: false });
        source.once('end', resolve).once('error', reject);
        give(null, source);
      });
    });
    done.take();
  }
}

/**
 * The library looks for the next entry to write from the first one on, each time: a zip of a hundred thousand would take
 * minutes for that alone. So those that are written are kept from it until it lists them all at the end.
 */
class DoneEntries {
  /** The library's own list, which its types leave out. */
  readonly #entries: unknown[];
  readonly #done: unknown[] = [];

  constructor(zip: yazl.ZipFile) {
    const entries: unknown = Reflect.get(zip, 'entries');
    this.#entries = Array.isArray(entries) ? entries : [];
  }

  /** Takes all but the last one, whose content was read, so that those before it are written. */
  take(): void {
    this.#done.push(...this.#entries.splice(0, this.#entries.length - 1));
  }

  giveBack(): void {
    const all = [...this.#done, ...this.#entries.splice(0)];
    for (const entry of all) this.#entries.push(entry);
  }
}
