/**
 * Tools that tests need beyond Node: compilers, parsers, browsers.
 */

/**
 * Whether tests that need a tool are left out: where it is missing on somebody's machine. In CI they run, and fail, since
 * `.ci/run` installs all of them.
 */
export function isLeftOut(isThere: boolean): boolean {
  return !isThere && !process.env['CI'];
}
