import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolders } from '../src/make-folders.ts';
import { createTempRoot } from './support/temp-root.ts';

describe('makeFolders', () => {
  it('makes a folder and the path to it, and is content with one that is there', () => {
    const folder = join(createTempRoot(), 'a', 'b', 'c');
    makeFolders(folder);
    expect(existsSync(folder)).toBe(true);
    makeFolders(folder);
  });

  it.runIf(existsSync('/proc/self'))('ends where no folder can be made', () => {
    expect(() => makeFolders('/proc/one/two')).toThrow(/ENOENT|EACCES/);
  });

  it('makes none of a file', () => {
    const folder = createTempRoot();
    writeFileSync(join(folder, 'file'), '');
    expect(() => makeFolders(join(folder, 'file'))).toThrow(/EEXIST/);
    expect(() => makeFolders(join(folder, 'file', 'under'))).toThrow(/ENOTDIR/);
  });
});
