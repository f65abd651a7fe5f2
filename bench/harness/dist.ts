/** Where the package that is measured lies. */

import { pathToFileURL } from 'node:url';

export const repository = new URL('../../', import.meta.url);

/** Another build than `dist`, for child processes as well. */
export const PACKAGE_VARIABLE = 'GLOVEBOX_BENCH_PACKAGE';

/** The module that users import: what is built into `dist`, unless another build was named. */
export function packageModule(): URL {
  const named = process.env[PACKAGE_VARIABLE];
  return named === undefined ? new URL('dist/index.js', repository) : pathToFileURL(named);
}
