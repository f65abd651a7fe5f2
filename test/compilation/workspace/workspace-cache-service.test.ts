import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Workspace, WorkspaceError, ZmkWorkspaceCacheService } from '../../../src/compilation/index.ts';
import { DisabledCache } from '../../../src/disabled-cache.ts';
import { CacheArgumentError } from '../../../src/errors.ts';
import { TTL_DEFAULTS } from '../../../src/ttls.ts';
import { createTempRoot } from '../../support/temp-root.ts';
import { contentOf, Depot, FULL, type Item, TTLS } from './depot.ts';

const MAIN = { repository: 'zmkfirmware/zmk', branch: 'main' };
const BASE = { repository: 'zmkfirmware/zmk' };

const isRoot = process.getuid?.() === 0;

function ttlOf({ created, expires }: Workspace): number | undefined {
  return expires && Math.round((expires.getTime() - created.getTime()) / 1000);
}

describe('a workspace', () => {
  it('comes back as it was: content, modes, times, links, empty folders', async () => {
    const depot = new Depot();
    const folder = depot.folder('zmk', {
      ...FULL,
      'zephyr/secret': { text: 'x', mode: 0o600 },
      'zephyr/ro': { text: 'x', mode: 0o444 },
      'zephyr/empty': '',
      'zephyr/ünï ☃.txt': 'unicode',
      'zephyr/.git/HEAD': 'ref: refs/heads/main\n',
      'modules/locked': { folder: 0o555 },
      'modules/big.bin': randomBytes(300_000),
    });
    chmodSync(join(folder, 'zephyr'), 0o750);
    utimesSync(join(folder, 'zephyr/VERSION'), 1_500_000_000, 1_500_000_000);
    const added = await depot.service.add(MAIN, folder);
    expect(added).toMatchObject({
      repository: 'zmkfirmware/zmk',
      branch: 'main',
      level: 'repo_branch',
      components: ['zmk', 'zephyr', 'modules', 'west'],
      files: 12,
    });
    const restored = await depot.service.restore(MAIN, depot.path('out/deep'));
    expect(restored).toMatchObject({ outcome: 'hit', workspace: { files: 12, bytes: added.bytes } });
    expect(contentOf(depot.path('out/deep'))).toEqual(contentOf(folder));
    expect(statSync(depot.path('out/deep/zephyr/VERSION')).mtimeMs).toBe(1_500_000_000_000);
    expect(statSync(depot.path('out/deep')).mode & 0o777).toBe(0o777 & ~process.umask());
    chmodSync(join(folder, 'modules/locked'), 0o755);
    chmodSync(depot.path('out/deep/modules/locked'), 0o755);
  });

  it('has files larger than a piece', async () => {
    const depot = new Depot();
    const big = Buffer.alloc(17 * 2 ** 20, 'firmware');
    const folder = depot.folder('zmk', { ...FULL, 'modules/big.bin': big });
    await depot.service.add(MAIN, folder);
    await depot.service.restore(MAIN, depot.path('out'));
    expect(readFileSync(depot.path('out/modules/big.bin')).equals(big)).toBe(true);
  });

  it('is one, however its repository is written', async () => {
    const depot = new Depot();
    const repository = 'https://user:secret@github.com/ZMKfirmware/zmk.git';
    await depot.service.add({ repository, branch: 'refs/heads/main' }, depot.folder('zmk'));
    expect(await depot.service.get({ repository: 'git@github.com:zmkfirmware/zmk.git', branch: 'main' })).toMatchObject(
      MAIN,
    );
    expect(await depot.keysWith('secret')).toEqual([]);
  });

  it('shares with another branch what they have in common', async () => {
    const depot = new Depot();
    const files: Record<string, Item> = { ...FULL };
    for (let n = 0; n < 400; n++) files[`modules/hal/file${n}.c`] = randomBytes(1000).toString('hex');
    const folder = depot.folder('zmk', files);
    await depot.service.add(MAIN, folder);
    const before = (await depot.keysWith('content:blob')).length;
    writeFileSync(join(folder, 'modules/hal/file7.c'), 'changed');
    writeFileSync(join(folder, 'modules/hal/file200a.c'), 'new');
    await depot.service.add({ ...MAIN, branch: 'dev' }, folder);
    const after = (await depot.keysWith('content:blob')).length;
    // The piece with each of the two, and the lists of files.
    expect(before).toBeGreaterThan(12);
    expect(after - before).toBeLessThan(6);
    await depot.service.restore(MAIN, depot.path('main'));
    await depot.service.restore({ ...MAIN, branch: 'dev' }, depot.path('dev'));
    expect(readFileSync(depot.path('main/modules/hal/file7.c'), 'utf8')).not.toBe('changed');
    expect(contentOf(depot.path('dev'))).toEqual(contentOf(folder));
  });

  it('is replaced by another of its name, and stays if that fails', async () => {
    const depot = new Depot();
    const folder = depot.folder('zmk');
    await depot.service.add(MAIN, folder);
    const before = contentOf(folder);
    symlinkSync('/etc/passwd', join(folder, 'zmk/app/link'));
    await expect(depot.service.add(MAIN, folder)).rejects.toThrow(/zmk\/app\/link is a link to \/etc\/passwd/);
    await depot.service.restore(MAIN, depot.path('one'));
    expect(contentOf(depot.path('one'))).toEqual(before);
    rmSync(join(folder, 'zmk/app/link'));
    writeFileSync(join(folder, 'zephyr/VERSION'), 'VERSION_MAJOR = 5\n');
    await depot.service.add(MAIN, folder);
    await depot.service.restore(MAIN, depot.path('two'));
    expect(readFileSync(depot.path('two/zephyr/VERSION'), 'utf8')).toBe('VERSION_MAJOR = 5\n');
    expect(await depot.service.list()).toHaveLength(1);
  });

  it('leaves out what is excluded, caches, and what holds no content', async () => {
    const depot = new Depot();
    const folder = depot.folder('zmk', {
      ...FULL,
      '.venv/bin/python': { link: '/usr/bin/python3' },
      'zephyr/.git/config': 'x',
      'zephyr/cache/CACHEDIR.TAG': 'Signature: 8a477f597d28d172789f06886806bc55\n',
      'zephyr/cache/much': 'x',
      'zephyr/sources/CACHEDIR.TAG': 'a file of this name, and no mark',
    });
    execFileSync('mkfifo', [join(folder, 'zephyr/pipe')]);
    const notes: string[] = [];
    await depot.service.add(MAIN, folder, { exclude: ['./.venv/', '**/.git/**'], onNote: (note) => notes.push(note) });
    expect(notes).toEqual(['zephyr/cache is left out: its CACHEDIR.TAG marks it as a cache']);
    await depot.service.restore(MAIN, depot.path('out'));
    const found = Object.keys(contentOf(depot.path('out')));
    expect(found.filter((path) => /venv|git|cache|pipe/.test(path))).toEqual([]);
    expect(found).toContain('zephyr/sources/CACHEDIR.TAG');
  });

  it('tells how far it has come', async () => {
    const depot = new Depot();
    const steps: number[] = [];
    const onProgress = ({ fraction }: { readonly fraction: number }) => steps.push(fraction);
    const folder = depot.folder('zmk');
    await depot.service.add(MAIN, folder, { onProgress });
    await depot.service.restore(MAIN, depot.path('out'), { onProgress });
    await depot.service.export(MAIN, depot.path('out.zip'), { onProgress });
    await depot.service.add(MAIN, depot.path('out.zip'), { onProgress });
    expect(steps.length).toBeGreaterThan(4 * 6);
    expect(steps.filter((step) => step === 1)).toHaveLength(4);
    expect(steps.every((step) => step > 0 && step <= 1)).toBe(true);
  });
});

describe('how long a workspace is kept', () => {
  const full = (extra: Readonly<Record<string, Item>> = {}) => ({ ...FULL, ...extra });
  const { 'modules/hal/hal.c': _, 'modules/hal/empty': __, ...partial } = FULL;

  it.each([
    ['level repo', BASE, full(), TTLS.workspaceBase],
    ['level repo with a build', BASE, full({ 'build/CMakeCache.txt': '' }), TTLS.workspaceBuild],
    ['a branch without modules', MAIN, partial, TTLS.workspaceBranch],
    ['a branch with all its components', MAIN, full(), TTLS.workspaceFull],
    ['a build in the application', MAIN, full({ 'zmk/app/build/left/CMakeCache.txt': '' }), TTLS.workspaceBuild],
  ] as const)('depends on what it holds: %s', async (_name, name, items, ttl) => {
    const depot = new Depot();
    const added = await depot.service.add(name, depot.folder('zmk', items));
    expect(ttlOf(added)).toBe(ttl);
  });

  it('is what is asked for', async () => {
    const depot = new Depot();
    expect(ttlOf(await depot.service.add(MAIN, depot.folder('zmk'), { ttl: 77 }))).toBe(77);
  });

  it('is as long as by default where nobody says, level by level', async () => {
    const depot = new Depot();
    const service = new ZmkWorkspaceCacheService(depot.cache, { ttls: { workspaceFull: 60 } });
    expect(ttlOf(await service.add(MAIN, depot.folder('zmk')))).toBe(60);
    expect(ttlOf(await service.add({ repository: 'o/n' }, depot.folder('other')))).toBe(TTL_DEFAULTS.workspaceBase);
    expect(() => new ZmkWorkspaceCacheService(depot.cache, { ttls: { workspaceBase: 0 } })).toThrow(
      'ttls.workspaceBase must be a positive finite number of seconds, got 0',
    );
  });

  it('is no longer than its content is, and content is not written each time', async () => {
    let now = Date.now();
    const depot = new Depot({ clock: () => now });
    const folder = depot.folder('zmk');
    const blobs = async () => {
      const keys = await depot.keysWith('content:blob');
      const metadata = await Promise.all(keys.map((key) => depot.cache.getMetadata(key)));
      return metadata.flatMap((entry) => (entry?.ttl === undefined ? [] : [{ ...entry, ttl: entry.ttl }]));
    };
    await depot.service.add(MAIN, folder);
    const first = await blobs();
    expect(first.length).toBeGreaterThan(0);
    for (const { ttl } of first) expect(ttl).toBeGreaterThan(TTLS.workspaceFull + 3000);
    now += 1000_000;
    await depot.service.add(MAIN, folder);
    expect((await blobs()).map(({ created }) => created)).toEqual(first.map(({ created }) => created));
    now += 1000_000;
    const again = await depot.service.add(MAIN, folder);
    const end = Math.min(...(await blobs()).map(({ created, ttl }) => created.getTime() + ttl * 1000));
    expect(end).toBeGreaterThan(again.expires?.getTime() ?? Number.POSITIVE_INFINITY);
    // A workspace that is needed for a shorter time takes nothing away from it.
    await depot.service.add({ ...MAIN, branch: 'short' }, folder, { ttl: 1 });
    expect(Math.min(...(await blobs()).map(({ created, ttl }) => created.getTime() + ttl * 1000))).toBe(end);
    now += TTLS.workspaceFull * 1000 + 1000;
    expect(await depot.service.list()).toEqual([]);
  });
});

describe('adding is refused, and nothing is listed, if', () => {
  it('there is no component of a workspace, before anything is read', async () => {
    const depot = new Depot();
    const folder = depot.folder('home', { 'notes.txt': 'x', 'build/CMakeCache.txt': '' });
    await expect(depot.service.add(MAIN, folder)).rejects.toThrow(
      new WorkspaceError(
        `folder ${folder} holds no workspace: it has none of zmk/app, app/west.yml, zephyr/VERSION, modules/ or .west/config`,
      ),
    );
    expect(await depot.keysWith('workspace')).toEqual([]);
    expect((await depot.keysWith('content:blob')).length).toBeLessThanOrEqual(1);
  });

  it.skipIf(isRoot)('something can not be read', async () => {
    const depot = new Depot();
    const folder = depot.folder('zmk', { ...FULL, 'zephyr/secret': { text: 'x', mode: 0o000 } });
    await expect(depot.service.add(MAIN, folder)).rejects.toThrow(/zephyr\/secret can't be read: EACCES/);
  });

  it('the cache has no room for all of it', async () => {
    const depot = new Depot({ maxSizeBytes: 400_000 });
    const items: Record<string, Item> = { ...FULL };
    for (let n = 0; n < 12; n++) items[`modules/file${n}`] = randomBytes(60_000);
    await expect(depot.service.add(MAIN, depot.folder('zmk', items))).rejects.toThrow(
      /workspace zmkfirmware\/zmk, branch main, takes more room than the cache may: .*; raise maxSizeGb$/,
    );
    expect(await depot.service.list()).toEqual([]);
  });

  it.each(['folder', 'archive'])(
    'the cache has no room for all that is in the %s, and nothing makes room',
    async (kind) => {
      const depot = new Depot({ maxSizeBytes: 400_000 });
      const earlier = await depot.service.add(BASE, depot.folder('earlier'));
      await depot.service.add(MAIN, depot.folder('zmk'));
      const keys = (await depot.cache.keys()).sort();
      const items: Record<string, Item> = { ...FULL };
      for (let n = 0; n < 12; n++) items[`modules/file${n}`] = randomBytes(60_000);
      const large = new Depot();
      await large.service.add(MAIN, large.folder('large', items));
      await large.service.export(MAIN, large.path('large.tar.gz'));
      const path = large.path(kind === 'folder' ? 'large' : 'large.tar.gz');
      await expect(depot.service.add(MAIN, path)).rejects.toThrow(
        /branch main, takes more room than the cache may: that is 400000 bytes; raise maxSizeGb$/,
      );
      expect((await depot.cache.keys()).sort()).toEqual(keys);
      expect(await depot.service.get(BASE)).toMatchObject({ files: earlier.files });
    },
  );

  it('has room for what is the same in many files', async () => {
    const depot = new Depot({ maxSizeBytes: 400_000 });
    const items: Record<string, Item> = { ...FULL };
    const same = randomBytes(60_000);
    for (let n = 0; n < 12; n++) items[`modules/file${n}`] = same;
    expect(await depot.service.add(MAIN, depot.folder('zmk', items))).toMatchObject({ level: 'repo_branch' });
  });

  it('some of it was evicted, and an earlier one of its name stays', async () => {
    const depot = new Depot();
    await depot.service.add(MAIN, depot.folder('zmk'));
    const later = depot.folder('later', { ...FULL, 'zephyr/VERSION': 'VERSION_MAJOR = 5\n' });
    const before = new Set(await depot.cache.keys());
    const losing = new Proxy(depot.cache, {
      get: (cache, name) => {
        if (name === 'exists') return async (key: unknown) => before.has(String(key));
        const member = Reflect.get(cache, name);
        return typeof member === 'function' ? member.bind(cache) : member;
      },
    });
    const service = new ZmkWorkspaceCacheService(losing, { ttls: TTLS });
    await expect(service.add(MAIN, later)).rejects.toThrow(/; raise maxSizeGb$/);
    await depot.service.restore(MAIN, depot.path('out'));
    expect(contentOf(depot.path('out'))).toEqual(contentOf(depot.path('zmk')));
  });

  it('one file alone is larger than the cache may be', async () => {
    const depot = new Depot({ maxSizeBytes: 100_000 });
    const folder = depot.folder('zmk', { ...FULL, 'modules/big': randomBytes(200_000) });
    await expect(depot.service.add(MAIN, folder)).rejects.toMatchObject({ code: 'ERR_WORKSPACE' });
  });

  it('the cache is switched off', async () => {
    const depot = new Depot();
    const service = new ZmkWorkspaceCacheService(new DisabledCache(), { ttls: TTLS });
    await expect(service.add(MAIN, depot.folder('zmk'))).rejects.toThrow(/the cache is switched off/);
    expect(await service.list()).toEqual([]);
    expect(await service.restore(MAIN, depot.path('out'))).toMatchObject({ outcome: 'miss' });
  });

  it('it is aborted', async () => {
    const depot = new Depot();
    const folder = depot.folder('zmk');
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('enough'));
    const { signal } = controller;
    await expect(depot.service.add(MAIN, folder, { signal, onProgress })).rejects.toThrow('enough');
    expect(await depot.service.list()).toEqual([]);
  });

  it.each([
    { argument: 'path', path: 'no/such/path' },
    { argument: 'path', path: '' },
    { argument: 'repository', name: { repository: 'zmk' } },
    { argument: 'branch', name: { ...MAIN, branch: 'a..b' } },
    { argument: 'ttl', options: { ttl: 0 } },
    { argument: 'exclude', options: { exclude: ['!a'] } },
  ])('an argument is wrong: $argument', async ({ argument, name = MAIN, path, options }) => {
    const depot = new Depot();
    const adding = depot.service.add(name, path ?? depot.folder('zmk'), options);
    await expect(adding).rejects.toThrow(CacheArgumentError);
    await expect(adding).rejects.toThrow(new RegExp(`^${argument} must`));
  });
});

describe('restoring', () => {
  it('fills a folder that is empty, and keeps its mode', async () => {
    const depot = new Depot();
    await depot.service.add(MAIN, depot.folder('zmk'));
    mkdirSync(depot.path('out'), { mode: 0o700 });
    symlinkSync('out', depot.path('link'));
    await depot.service.restore(MAIN, depot.path('link'));
    expect(statSync(depot.path('out')).mode & 0o777).toBe(0o700);
    expect(Object.keys(contentOf(depot.path('out')))).toEqual(Object.keys(contentOf(depot.path('zmk'))));
    expect(depot.names).toEqual(['link', 'out', 'zmk']);
  });

  it('goes to one of two who restore into the same folder; the other is told', async () => {
    const depot = new Depot();
    await depot.service.add(MAIN, depot.folder('zmk'));
    mkdirSync(depot.path('out'));
    const restored = await Promise.allSettled([1, 2].map(() => depot.service.restore(MAIN, depot.path('out'))));
    expect(restored.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const loser = restored.find((one) => one.status === 'rejected');
    expect(loser?.reason).toBeInstanceOf(WorkspaceError);
    expect(String(loser?.reason)).toMatch(/out can't be written: somebody else has put something there meanwhile/);
    expect(contentOf(depot.path('out'))).toEqual(contentOf(depot.path('zmk')));
    expect(depot.names).toEqual(['out', 'zmk']);
  });

  it.each([
    ['a folder that is not empty', 'full', /full is not empty; name a folder that is, or does not exist yet/],
    ['a file', 'file', /file is a file; name a folder/],
    ['a link that leads nowhere', 'nowhere', /nowhere is a link that leads nowhere/],
    ['a place that nothing can be put in', 'file/sub', /can't be written: ENOTDIR/],
  ])('leaves alone %s', async (_, target, message) => {
    const depot = new Depot();
    await depot.service.add(MAIN, depot.folder('zmk'));
    depot.folder('full', { mine: 'x' });
    writeFileSync(depot.path('file'), 'mine');
    symlinkSync('gone', depot.path('nowhere'));
    const before = contentOf(depot.path('.'));
    const restoring = depot.service.restore(MAIN, depot.path(target));
    await expect(restoring).rejects.toThrow(message);
    await expect(restoring).rejects.toThrow(WorkspaceError);
    expect(contentOf(depot.path('.'))).toEqual(before);
  });

  it('replaces a workspace when asked, and nothing else', async () => {
    const depot = new Depot();
    await depot.service.add(MAIN, depot.folder('zmk'));
    const old = depot.folder('old', { 'zephyr/VERSION': 'old', 'zephyr/locked/file': 'x' });
    chmodSync(join(old, 'zephyr/locked'), 0o555);
    await depot.service.restore(MAIN, old, { replace: true });
    expect(contentOf(old)).toEqual(contentOf(depot.path('zmk')));
    const home = depot.folder('home', { 'thesis.tex': 'x' });
    await expect(depot.service.restore(MAIN, home, { replace: true })).rejects.toThrow(
      /holds no workspace, so it is not/,
    );
    expect(readFileSync(join(home, 'thesis.tex'), 'utf8')).toBe('x');
    expect(depot.names).toEqual(['home', 'old', 'zmk']);
  });

  it('is a miss if there is none, and falls back to what all branches have in common when asked', async () => {
    const depot = new Depot();
    const out = depot.path('out');
    expect(await depot.service.restore(MAIN, out)).toEqual({
      outcome: 'miss',
      reason: 'workspace zmkfirmware/zmk, branch main, is not in the cache',
    });
    await depot.service.add(BASE, depot.folder('zmk'));
    expect(await depot.service.restore(MAIN, out)).toMatchObject({ outcome: 'miss' });
    expect(existsSync(out)).toBe(false);
    expect(await depot.service.restore(MAIN, out, { fallback: true })).toMatchObject({
      outcome: 'hit',
      workspace: { level: 'repo', branch: undefined },
    });
    expect(contentOf(out)).toEqual(contentOf(depot.path('zmk')));
  });

  it('is a miss if part of it is gone, and changes nothing', async () => {
    const depot = new Depot();
    await depot.service.add(MAIN, depot.folder('zmk', { ...FULL, 'modules/big': randomBytes(50_000) }));
    const record = await depot.cache.get<{ tree: { hash: string }[] }>('workspace:repo_branch:zmkfirmware/zmk:main');
    const list = `content:blob:${record?.tree[0]?.hash}`;
    const content: string[] = [];
    for (const key of await depot.keysWith('content:blob')) {
      if (((await depot.cache.getMetadata(key))?.size ?? 0) === 50_000) content.push(key);
    }
    const onProgress = () => expect.unreachable('nothing is written');
    for (const lost of [content[0] ?? '', list]) {
      await depot.cache.delete(lost);
      expect(await depot.service.restore(MAIN, depot.path('out'), { onProgress })).toEqual({
        outcome: 'miss',
        reason: 'workspace zmkfirmware/zmk, branch main, is no longer whole: part of it was evicted or is damaged',
      });
      expect(depot.names).toEqual(['zmk']);
    }
  });

  it('is a miss if a piece is not what it should be, also when that is found out late', async () => {
    const depot = new Depot();
    await depot.service.add(MAIN, depot.folder('zmk', { ...FULL, 'modules/big': randomBytes(50_000) }));
    for (const key of await depot.keysWith('content:blob')) {
      const size = (await depot.cache.get<Uint8Array>(key))?.byteLength ?? 0;
      if (size > 49_999) await depot.cache.set(key, Buffer.alloc(size));
    }
    expect(await depot.service.restore(MAIN, depot.path('out'))).toMatchObject({ outcome: 'miss' });
    expect(depot.names).toEqual(['zmk']);
  });

  it.each([
    ['a path that leads out', { type: 'file', path: '../evil', mode: 0o644, size: 0, blobs: [] }],
    ['an absolute path', { type: 'folder', path: '/evil', mode: 0o755 }],
    ['a link that leads out', { type: 'link', path: 'evil', target: '../../etc' }],
    ['a mode with more than permissions', { type: 'file', path: 'evil', mode: 0o4755, size: 0, blobs: [] }],
    ['a size that is not that of its pieces', { type: 'file', path: 'evil', mode: 0o644, size: 9, blobs: [] }],
    ['an entry of another kind', { type: 'device', path: 'evil' }],
    ['a path without end', { type: 'folder', path: `${'a/'.repeat(200_000)}a`, mode: 0o755 }],
  ])('refuses a record with %s', async (_, entry) => {
    const depot = new Depot();
    await depot.service.add(MAIN, depot.folder('zmk'));
    await forge(depot, JSON.stringify([entry]));
    expect(await depot.service.restore(MAIN, depot.path('out'))).toEqual({
      outcome: 'miss',
      reason: expect.stringMatching(/^workspace zmkfirmware\/zmk, branch main, is refused: /),
    });
    expect(depot.names).toEqual(['zmk']);
  });

  it('refuses bytes in place of a record, without taking them for an object of as many members', async () => {
    const depot = new Depot();
    await depot.service.add(MAIN, depot.folder('zmk'));
    await depot.cache.set('workspace:repo_branch:zmkfirmware/zmk:main', Buffer.alloc(1_000_000));
    expect(await depot.service.restore(MAIN, depot.path('out'))).toEqual({
      outcome: 'miss',
      reason: expect.stringMatching(/is refused: the record is not an object$/),
    });
  });

  it('writes nothing through a link, whatever a record says', async () => {
    const depot = new Depot();
    await depot.service.add(MAIN, depot.folder('zmk'));
    mkdirSync(depot.path('victim'));
    await forge(
      depot,
      JSON.stringify([
        { type: 'link', path: 'a', target: 'b' },
        { type: 'link', path: 'b', target: '.' },
        { type: 'file', path: 'a/evil', mode: 0o644, size: 0, blobs: [] },
      ]),
    );
    await expect(depot.service.restore(MAIN, depot.path('out'))).rejects.toThrow(/a can't be written/);
    expect(depot.names).toEqual(['victim', 'zmk']);
  });

  it('leaves nothing when it is aborted', async () => {
    const depot = new Depot();
    await depot.service.add(MAIN, depot.folder('zmk'));
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('enough'));
    const options = { signal: controller.signal, onProgress };
    await expect(depot.service.restore(MAIN, depot.path('out'), options)).rejects.toThrow('enough');
    expect(depot.names).toEqual(['zmk']);
  });

  it('leaves alone what another process is staging beside the target', async () => {
    const depot = new Depot();
    await depot.service.add(MAIN, depot.folder('zmk'));
    depot.folder('.out.0123456789ab.glovebox-tmp', { 'zephyr/VERSION': 'x' });
    await depot.service.restore(MAIN, depot.path('out'));
    expect(depot.names).toEqual(['.out.0123456789ab.glovebox-tmp', 'out', 'zmk']);
  });
});

/** Puts another list of entries in the place of a workspace's own. */
async function forge(depot: Depot, list: string): Promise<void> {
  const key = 'workspace:repo_branch:zmkfirmware/zmk:main';
  const { createHash } = await import('node:crypto');
  const bytes = Buffer.from(list);
  const hash = createHash('sha256').update(bytes).digest('hex');
  await depot.cache.set(`content:blob:${hash}`, bytes);
  const record = await depot.cache.get<object>(key);
  await depot.cache.set(key, { ...record, tree: [{ hash, size: bytes.byteLength }] });
}

describe('the list', () => {
  it('has all workspaces by repository and branch, and nothing else', async () => {
    let now = Date.now();
    const depot = new Depot({ clock: () => now });
    const folder = depot.folder('zmk');
    for (const branch of ['main', undefined, 'dev']) await depot.service.add({ ...BASE, branch }, folder);
    await depot.service.add({ repository: 'gitlab.com/a/b/c', branch: 'feature/x' }, folder);
    await depot.cache.set('workspace:repo:not a record', 1);
    await depot.cache.set('workspace:repo:also/none', { version: 2 });
    await depot.cache.set('build:run:abc', 1);
    now += 5000;
    const found = await depot.service.list();
    expect(found.map(({ repository, branch, level }) => [repository, branch, level])).toEqual([
      ['gitlab.com/a/b/c', 'feature/x', 'repo_branch'],
      ['zmkfirmware/zmk', undefined, 'repo'],
      ['zmkfirmware/zmk', 'dev', 'repo_branch'],
      ['zmkfirmware/zmk', 'main', 'repo_branch'],
    ]);
    expect(found[1]).toMatchObject({ files: 6, ageSeconds: 5, components: ['zmk', 'zephyr', 'modules', 'west'] });
  });
});

describe('removing', () => {
  it('takes one workspace and leaves the others whole', async () => {
    const depot = new Depot();
    const folder = depot.folder('zmk');
    await depot.service.add(MAIN, folder);
    await depot.service.add(BASE, folder);
    expect(await depot.service.delete(BASE)).toBe(true);
    expect(await depot.service.delete(BASE)).toBe(false);
    expect(await depot.service.restore(MAIN, depot.path('out'))).toMatchObject({ outcome: 'hit' });
  });

  it('goes by age, or only tells', async () => {
    let now = Date.now();
    const depot = new Depot({ clock: () => now });
    const folder = depot.folder('zmk');
    await depot.service.add(BASE, folder);
    now += 100_000;
    await depot.service.add(MAIN, folder);
    now += 10_000;
    const options = { olderThan: 50 };
    const told = await depot.service.cleanup({ ...options, dryRun: true });
    expect(told.map(({ level }) => level)).toEqual(['repo']);
    expect(await depot.service.list()).toHaveLength(2);
    expect((await depot.service.cleanup(options)).map(({ level }) => level)).toEqual(['repo']);
    expect((await depot.service.list()).map(({ level }) => level)).toEqual(['repo_branch']);
    await expect(depot.service.cleanup({ olderThan: Number.NaN })).rejects.toThrow(/^olderThan must be/);
  });
});

describe('several at the same time', () => {
  it('add and restore workspaces of one name, and each gets one that is whole', async () => {
    const depot = new Depot();
    const others = [1, 2, 3].map((n) => depot.folder(`zmk${n}`, { ...FULL, 'zephyr/VERSION': `VERSION_MAJOR = ${n}` }));
    await depot.service.add(MAIN, others[0] ?? '');
    const rounds = others.map(async (folder, n) => {
      await depot.service.add(MAIN, folder);
      return depot.service.restore(MAIN, depot.path(`out${n}`));
    });
    expect((await Promise.all(rounds)).map(({ outcome }) => outcome)).toEqual(['hit', 'hit', 'hit']);
    const wanted = others.map((folder) => JSON.stringify(contentOf(folder)));
    for (const n of [0, 1, 2]) expect(wanted).toContain(JSON.stringify(contentOf(depot.path(`out${n}`))));
  });
});

describe('a cache with too little room for all workspaces', () => {
  it('gives back whole ones or none', async () => {
    const depot = new Depot({ maxSizeBytes: 500_000 });
    const folders = Array.from({ length: 4 }, (_, n) => {
      const parts = Array.from({ length: 5 }, (_, part) => [`modules/${part}`, randomBytes(40_000)] as const);
      return depot.folder(`zmk${n}`, { ...FULL, ...Object.fromEntries(parts) });
    });
    const outcomes = new Set<string>();
    for (const [n, folder] of folders.entries()) {
      await depot.service.add({ ...BASE, branch: `b${n}` }, folder);
      for (const [earlier, wanted] of folders.slice(0, n + 1).entries()) {
        const out = depot.path('out');
        const { outcome } = await depot.service.restore({ ...BASE, branch: `b${earlier}` }, out);
        outcomes.add(outcome);
        if (outcome === 'hit') expect(contentOf(out)).toEqual(contentOf(wanted));
        else expect(existsSync(out)).toBe(false);
        rmSync(out, { recursive: true, force: true });
      }
    }
    expect([...outcomes].sort()).toEqual(['hit', 'miss']);
  });
});

describe('a cache that lies in the workspace', () => {
  it('is left out', async () => {
    const root = createTempRoot();
    const depot = new Depot({ cacheRoot: join(root, 'zmk/.cache') });
    const { build } = await import('./depot.ts');
    build(join(root, 'zmk'), FULL);
    const added = await depot.service.add(MAIN, join(root, 'zmk'));
    expect(added.files).toBe(6);
  });
});
