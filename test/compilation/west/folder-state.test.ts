import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type FolderState, lookAtFolder } from '../../../src/compilation/west/folder-state.ts';
import { KnownFiles } from '../../../src/compilation/west/known-files.ts';
import { DisabledCache } from '../../../src/disabled-cache.ts';
import { openCache } from '../../support/open-cache.ts';
import { createTempRoot } from '../../support/temp-root.ts';

let root: string;
beforeEach(() => {
  root = createTempRoot();
});

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function git(path: string, ...args: string[]): void {
  const who = ['-c', 'user.name=x', '-c', 'user.email=x@example.com', '-c', 'protocol.file.allow=always'];
  execFileSync('git', ['-C', join(root, path), ...who, ...args], { stdio: 'pipe' });
}

/** Makes a folder a clone with one commit. */
function clone(path: string): void {
  git(path, 'init', '-q');
  commit(path);
}

function commit(path: string): void {
  git(path, 'add', '-A');
  git(path, 'commit', '-q', '--allow-empty', '-m', 'x');
}

async function look(skipped = ''): Promise<FolderState> {
  const known = await KnownFiles.load(new DisabledCache(), root);
  return lookAtFolder(root, { known, isSkipped: (path) => path === join(root, skipped), signal: undefined });
}

/** Which components another look finds changed, after `change`. */
async function changedBy(change: () => void, skipped?: string): Promise<string[]> {
  const before = await look(skipped);
  change();
  const after = await look(skipped);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => before[name] !== after[name]);
}

describe('the state of a workspace of Git clones', () => {
  beforeEach(() => {
    write('.west/config', '[manifest]');
    for (const path of ['zmk', 'zephyr', 'modules/hal']) {
      write(`${path}/src/main.c`, `code of ${path}`);
      write(`${path}/.gitignore`, 'ignored\n__pycache__\n');
      clone(path);
    }
  });

  it('has a component for each clone, however deep, and for what is around them', async () => {
    expect(Object.keys(await look())).toEqual(['.west', 'modules/hal', 'zephyr', 'zmk']);
    expect(await look()).toEqual(await look());
  });

  it.each([
    ['a commit', () => commit('zmk'), ['zmk']],
    ['a changed file', () => write('zmk/src/main.c', 'other'), ['zmk']],
    ['a removed file', () => rmSync(join(root, 'zephyr/src/main.c')), ['zephyr']],
    ['a new file', () => write('modules/hal/new.c', 'new'), ['modules/hal']],
    ['a file that may be executed now', () => chmodSync(join(root, 'zmk/src/main.c'), 0o755), ['zmk']],
    ['another manifest', () => write('.west/config', '[other]'), ['.west']],
    ['a moved clone', () => renameSync(join(root, 'modules/hal'), join(root, 'hal')), ['modules/hal', 'hal']],
    ['a clone that is none any more', () => rmSync(join(root, 'zmk/.git'), { recursive: true }), ['zmk']],
    ['a file that is ignored', () => write('zmk/ignored', 'x'), []],
    ['what Python keeps', () => write('zmk/scripts/__pycache__/x.pyc', 'x'), []],
    ['a time stamp', () => utimesSync(join(root, 'zmk/src/main.c'), new Date(), new Date(0)), []],
  ])('tells %s', async (_, change, components) => {
    expect(await changedBy(change)).toEqual(components);
  });

  it('tells one change from another, and is as it was when it is taken back', async () => {
    const clean = await look();
    write('zmk/src/main.c', 'one');
    write('zmk/new', 'one');
    const one = await look();
    expect(await changedBy(() => write('zmk/src/main.c', 'two'))).toEqual(['zmk']);
    expect(await changedBy(() => write('zmk/new', 'two'))).toEqual(['zmk']);
    write('zmk/src/main.c', 'one');
    write('zmk/new', 'one');
    expect(await look()).toEqual(one);
    write('zmk/src/main.c', 'code of zmk');
    rmSync(join(root, 'zmk/new'));
    expect(await look()).toEqual(clean);
  });

  it('does not depend on what is staged', async () => {
    write('zmk/src/main.c', 'one');
    expect(await changedBy(() => git('zmk', 'add', '-A'))).toEqual([]);
  });

  it.each(['', 'zmk/'])('leaves out what was made of it, and not what is beside that: %s', async (place) => {
    const made = () => {
      write('zmk/firmware/x.uf2', 'x');
      write(`${place}build/left/CMakeCache.txt`, '');
      write(`${place}build/left/zephyr/zmk.elf`, 'x');
      write(`${place}.venv/pyvenv.cfg`, '');
      write(`${place}.venv/lib/x.py`, '');
      write(`${place}cache/CACHEDIR.TAG`, '');
      write(`${place}cache/compilation/index.jsonl`, '');
      write(`${place}kept/left/.glovebox-build`, '');
      write(`${place}kept/left/sources/x`, '');
      write(`${place}scripts/__pycache__/x.pyc`, '');
    };
    expect(await changedBy(made, 'zmk/firmware/x.uf2')).toEqual([]);
    expect(await changedBy(() => write(`${place}build/source.c`, ''))).toEqual([place === '' ? 'build' : 'zmk']);
  });

  it('follows clones into what a clone around them ignores', async () => {
    rmSync(join(root, '.west'), { recursive: true });
    write('.gitignore', '/zephyr/\n/modules/\n/zmk/\n');
    clone('.');
    expect(Object.keys(await look())).toEqual(['.', 'modules/hal', 'zephyr', 'zmk']);
    expect(await changedBy(() => write('zephyr/src/main.c', 'other'))).toEqual(['zephyr']);
    expect(await changedBy(() => write('modules/loose.c', 'ignored'))).toEqual([]);
  });

  it('is the same in a copy of another name', async () => {
    const one = await look();
    const copy = join(createTempRoot(), 'another');
    cpSync(root, copy, { recursive: true });
    root = copy;
    expect(await look()).toEqual(one);
    write('.gitignore', '/*/');
    clone('.');
    const two = await look();
    const again = join(createTempRoot(), 'third');
    cpSync(root, again, { recursive: true });
    root = again;
    expect(await look()).toEqual(two);
  });

  it('follows clones that a clone around them does not know', async () => {
    clone('zmk');
    write('zmk/extra/x.c', 'x');
    clone('zmk/extra');
    expect(await changedBy(() => write('zmk/extra/x.c', 'y'))).toEqual(['zmk/extra']);
  });

  it('follows submodules that were changed', async () => {
    git('zmk', 'submodule', 'add', '-q', join(root, 'zephyr'), 'sub');
    commit('zmk');
    const one = await changedBy(() => write('zmk/sub/src/main.c', 'one'));
    expect(one).toContain('zmk');
    expect(await changedBy(() => write('zmk/sub/src/main.c', 'two'))).toEqual(['zmk/sub']);
  });

  it('does not take a broken clone for a part of one around it', async () => {
    clone('.');
    rmSync(join(root, 'zmk/.git/HEAD'));
    expect(await changedBy(() => write('zmk/src/main.c', 'other'))).toContain('zmk');
    expect(await changedBy(() => write('zmk/ignored', 'counts where Git can not be asked'))).toContain('zmk');
  });
});

describe('the state of a folder without Git', () => {
  it('is its content', async () => {
    write('zmk/a.c', 'a');
    write('zephyr/b.c', 'b');
    expect(await changedBy(() => write('zmk/a.c', 'b'))).toEqual(['zmk']);
    expect(await changedBy(() => renameSync(join(root, 'zmk/a.c'), join(root, 'zmk/c.c')))).toEqual(['zmk']);
    expect(await changedBy(() => write('zephyr/__pycache__/x.pyc', 'b'))).toEqual([]);
  });

  it('is the same in a copy', async () => {
    write('zmk/a.c', 'a');
    const one = await look();
    root = createTempRoot();
    write('zmk/a.c', 'a');
    expect(await look()).toEqual(one);
  });

  it('follows links, and does not go round in circles', async () => {
    const outside = createTempRoot();
    writeFileSync(join(outside, 'x.c'), 'one');
    symlinkSync(outside, join(root, 'module'));
    symlinkSync(join(outside, 'x.c'), join(root, 'x.c'));
    symlinkSync('.', join(root, 'self'));
    symlinkSync('nowhere', join(root, 'dangling'));
    expect((await changedBy(() => writeFileSync(join(outside, 'x.c'), 'two'))).length).toBeGreaterThan(0);
    rmSync(join(root, 'x.c'));
    expect((await changedBy(() => writeFileSync(join(outside, 'x.c'), 'three'))).length).toBeGreaterThan(0);
  });

  it('is refused by name when it can not be read', async () => {
    const known = await KnownFiles.load(new DisabledCache(), root);
    const missing = join(root, 'missing');
    await expect(lookAtFolder(missing, { known, isSkipped: () => false, signal: undefined })).rejects.toThrow(
      /^folder ".*missing" must be readable, and ENOENT/,
    );
  });

  it('stops when it is told to', async () => {
    write('a/b', 'c');
    const known = await KnownFiles.load(new DisabledCache(), root);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(lookAtFolder(root, { known, isSkipped: () => false, signal })).rejects.toThrow('enough');
  });
});

describe('files that were read', () => {
  it('are not read again until they are touched', async () => {
    const cache = openCache();
    write('zmk/a.c', 'aaa');
    const old = new Date(Date.now() - 60_000);
    const lookAgain = async () => {
      const known = await KnownFiles.load(cache, root);
      const state = await lookAtFolder(root, { known, isSkipped: () => false, signal: undefined });
      await known.save(60);
      return state;
    };
    const first = await lookAgain();
    // A change that leaves no trace shows that the file is not read: it could only be made behind the system's back.
    const [key = ''] = (await cache.keys()).filter((name) => name.includes(':files:'));
    const kept = await cache.get<Record<string, unknown[]>>(key);
    expect(Object.keys(kept ?? {})).toEqual(['zmk/a.c']);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await lookAgain();
    const settled = await cache.get<Record<string, unknown[]>>(key);
    await cache.set(key, { 'zmk/a.c': ['f'.repeat(64), ...(settled?.['zmk/a.c']?.slice(1) ?? [])] });
    expect(await lookAgain()).not.toEqual(first);
    utimesSync(join(root, 'zmk/a.c'), old, old);
    expect(await lookAgain()).toEqual(first);
  });

  it('are read when what is kept of them makes no sense', async () => {
    const cache = openCache();
    write('a.c', 'aaa');
    const known = await KnownFiles.load(cache, root);
    await lookAtFolder(root, { known, isSkipped: () => false, signal: undefined });
    await known.save(60);
    const [key = ''] = await cache.keys();
    for (const nonsense of ['text', { 'a.c': 'x' }, { 'a.c': [1, 2] }, { 'a.c': ['x', 'y', 1, 2, 3, 4, 5] }]) {
      await cache.set(key, nonsense);
      const again = await KnownFiles.load(cache, root);
      expect(
        Object.keys(await lookAtFolder(root, { known: again, isSkipped: () => false, signal: undefined })),
      ).toEqual(['a.c']);
    }
    expect(readFileSync(join(root, 'a.c'), 'utf8')).toBe('aaa');
  });
});
