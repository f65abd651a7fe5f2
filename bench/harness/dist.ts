/** Where the built package is. */

export const repository = new URL('../../', import.meta.url);
export const distributedModule = new URL('dist/index.js', repository);
