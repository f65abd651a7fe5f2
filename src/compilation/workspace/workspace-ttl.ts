/**
 * How long a workspace is kept.
 */

import type { TtlSettings } from '../../ttls.ts';
import type { WorkspaceComponent } from './workspace-components.ts';
import type { WorkspaceLevel } from './workspace-name.ts';

/** Times to live of workspaces, in seconds, by what they hold. */
export type WorkspaceTtls = Pick<TtlSettings, 'workspaceBase' | 'workspaceBranch' | 'workspaceFull' | 'workspaceBuild'>;

const FULL: readonly WorkspaceComponent[] = ['zmk', 'zephyr', 'modules'];

/** The shortest time to live that applies to a workspace, in seconds. */
export function workspaceTtl(
  ttls: WorkspaceTtls,
  level: WorkspaceLevel,
  components: readonly WorkspaceComponent[],
): number {
  const applying = [level === 'repo' ? ttls.workspaceBase : ttls.workspaceBranch];
  const isFull = FULL.every((component) => components.includes(component));
  if (level === 'repo_branch' && isFull) applying.push(ttls.workspaceFull);
  if (components.includes('build')) applying.push(ttls.workspaceBuild);
  return Math.min(...applying);
}

/** The longest time to live that a workspace of `level` can have, in seconds. */
export function longestTtl(ttls: WorkspaceTtls, level: WorkspaceLevel): number {
  return workspaceTtl(ttls, level, []);
}
