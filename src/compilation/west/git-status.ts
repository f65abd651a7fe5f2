/**
 * What Git knows about a clone.
 */

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The state of a clone. Paths are relative to it, with `/` between the parts. */
export interface CloneStatus {
  /** The commit that is checked out; `(initial)` where there is none yet. */
  readonly commit: string;
  /** Files that differ from that commit, in the index or on disk. */
  readonly changed: readonly string[];
  /** Files that Git doesn't know. */
  readonly untracked: readonly string[];
  /** Folders that Git doesn't look into, since they are ignored, or clones or submodules of their own. */
  readonly unseen: readonly string[];
}

const STATUS = [
  ...['status', '--porcelain=v2', '--branch', '-z', '--no-renames'],
  ...['--untracked-files=all', '--ignored=matching', '--ignore-submodules=none'],
];
const FILTERS = [
  ...['config', '--includes', '--show-scope', '--name-only', '-z'],
  ...['--get-regexp', '^filter\\..*\\.(clean|smudge|process|required)$'],
];
const OWN_SCOPES: ReadonlySet<string> = new Set(['local', 'worktree']);
const LINK_MODE = '120000 ';
const MAX_OUTPUT = 256 * 2 ** 20;
/** Before the path of an ordinary change stand eight fields, before that of an unmerged one ten. */
const FIELDS: Readonly<Record<string, number>> = { '1': 8, u: 10 };

/**
 * Asks Git, which writes nothing and runs no hook for it.
 * @returns `undefined` if Git isn't there, or does not take the folder for the top of a clone that it trusts.
 */
export async function readCloneStatus(
  folder: string,
  signal: AbortSignal | undefined,
): Promise<CloneStatus | undefined> {
  const output = await git(folder, STATUS, signal);
  return output === undefined ? undefined : parseStatus(output);
}

/** The links that a clone tracks, by their paths in it: Git knows what they say, not what is there. */
export async function readTrackedLinks(folder: string, signal: AbortSignal | undefined): Promise<string[]> {
  const output = (await git(folder, ['ls-files', '--stage', '-z'], signal)) ?? '';
  return output
    .split('\0')
    .filter((line) => line.startsWith(LINK_MODE))
    .map((line) => line.slice(line.indexOf('\t') + 1));
}

async function git(
  folder: string,
  command: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const filters = await ownFilters(folder, signal);
  return run(folder, command, signal, Object.fromEntries(filters.map((name) => [name, ''])));
}

/**
 * The names of the settings by which a clone has commands of its own run on files that look changed. Those of the user
 * are trusted; a clone may be a stranger's, restored from an archive.
 */
async function ownFilters(folder: string, signal: AbortSignal | undefined): Promise<string[]> {
  if (!mayHaveFilters(join(folder, '.git', 'config'))) return [];
  const output = await run(folder, FILTERS, signal, {});
  const fields = (output ?? '').split('\0');
  return fields.filter((_, at) => at % 2 === 1 && OWN_SCOPES.has(fields[at - 1] ?? ''));
}

/** Most clones have none, and to ask Git takes as long as to ask it for the status. */
function mayHaveFilters(config: string): boolean {
  try {
    return /filter|include|worktreeconfig/i.test(readFileSync(config, 'utf8'));
  } catch {
    // A clone whose configuration lies elsewhere.
    return true;
  }
}

function run(
  folder: string,
  command: readonly string[],
  signal: AbortSignal | undefined,
  settings: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const args = ['--no-optional-locks', '-c', 'core.fsmonitor=false', '-C', folder, ...command];
  // A broken clone must not be taken for a part of a clone around it, and a hook's variables are about another clone.
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_PREFIX, ...others } = process.env;
  const env = { ...others, GIT_CEILING_DIRECTORIES: dirname(folder), ...asVariables(settings) };
  return new Promise((resolve, reject) => {
    execFile('git', args, { env, signal, maxBuffer: MAX_OUTPUT, windowsHide: true }, (error, stdout) => {
      if (signal?.aborted) reject(signal.reason);
      else resolve(error === null ? stdout : undefined);
    });
  });
}

/** Settings as variables, which may have any name: https://git-scm.com/docs/git-config, GIT_CONFIG_COUNT */
function asVariables(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const pairs = Object.entries(settings);
  if (pairs.length === 0) return {};
  const named = pairs.flatMap(([name, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, name],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(pairs.length), ...Object.fromEntries(named) };
}

/** Reads version 2 of Git's format for scripts: https://git-scm.com/docs/git-status */
function parseStatus(output: string): CloneStatus {
  let commit = '';
  const changed: string[] = [];
  const untracked: string[] = [];
  const unseen: string[] = [];
  for (const line of output.split('\0')) {
    const [kind = '', field = '', sub = ''] = line.split(' ', 3);
    if (kind === '#' && field === 'branch.oid') commit = line.slice('# branch.oid '.length);
    if (kind === '?' || kind === '!') {
      const path = line.slice(2);
      if (path.endsWith('/')) unseen.push(path.slice(0, -1));
      else if (kind === '?') untracked.push(path);
    }
    const fields = FIELDS[kind];
    if (fields === undefined) continue;
    const path = line.split(' ').slice(fields).join(' ');
    // A submodule's own changes are in its own state.
    if (sub.startsWith('S')) unseen.push(path);
    changed.push(path);
  }
  return { commit, changed, untracked, unseen };
}
