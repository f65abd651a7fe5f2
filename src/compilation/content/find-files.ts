/**
 * From glob patterns to the files they name.
 */

import * as fs from 'node:fs';
import { join } from 'node:path';
import { escapePath, type GlobOptions, glob, isDynamicPattern } from 'tinyglobby';
import { STAGING_SUFFIX } from './inner-path.ts';

/** What patterns named. */
export interface FoundFiles {
  /** Paths relative to the folder, with `/` between the parts, sorted, each once. */
  readonly paths: readonly string[];
  /** The patterns that named no file. */
  readonly unmatched: readonly string[];
}

/** Where and how to look. */
export interface FindOptions {
  readonly cwd: string;
  /** Patterns of files to leave out. */
  readonly ignore: readonly string[];
  /** `follow` finds what symbolic links lead to; `keep` finds the links themselves, and doesn't enter them. */
  readonly links: 'follow' | 'keep';
}

/**
 * Finds the files that `patterns` name.
 *
 * Each pattern is looked for on its own, so that one which names nothing, most often a slip, can be told.
 */
export async function findFiles(patterns: readonly string[], options: FindOptions): Promise<FoundFiles> {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!'));
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const globOptions = {
    cwd: options.cwd,
    dot: true,
    ignore: [...unwanted, ...options.ignore, ...alwaysIgnored(patterns)],
    ...(options.links === 'keep' ? { fs: linksAsFiles } : {}),
  };
  const paths = new Set<string>();
  const unmatched: string[] = [];
  for (const pattern of wanted) {
    const found = await glob(asPattern(pattern, options.cwd), globOptions);
    if (found.length === 0) unmatched.push(pattern);
    for (const path of found) paths.add(path);
  }
  return { paths: [...paths].sort(), unmatched };
}

/** Whether `patterns` mean to look into Git's own folder, which a bare `**` does not. */
export function namesGitFolder(patterns: readonly string[]): boolean {
  return patterns.some((pattern) => !pattern.startsWith('!') && pattern.split('/').includes('.git'));
}

function alwaysIgnored(patterns: readonly string[]): string[] {
  const staged = `**/*${STAGING_SUFFIX}`;
  return namesGitFolder(patterns) ? [staged] : [staged, '**/.git', '**/.git/**'];
}

/** A file whose name looks like a pattern, `[id].ts`, is meant when it exists. */
function asPattern(pattern: string, cwd: string): string {
  return isDynamicPattern(pattern) && fs.existsSync(join(cwd, pattern)) ? escapePath(pattern) : pattern;
}

/**
 * The file system as the glob library sees it when links are to be found but not followed: what a link leads to is the
 * link itself. (Told not to follow links, the library leaves them out.)
 */
const linksAsFiles: NonNullable<GlobOptions['fs']> = {
  realpath: Object.assign(
    (path: fs.PathLike, callback: (error: NodeJS.ErrnoException | null, path: string) => void) =>
      callback(null, String(path)),
    fs.realpath,
  ),
  stat: fs.lstat,
};
