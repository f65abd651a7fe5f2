/**
 * What a workspace is called by: a repository, in whichever way it is written, and a branch.
 */

import { CacheArgumentError } from '../../errors.ts';

/** Which workspace is meant. */
export interface WorkspaceName {
  /**
   * The repository: `owner/name` for one on GitHub, or any address that Git knows it by. `zmkfirmware/zmk`,
   * `https://github.com/zmkfirmware/zmk.git` and `git@github.com:zmkfirmware/zmk.git` are one.
   */
  readonly repository: string;
  /**
   * The branch, or a tag or commit.
   * @default none: the workspace that all branches of the repository have in common
   */
  readonly branch?: string | undefined;
}

/** `repo`: what all branches of a repository have in common. `repo_branch`: a workspace of one branch. */
export type WorkspaceLevel = 'repo' | 'repo_branch';

/** A name that was checked, with its repository written in the one way in which it is kept. */
export interface CheckedWorkspaceName {
  readonly repository: string;
  readonly branch: string | undefined;
  readonly level: WorkspaceLevel;
}

const GITHUB = 'github.com';
const LONGEST_BRANCH = 255;

/** `[user@]host:path`, as ssh and scp write it. */
const SCP_FORM = /^(?:[^@/\s]+@)?([A-Za-z0-9.-]+):(?!\/\/)(.+)$/;
const OWNER_AND_NAME = /^[\w-]+\/[\w.-]+$/;
const HOST_AND_PATH = /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?\/.+$/;

/**
 * Checks `name` and brings its repository into one form: `owner/name` for GitHub, in lower case, as GitHub doesn't mind
 * case; `host/path` for others. Passwords in an address are not kept.
 * @throws a {@link CacheArgumentError} if it is no name of a repository, or no name of a branch.
 */
export function checkWorkspaceName(name: WorkspaceName): CheckedWorkspaceName {
  if (typeof name !== 'object' || name === null) {
    throw new CacheArgumentError("name must be an object such as { repository: 'zmkfirmware/zmk', branch: 'main' }");
  }
  const { repository, branch } = name;
  return {
    repository: checkRepository(repository),
    branch: branch === undefined ? undefined : checkBranch(branch),
    level: branch === undefined ? 'repo' : 'repo_branch',
  };
}

/** How people are told of a workspace. */
export function describeWorkspace({ repository, branch }: WorkspaceName): string {
  return branch === undefined ? `workspace ${repository}` : `workspace ${repository}, branch ${branch},`;
}

function checkRepository(text: string): string {
  if (typeof text !== 'string') throw wrongRepository(text);
  const trimmed = text.trim();
  const { host, path } = partsOf(trimmed) ?? { host: '', path: '' };
  const parts = path
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/i, '')
    .split('/');
  const isPlain = parts.every((part) => /^[\w.~+-]+$/.test(part) && part !== '.' && part !== '..');
  if (host === '' || !isPlain || (host === GITHUB && parts.length !== 2)) throw wrongRepository(text);
  return host === GITHUB ? parts.join('/').toLowerCase() : `${host}/${parts.join('/')}`;
}

function partsOf(text: string): { readonly host: string; readonly path: string } | undefined {
  if (/^[a-z+]+:\/\//i.test(text)) return URL.canParse(text) ? urlParts(new URL(text)) : undefined;
  if (OWNER_AND_NAME.test(text)) return { host: GITHUB, path: text };
  if (HOST_AND_PATH.test(text) && URL.canParse(`https://${text}`)) return urlParts(new URL(`https://${text}`));
  const [, host, path] = SCP_FORM.exec(text) ?? [];
  return host === undefined || path === undefined ? undefined : { host: knownHost(host), path };
}

function urlParts(url: URL): { readonly host: string; readonly path: string } | undefined {
  const isOfNetwork = ['http:', 'https:', 'ssh:', 'git:', 'git+ssh:', 'git+https:'].includes(url.protocol);
  if (!isOfNetwork || url.search !== '' || url.hash !== '') return undefined;
  return { host: knownHost(url.host), path: url.pathname };
}

function knownHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^(?:www|ssh)\.(?=github\.com)/, '')
    .replace(/^github\.com:\d+$/, GITHUB);
}

/** What Git allows a branch to be called; see https://git-scm.com/docs/git-check-ref-format */
function checkBranch(text: string): string {
  const branch = typeof text === 'string' ? text.trim().replace(/^refs\/(?:heads|tags)\//, '') : '';
  const isBranch =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are among what Git forbids.
    /^[^\u0000- ~^:?*[\\\u007f]+$/.test(branch) &&
    !/\.\.|@\{|\/\/|^[-/.]|[/.]$|\/\.|\.lock(?:\/|$)|^@$/.test(branch) &&
    branch.length <= LONGEST_BRANCH;
  if (isBranch) return branch;
  throw new CacheArgumentError(`branch must be the name of a branch such as 'main', got ${JSON.stringify(text)}`);
}

function wrongRepository(given: unknown): CacheArgumentError {
  return new CacheArgumentError(
    `repository must be 'owner/name' or the address of a Git repository, got ${JSON.stringify(given)}`,
  );
}
