/**
 * A file that appears whole or not at all.
 */

import { randomBytes } from 'node:crypto';
import { accessSync, constants, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { NAME } from './context.ts';
import { CliError } from './exit-codes.ts';

/** A file to be written, found to be one that can. */
export interface Target {
  /** Where it will be, links followed. */
  readonly path: string;
  /** Its mode, if it is there already. */
  readonly mode: number | undefined;
}

/**
 * Where to write, looked at before work is put into what is written.
 * @throws a {@link CliError} that names `option` if no file can be put there.
 */
export function findTarget(option: string, file: string, cwd: string): Target {
  const path = resolve(cwd, file);
  const refuse = (reason: string) => new CliError(`${option} ${path} can't be written: ${reason}`);
  const folder = dirname(path);
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) throw refuse('it is a folder; name a file in it');
    if (stat !== undefined && !stat.isFile()) throw refuse(`it is no regular file; ${option} - writes to stdout`);
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw refuse(`there is no folder ${folder}`);
    // Of a link, what it leads to is replaced.
    const real = stat === undefined ? path : realpathSync(path);
    accessSync(dirname(real), constants.W_OK);
    return { path: real, mode: stat === undefined ? undefined : stat.mode & 0o777 };
  } catch (error) {
    throw error instanceof CliError ? error : refuse(reasonOf(error));
  }
}

/**
 * Writes all of `text` under another name beside its place, then renames it into that.
 * @throws a {@link CliError} that names `option`; what was there before still is.
 */
export function writeWhole(option: string, { path, mode }: Target, text: string): void {
  const temporary = join(dirname(path), `.${NAME}-${randomBytes(6).toString('hex')}.tmp`);
  try {
    writeFileSync(temporary, text, { flag: 'wx', ...(mode === undefined ? {} : { mode }) });
    renameSync(temporary, path);
  } catch (error) {
    removeQuietly(temporary);
    throw new CliError(`${option} ${path} can't be written: ${reasonOf(error)}`);
  }
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // What is told is why it could not be written.
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission to write in its folder',
  EROFS: 'its file system is read-only',
  EFBIG: 'it would be larger than a file may be',
  EISDIR: 'it is a folder; name a file in it',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'part of its path is not a folder',
  ENAMETOOLONG: 'its name is too long',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}
