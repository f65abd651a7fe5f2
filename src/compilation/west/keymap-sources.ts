/**
 * A keymap with the files that it includes from around itself.
 */

import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { CacheArgumentError } from '../../errors.ts';

/** A file to be put where the build reads it. */
export interface SourceFile {
  /** Its name as an input. */
  readonly name: string;
  /** Where it is put, relative to the folder of all sources. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** All that is given to a build. */
export interface Sources {
  readonly keymap: SourceFile;
  readonly config: SourceFile | undefined;
  /** What the keymap includes, and what that includes. */
  readonly included: readonly SourceFile[];
  /** Included files that are named by absolute paths, and so are read where they lie. */
  readonly absolute: readonly string[];
}

/**
 * Lines, and tests in lines, that name a file beside their own, or one by its absolute path: those of the C preprocessor,
 * and of devicetree.
 */
const INCLUDE = /(?:#\s*include|__has_include\s*\(|\/include\/)\s*(?:"([^"\n]+)"|<(\/[^>\n]+)>)/g;

/**
 * Reads the keymap, the config, and what the keymap includes in quotes from around itself. An include that isn't there
 * is the business of the build, which looks for it in the workspace; one that is overlooked here, since it is put together
 * by macros, is not found by the build either, which then fails: nothing is ever read that is not part of the key.
 * @throws a {@link CacheArgumentError} if keymap or config can't be read.
 */
export function readSources(cwd: string, keymapFile: string, configFile: string | undefined): Sources {
  const keymap = resolve(cwd, checkPath('keymapFile', keymapFile));
  const contents = new Map([[keymap, readSource('keymapFile', keymap)]]);
  const absolute = new Set<string>();
  for (const [file, bytes] of contents) {
    for (const [, quoted, named = quoted ?? ''] of Buffer.from(bytes).toString('latin1').matchAll(INCLUDE)) {
      const path = Buffer.from(named, 'latin1').toString();
      const included = resolve(dirname(file), path);
      if (!isFile(included)) continue;
      if (isAbsolute(path) || absolute.has(file)) absolute.add(included);
      if (!contents.has(included)) contents.set(included, readSource(`the keymap's include`, included));
    }
  }
  const root = commonFolder([...contents.keys()].filter((file) => !absolute.has(file)));
  const included = [...contents]
    .filter(([file]) => file !== keymap && !absolute.has(file))
    .map(([file, bytes]) => ({ name: slashed(relative(dirname(keymap), file)), path: relative(root, file), bytes }));
  const path = freeName(relative(root, dirname(keymap)), included);
  return {
    keymap: { name: 'keymap', path: join('keymap', path), bytes: contents.get(keymap) ?? new Uint8Array() },
    config: readConfig(cwd, configFile),
    included: included.map((source) => ({
      ...source,
      name: `include ${source.name}`,
      path: join('keymap', source.path),
    })),
    absolute: [...absolute].sort(),
  };
}

function readConfig(cwd: string, configFile: string | undefined): SourceFile | undefined {
  if (configFile === undefined) return undefined;
  const bytes = readSource('configFile', resolve(cwd, checkPath('configFile', configFile)));
  return { name: 'config', path: 'config.conf', bytes };
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The keymap's own name doesn't count, so the build must not see it. */
function freeName(folder: string, included: readonly { readonly path: string }[]): string {
  let name = 'keymap.keymap';
  while (included.some(({ path }) => path === join(folder, name))) name = `_${name}`;
  return join(folder, name);
}

function readSource(argument: string, file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new CacheArgumentError(`${argument} must be a file that can be read, and ${JSON.stringify(file)} can't`, {
      cause,
    });
  }
}

function checkPath(argument: string, path: string): string {
  if (typeof path === 'string' && path !== '' && !path.includes('\0')) return path;
  throw new CacheArgumentError(`${argument} must be the path of a file, got ${JSON.stringify(path)}`);
}

/** The folder that holds all of `files`. */
function commonFolder(files: readonly string[]): string {
  let [folder = '', ...others] = files.map(dirname);
  for (const other of others) while (!`${other}${sep}`.startsWith(withSeparator(folder))) folder = dirname(folder);
  return folder;
}

function withSeparator(folder: string): string {
  return folder.endsWith(sep) ? folder : folder + sep;
}

function slashed(path: string): string {
  return path.replaceAll(sep, '/');
}
