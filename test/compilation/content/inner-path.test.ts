import { describe, expect, it } from 'vitest';
import { isInGitFolder, isInnerLink, isInnerPath } from '../../../src/compilation/content/inner-path.ts';

describe('an inner path', () => {
  it.each(['a', 'a/b', '.a', '..a/b..', 'a b/ü'])('may be %j', (path) => {
    expect(isInnerPath(path)).toBe(true);
  });

  it.each(['', '/', '/a', '.', '..', '../a', 'a/../b', 'a/./b', 'a//b', 'a/', 'a\0b'])('may not be %j', (path) => {
    expect(isInnerPath(path)).toBe(false);
  });
});

describe('an inner link', () => {
  it.each([
    ['l', 'a'],
    ['l', './a/b'],
    ['d/l', '../a'],
    ['d/e/l', '../..'],
  ])('at %j may lead to %j', (path, target) => {
    expect(isInnerLink(path, target)).toBe(true);
  });

  it.each([
    ['l', ''],
    ['l', '/etc'],
    ['l', '..'],
    ['d/l', '../../a'],
    // Where this leads depends on whether `b` is a link.
    ['d/l', 'b/../c'],
    ['l', 'a\0'],
  ])('at %j may not lead to %j', (path, target) => {
    expect(isInnerLink(path, target)).toBe(false);
  });
});

describe("Git's folder", () => {
  it('is known at any depth and in any case', () => {
    expect(isInGitFolder('.git/hooks/x')).toBe(true);
    expect(isInGitFolder('a/.GIT/config')).toBe(true);
    expect(isInGitFolder('a/.github/x')).toBe(false);
  });
});
