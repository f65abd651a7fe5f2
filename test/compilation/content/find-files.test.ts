import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findFiles } from '../../../src/compilation/content/find-files.ts';
import { createTempRoot } from '../../support/temp-root.ts';

function folderWith(...paths: readonly string[]): string {
  const folder = createTempRoot();
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '');
  }
  return folder;
}

describe('files that patterns name', () => {
  it('are found once, sorted, with the hidden ones, and a folder stands for all in it', async () => {
    const cwd = folderWith('src/b.ts', 'src/a.ts', 'src/.hidden', 'other.ts');
    const found = await findFiles(['src', 'src/*.ts'], { cwd, ignore: [], links: 'follow' });
    expect(found).toEqual({ paths: ['src/.hidden', 'src/a.ts', 'src/b.ts'], unmatched: [] });
  });

  it('are found outside the folder too', async () => {
    const cwd = folderWith('inner/x', 'shared/y');
    const found = await findFiles(['../shared/**'], { cwd: join(cwd, 'inner'), ignore: [], links: 'follow' });
    expect(found.paths).toEqual(['../shared/y']);
  });

  it('leave out what is excluded, ignored, staged, or of Git', async () => {
    const cwd = folderWith('a', 'not/b', 'cache/c', '.git/HEAD', 'sub/.git/HEAD', '.0123-1.glovebox-tmp');
    const found = await findFiles(['**', '!not/**'], { cwd, ignore: ['cache/**'], links: 'keep' });
    expect(found.paths).toEqual(['a']);
  });

  it('are in .git when a pattern says so', async () => {
    const cwd = folderWith('a', '.git/HEAD');
    expect((await findFiles(['.git/HEAD'], { cwd, ignore: [], links: 'follow' })).paths).toEqual(['.git/HEAD']);
  });

  it('may have names that look like patterns', async () => {
    const cwd = folderWith('[id].ts', 'i.ts');
    expect((await findFiles(['[id].ts'], { cwd, ignore: [], links: 'follow' })).paths).toEqual(['[id].ts']);
  });

  it('behind links are found by following, the links themselves by keeping', async () => {
    const cwd = folderWith('real/x');
    mkdirSync(join(cwd, 'in'));
    symlinkSync('../real', join(cwd, 'in/folder'));
    symlinkSync('../real/x', join(cwd, 'in/file'));
    symlinkSync('nowhere', join(cwd, 'in/broken'));
    symlinkSync('..', join(cwd, 'in/loop'));
    const kept = await findFiles(['in/**'], { cwd, ignore: [], links: 'keep' });
    expect(kept.paths).toEqual(['in/broken', 'in/file', 'in/folder', 'in/loop']);
    const followed = await findFiles(['in/f*/**', 'in/file'], { cwd, ignore: [], links: 'follow' });
    expect(followed.paths).toEqual(['in/file', 'in/folder/x']);
  });

  it('may be none, which is told for each pattern', async () => {
    const cwd = folderWith('src/a');
    const found = await findFiles(['src/**', 'lib/**'], { cwd, ignore: [], links: 'follow' });
    expect(found.unmatched).toEqual(['lib/**']);
  });
});
