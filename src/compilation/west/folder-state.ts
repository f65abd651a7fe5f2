/**
 * The state of a folder that builds read: equal if, and only if, what counts in it is.
 */

import { type Dirent, readdirSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { CacheArgumentError } from '../../errors.ts';
import { createBreather } from '../content/breather.ts';
import { digestFile, digestOf } from '../content/digest.ts';
import { isSystemError } from '../content/restore-error.ts';
import { readCloneStatus, readTrackedLinks } from './git-status.ts';
import type { KnownFiles } from './known-files.ts';
import { BUILD_STAMP } from './work-folder.ts';

/** By component (the path of a clone, `.` for the folder itself, or a folder or file at the top), what tells its state. */
export interface FolderState {
  readonly [component: string]: string;
}

/** How a folder is looked at. */
export interface LookOptions {
  /** Files that were read before. */
  readonly known: KnownFiles;
  /** Whether the file at an absolute path does not count. */
  readonly isSkipped: (path: string) => boolean;
  readonly signal: AbortSignal | undefined;
}

/** Files that tell a folder which holds what was made, not what is built from: by CMake, Python, builds here, caches. */
const MADE: ReadonlySet<string> = new Set(['CMakeCache.txt', 'pyvenv.cfg', BUILD_STAMP, 'CACHEDIR.TAG']);
/** What Python leaves wherever it runs. */
const PYTHON_CACHE = '__pycache__';
/** How many clones Git is asked about at a time. */
const AT_ONCE = 4;

/**
 * Looks at a folder: of each Git clone in it, however deep, the commit and the content of what was changed since; of
 * everything else the content. What a link leads to counts as if it lay there.
 *
 * Folders of builds, caches and Python environments don't count. Git answers from its index, for tens of thousands of
 * files in a fraction of a second. What it ignores does not count, but is searched for further clones; where it can't be
 * asked, a clone is a folder like any other. A file outside of clones is read once and then only looked at, until it is
 * touched.
 * @throws a {@link CacheArgumentError} if something can't be read.
 * @throws the reason of the signal if that aborts meanwhile.
 */
export async function lookAtFolder(root: string, options: LookOptions): Promise<FolderState> {
  try {
    return await new Look(realpathSync(root), options).run();
  } catch (cause) {
    options.signal?.throwIfAborted();
    if (!isSystemError(cause)) throw cause;
    throw new CacheArgumentError(`folder ${JSON.stringify(root)} must be readable, and ${cause.message}`, { cause });
  }
}

class Look {
  readonly #root: string;
  readonly #options: LookOptions;
  readonly #breathe = createBreather();
  /** Real paths of the folders that were entered: a link may lead back. */
  readonly #entered = new Set<string>();
  readonly #clones: string[] = [];
  readonly #components = new Map<string, string[]>();

  constructor(root: string, options: LookOptions) {
    this.#root = root;
    this.#options = options;
  }

  async run(): Promise<FolderState> {
    await this.#enter(this.#root, true);
    // Looking at one may find others.
    while (this.#clones.length > 0) {
      await Promise.all(this.#clones.splice(0, AT_ONCE).map((clone) => this.#addClone(clone)));
    }
    return Object.fromEntries(
      [...this.#components]
        .map(([name, lines]) => [name, digestOf(lines.sort().join('\n'))] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  /** @param counts whether files count, or clones are only searched for. */
  async #enter(folder: string, counts: boolean): Promise<void> {
    const real = realpathSync(folder);
    if (this.#entered.has(real)) return;
    this.#entered.add(real);
    const entries = readdirSync(folder, { withFileTypes: true });
    if (entries.some(({ name }) => name === '.git')) this.#clones.push(folder);
    else await this.#read(folder, entries, counts);
  }

  async #read(folder: string, entries: readonly Dirent[], counts: boolean): Promise<void> {
    if (folder !== this.#root && entries.some(({ name }) => MADE.has(name))) return;
    // A folder that is reached in two ways is named by the first, which must be the same wherever it lies.
    const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of sorted) {
      this.#options.signal?.throwIfAborted();
      await this.#breathe();
      if (entry.name !== '.git') await this.#visit(folder, entry, counts);
    }
  }

  async #visit(folder: string, entry: Dirent, counts: boolean): Promise<void> {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== PYTHON_CACHE) await this.#enter(path, counts);
      return;
    }
    if (!counts) return;
    const component = this.#nameOf(path).split('/')[0] ?? '';
    await this.#addFile(component, path);
  }

  /** A file, or whatever a link leads to. */
  async #addFile(component: string, path: string): Promise<void> {
    if (this.#options.isSkipped(path)) return;
    const name = this.#nameOf(path);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) {
      this.#add(component, `${name} leads nowhere ${linkTarget(path)}`);
    } else if (stat.isDirectory()) {
      this.#add(component, `${name} ${linkTarget(path)}`);
      await this.#enter(path, true);
    } else if (stat.isFile()) {
      this.#add(component, `${name} ${await this.#digest(path, name, stat)}`);
    }
  }

  async #addClone(folder: string): Promise<void> {
    const component = this.#nameOf(folder) || '.';
    const { signal } = this.#options;
    const [status, links] = await Promise.all([readCloneStatus(folder, signal), readTrackedLinks(folder, signal)]);
    if (status === undefined) return this.#read(folder, readdirSync(folder, { withFileTypes: true }), true);
    this.#add(component, `commit ${status.commit}`);
    const outward = links.filter((path) => leadsOut(folder, path) && !status.changed.includes(path));
    for (const path of [...status.changed, ...sourcesAmong(status.untracked), ...outward]) {
      this.#options.signal?.throwIfAborted();
      await this.#addFile(component, join(folder, path));
    }
    for (const path of status.unseen) {
      const inner = join(folder, path);
      const isThere = statSync(inner, { throwIfNoEntry: false })?.isDirectory() === true;
      if (isThere) await this.#enter(inner, false);
    }
  }

  #add(component: string, line: string): void {
    const lines = this.#components.get(component);
    if (lines === undefined) this.#components.set(component, [line]);
    else lines.push(line);
  }

  async #digest(path: string, name: string, stat: Stats): Promise<string> {
    const known = this.#options.known.find(name, stat);
    if (known !== undefined) return known;
    const mode = (stat.mode & 0o111) === 0 ? '' : '+x';
    const digest = (await digestFile(path, this.#breathe)) + mode;
    this.#options.known.add(name, digest, stat);
    return digest;
  }

  #nameOf(path: string): string {
    return relative(this.#root, path).replaceAll(sep, '/');
  }
}

/** Files that are not in folders of what was made. */
function sourcesAmong(paths: readonly string[]): string[] {
  const made = paths.filter((path) => MADE.has(posix.basename(path))).map((path) => `${posix.dirname(path)}/`);
  return paths.filter(
    (path) => !path.split('/').includes(PYTHON_CACHE) && !made.some((folder) => path.startsWith(folder)),
  );
}

function linkTarget(path: string): string {
  try {
    return `-> ${readlinkSync(path)}`;
  } catch {
    return '';
  }
}

/** Whether a link in a clone leads to something outside of it, so that Git doesn't know its state. */
function leadsOut(folder: string, path: string): boolean {
  try {
    const inner = relative(realpathSync(folder), realpathSync(join(folder, path)));
    return inner.split(sep)[0] === '..' || isAbsolute(inner);
  } catch {
    // Nothing is there; a file that comes to be there will be.
    return false;
  }
}
