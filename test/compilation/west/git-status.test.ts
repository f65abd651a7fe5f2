import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readCloneStatus } from '../../../src/compilation/west/git-status.ts';
import { createTempRoot } from '../../support/temp-root.ts';

let root: string;
let inner: string;
beforeEach(() => {
  root = createTempRoot();
  inner = join(root, 'in ner');
  mkdirSync(inner);
  for (const folder of [root, inner]) {
    git(folder, 'init', '-q', '-b', 'main');
    writeFileSync(join(folder, 'a b.c'), 'a');
    writeFileSync(join(folder, '.gitignore'), 'ignored/\n/in ner/\n');
    commit(folder);
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
});

function git(folder: string, ...args: string[]): string {
  const who = ['-c', 'user.name=x', '-c', 'user.email=x@example.com'];
  return execFileSync('git', ['-C', folder, ...who, ...args], { stdio: 'pipe', encoding: 'utf8' }).trim();
}

function commit(folder: string): void {
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'x');
}

describe('the status of a clone', () => {
  it('has the commit and nothing else where nothing was changed', async () => {
    const commitId = git(inner, 'rev-parse', 'HEAD');
    expect(await readCloneStatus(inner, undefined)).toEqual({
      ...{ commit: commitId, changed: [], untracked: [], unseen: [] },
    });
  });

  it('has what was changed, added, renamed, and what is not looked into', async () => {
    git(root, 'mv', 'a b.c', ' c\nd');
    writeFileSync(join(root, 'ne"w'), '');
    mkdirSync(join(root, 'ignored'));
    const status = await readCloneStatus(root, undefined);
    expect(status?.changed).toEqual([' c\nd', 'a b.c']);
    expect(status?.untracked).toEqual(['ne"w']);
    expect(status?.unseen).toEqual(expect.arrayContaining(['in ner']));
  });

  it('has what could not be merged', async () => {
    git(inner, 'checkout', '-q', '-b', 'other');
    writeFileSync(join(inner, 'a b.c'), 'other');
    commit(inner);
    git(inner, 'checkout', '-q', 'main');
    writeFileSync(join(inner, 'a b.c'), 'main');
    commit(inner);
    expect(() => git(inner, 'merge', '-q', 'other')).toThrow();
    expect((await readCloneStatus(inner, undefined))?.changed).toEqual(['a b.c']);
  });

  it('is not that of a clone around it, nor of one that the environment names', async () => {
    vi.stubEnv('GIT_DIR', join(root, '.git'));
    expect((await readCloneStatus(inner, undefined))?.commit).toBe(execHead(inner));
    rmSync(join(inner, '.git', 'HEAD'));
    expect(await readCloneStatus(inner, undefined)).toBeUndefined();
  });

  it('is not known without Git', async () => {
    vi.stubEnv('PATH', '/nonexistent');
    expect(await readCloneStatus(inner, undefined)).toBeUndefined();
  });

  it('runs nothing that the clone says', async () => {
    git(inner, 'config', 'core.fsmonitor', 'touch oops');
    await readCloneStatus(inner, undefined);
    expect(await readCloneStatus(inner, undefined)).toMatchObject({ untracked: [] });
  });

  it.each(['clean', 'process'])('runs no %s of the filters that the clone has of its own', async (kind) => {
    writeFileSync(join(inner, '.git', 'info', 'attributes'), '* filter=a=b\n');
    git(inner, 'config', `filter.a=b.${kind}`, `touch '${join(root, 'oops')}'; cat`);
    git(inner, 'config', 'filter.a=b.required', 'true');
    writeFileSync(join(inner, 'a b.c'), 'b');
    expect(await readCloneStatus(inner, undefined)).toMatchObject({ changed: ['a b.c'] });
    expect(existsSync(join(root, 'oops'))).toBe(false);
  });

  it('is given up when that is asked for', async () => {
    await expect(readCloneStatus(inner, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

function execHead(folder: string): string {
  const { GIT_DIR, ...env } = process.env;
  return execFileSync('git', ['-C', folder, 'rev-parse', 'HEAD'], { encoding: 'utf8', env }).trim();
}
