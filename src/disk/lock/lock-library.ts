/**
 * proper-lockfile, loaded when the first lock is taken: importing it installs signal listeners, which a package that
 * is merely imported must not do. The build replaces the loader by a bundled, equally late, `require`.
 */

import { createRequire } from 'node:module';
import type * as ProperLockfile from 'proper-lockfile';

const load = createRequire(import.meta.url);

/** The library. */
export function lockLibrary(): typeof ProperLockfile {
  return load('proper-lockfile');
}
