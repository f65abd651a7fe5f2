/**
 * What keeps a workspace from being kept or restored.
 */

import { CacheError } from '../../errors.ts';

/** A workspace can't be added, restored or exported; the message says which and why. Nothing is left half done. */
export class WorkspaceError extends CacheError {
  override readonly name = 'WorkspaceError';
  readonly code = 'ERR_WORKSPACE';
}
