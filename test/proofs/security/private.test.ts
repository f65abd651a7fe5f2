/**
 * What the cache makes is its user's alone from the first moment, and what is somebody else's is not used.
 */

import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundle, runProgram } from '../../support/run-bundled.ts';
import { canTrace, traceCalls } from '../../support/strace.ts';
import { createTempRoot } from '../../support/temp-root.ts';
import { bundleWithout } from '../rules/bundle-without.ts';

const EVERYTHING = new URL('./everything.ts', import.meta.url);
const VICTIM = 12_345;
const ATTACKER = 12_346;
const isRoot = process.getuid?.() === 0;

/** The modes with which a process makes files and folders under a root, whatever the umask lets through. */
function modesOfCreation(program: string, umask: string): string[] {
  const cacheRoot = join(createTempRoot(), 'new', 'root');
  const args = JSON.stringify({ cacheRoots: [cacheRoot], keys: ['one', 'two'], later: 0 });
  const script = `umask ${umask}; exec "$0" "$@"`;
  const calls = traceCalls(['/bin/sh', '-c', script, process.execPath, program, args], {
    calls: ['open', 'openat', 'creat', 'mkdir', 'mkdirat'],
  });
  return calls.flatMap(({ call, text }) => {
    const isFolder = call.startsWith('mkdir');
    if (!text.includes(cacheRoot) || !(isFolder || text.includes('O_CREAT'))) return [];
    // proper-lockfile makes its folders as open as the system lets it; they lie in a private one, and hold nothing.
    if (/\.lock", 0777\)/.test(text)) return [];
    return [`${isFolder ? 'folder' : 'file'} ${/, 0(\d+)\)/.exec(text)?.[1] ?? text}`];
  });
}

describe.runIf(canTrace())('files and folders', () => {
  it('are private when they are made, not only afterwards', async () => {
    const modes = modesOfCreation(await bundleWithout(undefined, EVERYTHING), '000');
    expect(modes.length).toBeGreaterThan(20);
    expect([...new Set(modes)].sort()).toEqual(['file 600', 'folder 700']);
  });

  it('would be found out if they were not', async () => {
    const modes = modesOfCreation(await bundleWithout('private-files', EVERYTHING), '000');
    expect(new Set(modes)).toContain('file 666');
  });
});

describe.runIf(isRoot)('under a umask that takes everything away', () => {
  it('an ordinary user is told by name, and nothing is open to others', () => {
    const cacheRoot = createTempRoot();
    fs.chownSync(cacheRoot, VICTIM, VICTIM);
    const program = bundle(
      `
      import { DiskCacheManager } from '../../src/index.ts';

      process.umask(0o777);
      let error = 'none';
      try {
        const cache = new DiskCacheManager({ cacheRoot: ${JSON.stringify(cacheRoot)} });
        cache.getSync('key');
        cache.setSync('key', 1);
      } catch (thrown) {
        error = thrown.code;
      }
      console.log(JSON.stringify(error));
      `,
      'cjs',
    );
    expect(runProgram(program, { uid: VICTIM })).toMatch(/^ERR_CACHE_(ROOT|WRITE)$/);
    for (const item of fs.readdirSync(cacheRoot, { recursive: true, withFileTypes: true })) {
      expect(fs.lstatSync(join(item.parentPath, item.name)).mode & 0o077).toBe(0);
    }
  });
});

describe.runIf(isRoot)('in a folder where everybody may write, another user', () => {
  /** What becomes of an ordinary user who opens a cache at a path. */
  function open(cacheRoot: string): unknown {
    const program = bundle(
      `
      import { DiskCacheManager } from '../../src/index.ts';

      let result = 'opened';
      try {
        const cache = new DiskCacheManager({ cacheRoot: ${JSON.stringify(cacheRoot)} });
        cache.setSync('key', 'secret');
      } catch (error) {
        result = error.code;
      }
      console.log(JSON.stringify(result));
      `,
      'cjs',
    );
    return runProgram(program, { uid: VICTIM });
  }

  function makeSharedFolder(): string {
    const folder = createTempRoot();
    fs.chmodSync(folder, 0o1777);
    return folder;
  }

  function plant(path: string, mode: number): void {
    fs.mkdirSync(path);
    fs.chownSync(path, ATTACKER, ATTACKER);
    fs.chmodSync(path, mode);
  }

  it.each([0o700, 0o755, 0o777])('who has planted the tag folder with mode %o gets nothing', (mode) => {
    const shared = makeSharedFolder();
    plant(join(shared, 'default'), mode);
    expect(open(shared)).toMatch(/^ERR_CACHE_(OWNER|ROOT)$/);
    expect(fs.readdirSync(join(shared, 'default'))).toEqual([]);
  });

  it.each([0o700, 0o755])('who has planted the root with mode %o gets nothing', (mode) => {
    const shared = makeSharedFolder();
    plant(join(shared, 'app'), mode);
    expect(open(join(shared, 'app'))).toMatch(/^ERR_CACHE_(OWNER|ROOT)$/);
    expect(fs.readdirSync(join(shared, 'app'))).toEqual([]);
  });

  it('who has planted a link to his own folder gets nothing', () => {
    const shared = makeSharedFolder();
    plant(join(shared, 'trap'), 0o755);
    for (const name of ['default', 'app']) {
      fs.symlinkSync(join(shared, 'trap'), join(shared, name));
      fs.lchownSync(join(shared, name), ATTACKER, ATTACKER);
    }
    expect(open(shared)).toBe('ERR_CACHE_ROOT');
    expect(open(join(shared, 'app'))).toMatch(/^ERR_CACHE_(OWNER|ROOT)$/);
    expect(fs.readdirSync(join(shared, 'trap'))).toEqual([]);
  });

  it('can read nothing of a cache that was made there', () => {
    const shared = makeSharedFolder();
    expect(open(join(shared, 'app'))).toBe('opened');
    const look = bundle(
      `
      import { readdirSync } from 'node:fs';

      let result = 'open';
      try {
        readdirSync(${JSON.stringify(join(shared, 'app'))});
      } catch (error) {
        result = error.code;
      }
      console.log(JSON.stringify(result));
      `,
      'cjs',
    );
    expect(runProgram(look, { uid: ATTACKER })).toBe('EACCES');
  });
});
