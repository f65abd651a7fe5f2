import { describe, expect, it } from 'vitest';
import { TreePathError, TreePaths } from '../../../src/compilation/content/tree-paths.ts';

type Entry = readonly [path: string, type: 'file' | 'link' | 'folder'];

function addAll(entries: readonly Entry[]): boolean[] {
  const paths = new TreePaths();
  return entries.map(([path, type]) => paths.add(path, type));
}

describe('paths of a tree', () => {
  it('may come in any order, and folders more than once', () => {
    expect(
      addAll([
        ['a/b/c', 'file'],
        ['a/b', 'folder'],
        ['a', 'folder'],
        ['a/b', 'folder'],
        ['a/b/d', 'link'],
        ['ab', 'file'],
      ]),
    ).toEqual([true, true, true, false, true, true]);
  });

  it.each<[Entry, Entry]>([
    [
      ['a', 'file'],
      ['a', 'file'],
    ],
    [
      ['a', 'file'],
      ['a', 'folder'],
    ],
    [
      ['a', 'folder'],
      ['a', 'link'],
    ],
    [
      ['a', 'link'],
      ['a/b', 'file'],
    ],
    [
      ['a', 'file'],
      ['a/b/c', 'folder'],
    ],
    [
      ['a/b', 'file'],
      ['a', 'link'],
    ],
    [
      ['a/b/c', 'file'],
      ['a', 'file'],
    ],
  ])('%j and %j exclude each other', (one, other) => {
    expect(() => addAll([one, other])).toThrow(TreePathError);
  });
});
