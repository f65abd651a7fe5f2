/**
 * Which paths of a tree are left out.
 */

/** Whether a path is left out. Who leaves out a folder leaves out what is in it. */
export type IsExcluded = (path: string) => boolean;

/**
 * Makes the check for glob patterns relative to the tree; they match names that begin with a dot.
 */
export async function excludedBy(patterns: readonly string[]): Promise<IsExcluded> {
  if (patterns.length === 0) return () => false;
  const { globMatcher } = await import('./glob-matcher.ts');
  return globMatcher(patterns.map((pattern) => pattern.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '')));
}
