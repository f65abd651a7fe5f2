/**
 * A tag's folder in memory: what was there at some moment, what a power cut makes of it, and both put on the disk.
 */

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

/** What stands under a name. */
export type ImageNode =
  | { readonly kind: 'file'; readonly bytes: Buffer }
  | { readonly kind: 'folder'; readonly holding?: Buffer; readonly changed?: Date }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'pipe' }
  | { readonly kind: 'socket' };

/** All of a tag's folder: nodes by their path in it. Folders that hold something need no node. */
export type TagImage = Map<string, ImageNode>;

/** Reads a folder. */
export function readImage(folder: string): TagImage {
  const image: TagImage = new Map();
  for (const item of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(item.parentPath, item.name);
    const name = path.slice(folder.length + 1);
    if (item.isDirectory()) image.set(name, { kind: 'folder' });
    else image.set(name, { kind: 'file', bytes: fs.readFileSync(path) });
  }
  return image;
}

/** The bytes under a name, if a file is there. */
export function bytesAt(image: TagImage, name: string): Buffer | undefined {
  const node = image.get(name);
  return node?.kind === 'file' ? node.bytes : undefined;
}

/** Takes out a name, and what lies in it. */
export function removeFrom(image: TagImage, name: string): void {
  image.delete(name);
  for (const other of [...image.keys()]) if (other.startsWith(`${name}/`)) image.delete(other);
}

/** Puts a node under a name, in place of whatever was there. */
export function putInto(image: TagImage, name: string, node: ImageNode): void {
  removeFrom(image, name);
  image.set(name, node);
}

/** Pipes and sockets, which are made once and linked from then on. */
export class Nursery {
  readonly pipe: string;
  readonly socket: string;

  private constructor(folder: string) {
    this.pipe = join(folder, 'pipe');
    this.socket = join(folder, 'socket');
  }

  static async make(folder: string): Promise<Nursery> {
    const nursery = new Nursery(folder);
    execFileSync('mkfifo', [nursery.pipe]);
    const server = createServer();
    const living = join(folder, 'living');
    await new Promise<void>((resolve) => server.listen(living, resolve));
    fs.linkSync(living, nursery.socket);
    await new Promise((resolve) => server.close(resolve));
    return nursery;
  }
}

/** How a file's new content gets there: into the same file, or a new one of the same name. */
export type Replacement = 'in place' | 'anew';

/** Makes a folder, which looks like `before`, look like `after`. */
export function applyImage(
  folder: string,
  before: TagImage,
  after: TagImage,
  { replacement, nursery }: { replacement: Replacement; nursery: Nursery },
): void {
  for (const name of before.keys()) {
    const node = after.get(name);
    const isKept = node?.kind === before.get(name)?.kind && (node?.kind === 'file' || node?.kind === 'folder');
    if (!isKept) fs.rmSync(join(folder, name), { recursive: true, force: true });
  }
  for (const [name, node] of after) {
    const path = join(folder, name);
    const old = before.get(name);
    if (node.kind === 'file') {
      if (old?.kind === 'file' && old.bytes.equals(node.bytes) && fs.existsSync(path)) continue;
      if (replacement === 'anew') fs.rmSync(path, { force: true });
      fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      fs.writeFileSync(path, node.bytes, { mode: 0o600 });
    } else if (node.kind === 'folder') {
      fs.mkdirSync(path, { recursive: true, mode: 0o700 });
      if (node.holding !== undefined) fs.writeFileSync(join(path, 'content'), node.holding);
      if (node.changed !== undefined) fs.utimesSync(path, node.changed, node.changed);
    } else {
      fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      if (node.kind === 'link') fs.symlinkSync(node.target, path);
      else fs.linkSync(node.kind === 'pipe' ? nursery.pipe : nursery.socket, path);
    }
  }
}
