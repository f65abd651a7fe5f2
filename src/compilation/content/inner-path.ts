/**
 * Which paths what is kept may have, and which targets the links among it.
 *
 * The rules hold for what is recorded and again for what is restored, since a cache can be written by others: nothing is
 * ever written outside the folder that it belongs in.
 */

/** Ends the names of what is written beside its place, to be renamed into it; that is never recorded. */
export const STAGING_SUFFIX = '.glovebox-tmp';

/** As long as a path can be on any system. */
export const MAX_PATH_BYTES = 4096;

const WINDOWS_UNSAFE = /[\\:]/;

/** Whether `path` is a plain relative path: it can't leave the folder it is taken relative to. */
export function isInnerPath(path: string): boolean {
  if (path.includes('\0') || (process.platform === 'win32' && WINDOWS_UNSAFE.test(path))) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/**
 * Whether a link at the inner path `path` that leads to `target` stays inside the folder.
 *
 * `..` is accepted at the beginning of the target only, where it counts from the link's own real folder; further on it
 * would count from wherever another link leads.
 */
export function isInnerLink(path: string, target: string): boolean {
  if (target.includes('\0') || target === '' || target.startsWith('/')) return false;
  if (process.platform === 'win32' && WINDOWS_UNSAFE.test(target)) return false;
  const parts = target.split('/').filter((part) => part !== '.' && part !== '');
  const down = parts.findIndex((part) => part !== '..');
  const climbs = down === -1 ? parts.length : down;
  return climbs <= path.split('/').length - 1 && !parts.slice(climbs).includes('..');
}

/**
 * Whether a path was read as it is: what isn't UTF-8 comes with U+FFFD in place of its bytes, and would be restored under
 * that other name.
 */
export function isDecoded(path: string): boolean {
  return !path.includes('\ufffd');
}

/** Whether `path` lies in a Git folder, which holds hooks that run; Windows and macOS know it in any case. */
export function isInGitFolder(path: string): boolean {
  return path.split('/').some((part) => part.toLowerCase() === '.git');
}
