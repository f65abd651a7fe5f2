/**
 * What lies outside of the cache's root, where planted links lead. Nothing may touch it.
 */

import * as fs from 'node:fs';
import { join } from 'node:path';

const PRECIOUS = 'precious.txt';

interface Known {
  readonly stat: fs.Stats;
  readonly bytes: Buffer;
}

/** A folder with files that belong to nobody's cache. */
export class Outside {
  /** A folder to lead links to. */
  readonly folder: string;
  /** A path where nothing is. */
  readonly nowhere: string;
  readonly #files = new Map<string, Known>();

  constructor(root: string) {
    this.folder = fs.mkdtempSync(join(root, 'outside-'));
    this.nowhere = join(this.folder, 'nowhere');
    this.#write(join(this.folder, PRECIOUS), Buffer.from('precious'));
  }

  /** A new file to lead a link to. */
  addFile(bytes: Buffer, name = `file ${this.#files.size}`): string {
    const path = join(this.folder, name);
    this.#write(path, bytes);
    return path;
  }

  #write(path: string, bytes: Buffer): void {
    fs.writeFileSync(path, bytes);
    // Both times long ago, so that a read or a write through a link would show.
    fs.utimesSync(path, 1000, 1000);
    this.#files.set(path, { stat: fs.lstatSync(path), bytes });
  }

  /** What has been touched, for people. */
  touched(): string[] {
    const found = fs.readdirSync(this.folder).map((name) => join(this.folder, name));
    const added = found.filter((path) => !this.#files.has(path)).map((path) => `${path} was created`);
    const changed = [...this.#files].flatMap(([path, { stat, bytes }]) => {
      const now = fs.lstatSync(path, { throwIfNoEntry: false });
      if (now === undefined) return [`${path} was removed`];
      if (now.mtimeMs !== stat.mtimeMs || now.ctimeMs !== stat.ctimeMs) return [`${path} was changed`];
      if (now.atimeMs !== stat.atimeMs) return [`${path} was read`];
      return fs.readFileSync(path).equals(bytes) ? [] : [`${path} has another content`];
    });
    return [...added, ...changed];
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
