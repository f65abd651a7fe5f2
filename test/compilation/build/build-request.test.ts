import { describe, expect, it } from 'vitest';
import { type BuildRequest, checkBuildRequest } from '../../../src/compilation/build/build-request.ts';
import { CacheArgumentError } from '../../../src/errors.ts';

function refusal(parts: Partial<BuildRequest>): string {
  try {
    checkBuildRequest({ command: 'true', ...parts });
  } catch (error) {
    if (error instanceof CacheArgumentError) return error.message;
  }
  throw new Error('the request was not refused');
}

describe('a build request', () => {
  it('has defaults', () => {
    expect(checkBuildRequest({ command: 'true' })).toEqual({
      command: 'true',
      args: [],
      cwd: process.cwd(),
      inputs: [],
      files: [],
      settings: undefined,
      outputs: [],
      outputFolder: process.cwd(),
      restoreFolder: process.cwd(),
      requireOutputs: false,
      ignore: [],
      envNames: [],
      env: process.env,
      stdin: undefined,
      ttl: undefined,
      history: {},
      ownProcessGroup: false,
      cacheFailures: false,
      refresh: false,
    });
  });

  it('means the same in whatever order its lists are written', () => {
    const one = checkBuildRequest({ command: 'x', outputs: ['./b', 'a', 'a'], envNames: ['B', 'A'] });
    const other = checkBuildRequest({ command: 'x', outputs: ['a', 'b'], envNames: ['A', 'B', 'A'] });
    expect(one).toEqual(other);
  });

  it.each([
    [{ command: '' }, /^command is empty; give the program to run/],
    [{ args: ['a\0b'] }, /^command and args must not hold a NUL/],
    [{ cwd: '/no/such/folder' }, /^cwd must be an existing folder, got "\/no\/such\/folder"/],
    [{ inputs: [' '] }, /^inputs must hold glob patterns such as 'src\/\*\*', got " "/],
    [{ inputs: ['!dist/**'] }, /^inputs must not only take files away \(!dist\/\*\*\); add a pattern/],
    [{ outputs: ['../dist'] }, /^outputs must lie inside the working folder, got "\.\.\/dist"/],
    [{ outputs: ['/dist'] }, /^outputs must lie inside/],
    [{ outputs: ['dist/../../x'] }, /^outputs must lie inside/],
    [{ envNames: ['A=1'] }, /^envNames must hold names .* got "A=1"/],
    [{ ttl: 0 }, /^ttl must be a positive finite number of seconds, got 0/],
    [{ ttl: Number.NaN }, /^ttl must be/],
    [{ history: { ttl: -1 } }, /^history\.ttl must be a positive finite number/],
    [{ files: { x: '' } }, /^files must hold paths by name, got "" for "x"/],
    [{ outputFolder: '/no/such/folder' }, /^outputFolder must be an existing folder/],
    [{ restoreFolder: '/no/such/folder' }, /^restoreFolder must be an existing folder/],
  ])('is refused by name: %j', (parts, message) => {
    expect(refusal(parts)).toMatch(message);
  });
});
