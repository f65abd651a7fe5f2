/**
 * Outputs that appear whole or not at all: written beside their places under other names, then renamed into them, and
 * put back as it was if one of the renames fails.
 */

import { randomBytes } from 'node:crypto';
import { dirname, join, sep } from 'node:path';
import fs from 'fs-extra';
import { STAGING_SUFFIX } from './inner-path.ts';
import { isSystemError, RestoreError } from './restore-error.ts';

interface StagedOutput {
  readonly path: string;
  readonly target: string;
  readonly staged: string;
  /** Where what was at the target is kept until all outputs are in place. */
  readonly backup: string;
}

/** Staged files that old are a killed process's. */
const ABANDONED_MS = 60 * 60 * 1000;

/**
 * A set of outputs on their way into a folder. Add them all, then {@link StagedOutputs.commit} or
 * {@link StagedOutputs.discard}.
 *
 * Each output appears in one step, and one that it replaces is there until that moment. A process killed between two of
 * these steps leaves outputs of both runs, each of them whole, and staged files, which a later restore sweeps up.
 */
export class StagedOutputs {
  readonly #root: string;
  readonly #id = randomBytes(6).toString('hex');
  readonly #staged: StagedOutput[] = [];
  readonly #kept: string[] = [];
  readonly #folders = new Set<string>();
  readonly #madeFolders: string[] = [];

  constructor(folder: string) {
    this.#root = fs.realpathSync(folder);
  }

  /**
   * Leaves a file alone that is what it should be already, which costs a fraction of replacing it. It gets a new time
   * stamp with the others, as if it had been written.
   * @param path an inner path.
   * @param pieces what the file should hold; read only as far as the file agrees.
   * @returns whether the file is left alone.
   * @throws a {@link RestoreError} if its folder lies outside, behind a link.
   */
  async keepFile(path: string, mode: number, size: number, pieces: AsyncIterable<Uint8Array>): Promise<boolean> {
    const target = join(this.#root, path);
    const stat = this.#attempt(path, () => fs.lstatSync(target, { throwIfNoEntry: false }));
    if (!stat?.isFile() || stat.size !== size || (stat.mode & 0o7777) !== mode) return false;
    this.#enterFolder(dirname(target), path);
    if (!(await holds(target, pieces))) return false;
    this.#kept.push(target);
    return true;
  }

  /**
   * Stages a file, which `write` makes.
   * @param path an inner path.
   * @param write makes the file under the name that it is given.
   * @throws a {@link RestoreError} if the system refuses it, or if its folder lies outside, behind a link.
   * @throws what else `write` throws.
   */
  async addFile(path: string, write: (staged: string) => Promise<void>): Promise<void> {
    const staged = this.#stage(path);
    try {
      await write(staged);
    } catch (cause) {
      throw isSystemError(cause) ? cantBeWritten(path, cause) : cause;
    }
  }

  /**
   * Stages a symbolic link.
   * @param path an inner path.
   * @throws a {@link RestoreError} as {@link StagedOutputs.addFile} does.
   */
  addLink(path: string, target: string): void {
    const staged = this.#stage(path);
    this.#attempt(path, () => fs.symlinkSync(target, staged));
  }

  /**
   * Puts all outputs in their places.
   * @throws a {@link RestoreError} if one can't be; then everything is as it was before.
   */
  commit(): void {
    const replaced: string[] = [];
    const placed: StagedOutput[] = [];
    try {
      for (const output of this.#staged) {
        this.#attempt(output.path, () => {
          if (keepBackup(output)) replaced.push(output.backup);
          fs.renameSync(output.staged, output.target);
          placed.push(output);
        });
      }
    } catch (error) {
      for (const { backup, target } of placed.reverse()) {
        if (replaced.includes(backup)) fs.renameSync(backup, target);
        else removeQuietly(target);
      }
      for (const backup of replaced) removeQuietly(backup);
      this.discard();
      throw error;
    }
    for (const backup of replaced) removeQuietly(backup);
    for (const target of this.#kept) touch(target);
  }

  /** Removes what was staged, and the folders that were made for it. */
  discard(): void {
    for (const { staged } of this.#staged) removeQuietly(staged);
    for (const folder of this.#madeFolders.reverse()) {
      try {
        fs.rmdirSync(folder);
      } catch {
        // Somebody put a file there meanwhile, so the folder is needed.
      }
    }
  }

  #stage(path: string): string {
    const target = join(this.#root, path);
    const folder = dirname(target);
    this.#enterFolder(folder, path);
    const name = join(folder, `.${this.#id}-${this.#staged.length}`);
    const staged = name + STAGING_SUFFIX;
    this.#staged.push({ path, target, staged, backup: `${name}-old${STAGING_SUFFIX}` });
    return staged;
  }

  #enterFolder(folder: string, path: string): void {
    if (this.#folders.has(folder)) return;
    this.#attempt(path, () => this.#openFolder(folder, path));
    this.#folders.add(folder);
  }

  /** Makes the folder if need be, only ever inside the root, whatever links stand on the way. */
  #openFolder(folder: string, path: string): void {
    const missing: string[] = [];
    let present = folder;
    while (fs.lstatSync(present, { throwIfNoEntry: false }) === undefined) {
      missing.push(present);
      present = dirname(present);
    }
    const real = fs.realpathSync(present);
    if (real !== this.#root && !real.startsWith(this.#root.endsWith(sep) ? this.#root : this.#root + sep)) {
      throw new RestoreError(`output ${path} would be written outside the working folder, through a link`);
    }
    for (const next of missing.reverse()) {
      fs.mkdirSync(next);
      this.#madeFolders.push(next);
    }
    if (missing.length === 0) sweepAbandoned(folder);
  }

  #attempt<T>(path: string, action: () => T): T {
    try {
      return action();
    } catch (cause) {
      throw cause instanceof RestoreError ? cause : cantBeWritten(path, cause);
    }
  }
}

function cantBeWritten(path: string, cause: unknown): RestoreError {
  return new RestoreError(`output ${path} can't be written: ${cause instanceof Error ? cause.message : cause}`, {
    cause,
  });
}

/** Keeps what is at the target reachable without taking it from its place. @returns whether there was anything. */
function keepBackup({ path, target, backup }: StagedOutput): boolean {
  const stat = fs.lstatSync(target, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (stat.isDirectory()) throw new RestoreError(`output ${path} is a file, but a folder stands in its place`);
  if (stat.isSymbolicLink()) {
    fs.symlinkSync(fs.readlinkSync(target), backup);
    return true;
  }
  try {
    fs.linkSync(target, backup);
  } catch {
    // A file system without hard links, or a file that has as many as it may.
    fs.copySync(target, backup, { preserveTimestamps: true });
  }
  return true;
}

/** Whether a file holds just these bytes. One that can't be read holds others. */
async function holds(file: string, pieces: AsyncIterable<Uint8Array>): Promise<boolean> {
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, 'r');
  } catch {
    return false;
  }
  try {
    for await (const piece of pieces) {
      const found = Buffer.allocUnsafe(piece.byteLength);
      let length = 0;
      for (let read = -1; read !== 0 && length < found.byteLength; length += read) {
        read = fs.readSync(descriptor, found, length, found.byteLength - length, null);
      }
      if (!found.subarray(0, length).equals(piece)) return false;
    }
    return true;
  } finally {
    fs.closeSync(descriptor);
  }
}

function touch(file: string): void {
  const now = new Date();
  try {
    fs.utimesSync(file, now, now);
  } catch {
    // Its content is right, which is what was promised.
  }
}

function sweepAbandoned(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    if (!name.endsWith(STAGING_SUFFIX)) continue;
    const file = join(folder, name);
    const stat = fs.lstatSync(file, { throwIfNoEntry: false });
    if (stat !== undefined && Date.now() - stat.ctimeMs > ABANDONED_MS) removeQuietly(file);
  }
}

/** What can't be removed now is swept up later. */
function removeQuietly(file: string): void {
  try {
    fs.unlinkSync(file);
  } catch {
    // Gone already, or the system refuses.
  }
}
