import { describe, expect, it } from 'vitest';
import { checkWorkspaceName } from '../../../src/compilation/workspace/workspace-name.ts';
import { CacheArgumentError } from '../../../src/errors.ts';

describe('a repository', () => {
  it.each([
    'zmkfirmware/zmk',
    'ZMKfirmware/ZMK',
    ' zmkfirmware/zmk ',
    'github.com/zmkfirmware/zmk',
    'https://github.com/zmkfirmware/zmk',
    'https://github.com/zmkfirmware/zmk/',
    'https://github.com/zmkfirmware/zmk.git',
    'https://www.github.com/zmkfirmware/zmk.git',
    'https://user:token@github.com/zmkfirmware/zmk.git',
    'http://GitHub.com/zmkfirmware/zmk',
    'git://github.com/zmkfirmware/zmk.git',
    'git@github.com:zmkfirmware/zmk.git',
    'github.com:zmkfirmware/zmk.git',
    'ssh://git@github.com/zmkfirmware/zmk.git',
    'ssh://git@ssh.github.com:443/zmkfirmware/zmk.git',
  ])('on GitHub is one, however it is written: %s', (repository) => {
    expect(checkWorkspaceName({ repository }).repository).toBe('zmkfirmware/zmk');
  });

  it.each([
    ['https://gitlab.com/Group/sub/project.git', 'gitlab.com/Group/sub/project'],
    ['git@gitlab.com:Group/sub/project.git', 'gitlab.com/Group/sub/project'],
    ['gitlab.com/Group/sub/project', 'gitlab.com/Group/sub/project'],
    ['https://user:secret@git.example.org:8443/~me/zmk', 'git.example.org:8443/~me/zmk'],
  ])('elsewhere keeps its host: %s', (repository, kept) => {
    expect(checkWorkspaceName({ repository }).repository).toBe(kept);
    expect(checkWorkspaceName({ repository: kept }).repository).toBe(kept);
  });

  it.each([
    '',
    'zmk',
    '.',
    './zmk',
    '../zmkfirmware/zmk',
    '/home/me/zmk',
    '~/zmk',
    'C:\\zmk',
    'file:///home/me/zmk',
    'https://github.com/zmkfirmware',
    'github.com/zmkfirmware',
    'https://github.com/zmkfirmware/zmk/tree/main',
    'https://github.com/zmkfirmware/zmk?tab=readme',
    'https://github.com/a/../b',
    'https://',
    'a/b c',
    'a/\u0000b',
    'owner//name',
  ])('is refused if it is none: %j', (repository) => {
    expect(() => checkWorkspaceName({ repository })).toThrow(CacheArgumentError);
  });
});

describe('a branch', () => {
  it.each([
    ['main', 'main'],
    ['feature/split-keyboard', 'feature/split-keyboard'],
    ['refs/heads/main', 'main'],
    ['refs/tags/v0.3', 'v0.3'],
    ['größe', 'größe'],
    ['1a2b3c4', '1a2b3c4'],
  ])('is what Git allows: %s', (branch, kept) => {
    expect(checkWorkspaceName({ repository: 'a/b', branch })).toEqual({
      repository: 'a/b',
      branch: kept,
      level: 'repo_branch',
    });
  });

  it.each([
    '',
    ' ',
    'a b',
    'a..b',
    '-a',
    '/a',
    'a/',
    'a//b',
    'a:b',
    'a~1',
    'a^',
    'a?',
    'a*',
    'a[b',
    'a\\b',
    'a.lock',
    'a@{1}',
    '@',
    'a\u0007',
    'x'.repeat(300),
  ])('is refused if Git would: %j', (branch) => {
    expect(() => checkWorkspaceName({ repository: 'a/b', branch })).toThrow(/^branch must be the name of a branch/);
  });

  it('is not needed: then the level is repo', () => {
    expect(checkWorkspaceName({ repository: 'a/b' })).toEqual({ repository: 'a/b', branch: undefined, level: 'repo' });
  });
});
