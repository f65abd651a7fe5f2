/**
 * Glob patterns as a check of paths. Loaded when there are any.
 */

import picomatch from 'picomatch';
import type { IsExcluded } from './excluded-paths.ts';

/** Whether a path matches one of `patterns`, which match names that begin with a dot, too. */
export function globMatcher(patterns: readonly string[]): IsExcluded {
  return picomatch([...patterns], { dot: true });
}
