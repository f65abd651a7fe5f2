import { expect, it } from 'vitest';
import { componentsOf, makesWorkspace } from '../../../src/compilation/workspace/workspace-components.ts';

it.each([
  [['zmk/app/CMakeLists.txt'], ['zmk'], true],
  [['app/west.yml'], ['zmk'], true],
  [['zephyr/VERSION'], ['zephyr'], true],
  [['zephyr/CMakeLists.txt', 'modules/hal/a.c'], ['zephyr', 'modules'], true],
  [['.west/config'], ['west'], true],
  [['build/CMakeCache.txt'], ['build'], false],
  [['build/left/CMakeCache.txt'], ['build'], false],
  [['zmk/app/build/CMakeCache.txt'], ['zmk', 'build'], true],
  [['a/b/c/build/CMakeCache.txt'], [], false],
  [['src/zmk/app/x', 'myzephyr/VERSION', 'node_modules/a', 'west/config'], [], false],
  [[], [], false],
] as const)('%j shows %j', (paths, components, isWorkspace) => {
  const found = componentsOf(paths.map((path) => ({ type: 'file', path })));
  expect(found).toEqual(components);
  expect(makesWorkspace(found)).toBe(isWorkspace);
});

it('is not shown by folders in which nothing is', () => {
  expect(componentsOf([{ type: 'folder', path: 'modules/hal' }])).toEqual([]);
});
