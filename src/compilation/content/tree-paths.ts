/**
 * Which paths can stand beside each other in one tree.
 */

/** Two entries of a tree exclude each other; the message says which and why. */
export class TreePathError extends Error {
  override readonly name = 'TreePathError';
}

/**
 * The paths of a tree, one after the other. An entry that lay "in" a link would be written wherever that leads, so
 * nothing but folders can have anything in them.
 */
export class TreePaths {
  readonly #isFolder = new Map<string, boolean>();
  /** Folders that are listed, and not only there because something is in them. */
  readonly #listed = new Set<string>();

  /**
   * @param path an inner path.
   * @returns whether it is new; a folder may come again.
   * @throws a {@link TreePathError} if it is there already, lies in something that is no folder, or is no folder and
   * something lies in it.
   */
  add(path: string, type: 'file' | 'link' | 'folder'): boolean {
    const known = this.#isFolder.get(path);
    if (type === 'folder' && known === true) {
      const isNew = !this.#listed.has(path);
      this.#listed.add(path);
      return isNew;
    }
    if (known !== undefined) throw new TreePathError(`${JSON.stringify(path)} is there twice`);
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      const isFolder = this.#isFolder.get(folder);
      if (isFolder === true) break;
      if (isFolder === false) {
        throw new TreePathError(`${JSON.stringify(path)} lies in ${JSON.stringify(folder)}, which is no folder`);
      }
      this.#isFolder.set(folder, true);
    }
    this.#isFolder.set(path, type === 'folder');
    if (type === 'folder') this.#listed.add(path);
    return true;
  }
}
