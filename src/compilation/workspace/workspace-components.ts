/**
 * What a workspace is made of, as its files show.
 */

import type { TreeEntry } from '../content/tree.ts';

/**
 * A part of a workspace: `zmk` the firmware, `zephyr` the operating system, `modules` what that needs of others, `west`
 * the tool's own settings, `build` the folder of a build.
 */
export type WorkspaceComponent = 'zmk' | 'zephyr' | 'modules' | 'west' | 'build';

/** By which paths each component is known. */
const SIGNS: Readonly<Record<WorkspaceComponent, RegExp>> = {
  // Where it is the repository that the workspace is made for, its folder `app` lies at the top.
  zmk: /^(?:zmk\/app\/.|app\/west\.yml$)/,
  zephyr: /^zephyr\/(?:VERSION|CMakeLists\.txt|west\.yml)$/,
  modules: /^modules\/./,
  west: /^\.west\/config$/,
  // At the top or in an application, of one board or of several.
  build: /^(?:[^/]+\/){0,2}build\/(?:[^/]+\/)?CMakeCache\.txt$/,
};

const COMPONENTS: readonly WorkspaceComponent[] = ['zmk', 'zephyr', 'modules', 'west', 'build'];

/** What must be there for a folder to be a workspace, in words. */
export const WHAT_A_WORKSPACE_HAS = 'zmk/app, app/west.yml, zephyr/VERSION, modules/ or .west/config';

/** The components that files among `entries` show. */
export function componentsOf(entries: Iterable<Pick<TreeEntry, 'type' | 'path'>>): WorkspaceComponent[] {
  const found = new Set<WorkspaceComponent>();
  for (const { type, path } of entries) {
    if (type === 'folder') continue;
    for (const component of COMPONENTS) {
      if (!found.has(component) && SIGNS[component].test(path)) found.add(component);
    }
  }
  return COMPONENTS.filter((component) => found.has(component));
}

/** Whether components make a workspace: the folder of a build alone is none. */
export function makesWorkspace(components: readonly WorkspaceComponent[]): boolean {
  return components.some((component) => component !== 'build');
}

/** Whether `text` names a component. */
export function isWorkspaceComponent(text: unknown): text is WorkspaceComponent {
  return COMPONENTS.some((component) => component === text);
}
