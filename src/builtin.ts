/**
 * Modules of the runtime, got instead of imported. Those that take milliseconds to load are got when they are first
 * needed, since whoever imports this package may never need them. The build has all others got this way too
 * (`.ci/build/plugins.ts` says why).
 */

import { createRequire } from 'node:module';

/**
 * A module of the runtime; `name` begins with `node:`. The first call for a name loads it, later ones cost 0.1 µs.
 */
export const builtin: typeof process.getBuiltinModule =
  // Node before 20.16 has no such function. Where a `require` looks from doesn't matter for the runtime's own.
  process.getBuiltinModule ?? createRequire(process.execPath);
