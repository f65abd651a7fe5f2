import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ArchiveError, WorkspaceError } from '../../../src/compilation/index.ts';
import {
  changeHeaders,
  changeTarHeaders,
  replaceBytes,
  type TarItem,
  tarGzOf,
  tarOf,
  type ZipItem,
  zipOf,
} from '../archives.ts';
import { contentOf, Depot, FULL, type Item } from './depot.ts';

const MAIN = { repository: 'zmkfirmware/zmk', branch: 'main' };
const FORMATS = ['zip', 'tar', 'tar.gz'] as const;

const LONG = `modules/${'a-rather-long-name/'.repeat(12)}${'x'.repeat(120)}.c`;

/** What an archive can hold that a test wants to see again. */
const RICH: Readonly<Record<string, Item>> = {
  ...FULL,
  'zephyr/empty': '',
  'zephyr/ünï ☃ 日本.txt': 'unicode',
  [LONG]: 'int long_name;',
  'modules/big.bin': randomBytes(2 * 2 ** 20),
  'modules/large.txt': 'firmware '.repeat(200_000),
  'modules/README': 'upper',
  'modules/readme': 'lower',
};

/** Paths and content without times, which archives don't keep. */
async function added(depot: Depot, archive: string, options = {}): Promise<Record<string, string>> {
  await depot.service.add(MAIN, archive, options);
  const out = depot.path(`out-${depot.names.length}`);
  expect(await depot.service.restore(MAIN, out)).toMatchObject({ outcome: 'hit' });
  return contentOf(out);
}

describe.each(FORMATS)('a workspace exported as %s', (format) => {
  it('comes back from it as it was', async () => {
    const depot = new Depot();
    const folder = depot.folder('zmk', RICH);
    await depot.service.add(MAIN, folder);
    const file = depot.path(`out.${format}`);
    expect(await depot.service.export(MAIN, file)).toMatchObject({ outcome: 'hit', workspace: { files: 13 } });
    await depot.service.delete(MAIN);
    expect(await added(depot, file)).toEqual(contentOf(folder));
  });

  it('makes the same bytes each time, whatever it was made from and wherever', async () => {
    const depot = new Depot();
    await depot.service.add(MAIN, depot.folder('zmk', RICH));
    await depot.service.export(MAIN, depot.path(`one.${format}`));
    vi.stubEnv('TZ', 'Asia/Tokyo');
    onTestFinished(() => void vi.unstubAllEnvs());
    await depot.service.add({ ...MAIN, branch: 'dev' }, depot.folder('later', RICH));
    await depot.service.export({ ...MAIN, branch: 'dev' }, depot.path('two'), { format });
    await depot.service.add({ ...MAIN, branch: 'archived' }, depot.path('two'));
    await depot.service.export({ ...MAIN, branch: 'archived' }, depot.path(`three.${format}`));
    const one = readFileSync(depot.path(`one.${format}`));
    expect(readFileSync(depot.path('two')).equals(one)).toBe(true);
    expect(readFileSync(depot.path(`three.${format}`)).equals(one)).toBe(true);
  });

  it('can be read by the tools of the system', async () => {
    const depot = new Depot();
    const folder = depot.folder('zmk', RICH);
    await depot.service.add(MAIN, folder);
    const file = depot.path(`out.${format}`);
    await depot.service.export(MAIN, file);
    const out = depot.path('unpacked');
    mkdirSync(out);
    if (format === 'zip') execFileSync('python3', ['-m', 'zipfile', '-e', file, out]);
    else execFileSync('tar', ['-xpf', file, '-C', out]);
    const found = contentOf(out);
    // Python's module unpacks neither modes nor links.
    if (format === 'zip') expect(Object.keys(found)).toEqual(Object.keys(contentOf(folder)));
    else expect(found).toEqual(contentOf(folder));
  });

  it('is not written over what is there, and leaves nothing when it is aborted or a piece is gone', async () => {
    const depot = new Depot();
    await depot.service.add(MAIN, depot.folder('zmk', RICH));
    const file = depot.archive(`out.${format}`, Buffer.from('mine'));
    await expect(depot.service.export(MAIN, file)).rejects.toThrow(WorkspaceError);
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = () => controller.abort(new Error('enough'));
    await expect(depot.service.export(MAIN, file, { replace: true, signal, onProgress })).rejects.toThrow('enough');
    for (const key of await depot.keysWith('content:blob')) {
      const size = (await depot.cache.get<Uint8Array>(key))?.byteLength ?? 0;
      if (size > 2 ** 20) await depot.cache.set(key, Buffer.alloc(size));
    }
    expect(await depot.service.export(MAIN, file, { replace: true })).toMatchObject({ outcome: 'miss' });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(depot.names).toEqual([`out.${format}`, 'zmk']);
  });
});

describe('exporting', () => {
  it('wants to know the format', async () => {
    const depot = new Depot();
    await expect(depot.service.export(MAIN, depot.path('out.rar'))).rejects.toThrow(
      /^file must end with \.zip, \.tar,/,
    );
  });
});

describe('an archive of other programs', () => {
  it('is known by its content, whatever it is called', async () => {
    const depot = new Depot();
    const folder = depot.folder('zmk', RICH);
    const args = ['-C', folder, '--sort=none'];
    for (const [name, more] of [
      ['gnu.zip', ['--format=gnu']],
      ['posix', ['--format=posix']],
      ['packed.tar', ['--format=gnu', '-z']],
    ] as const) {
      execFileSync('tar', [...args, ...more, '-cf', depot.path(name), '.']);
      expect(await added(depot, depot.path(name))).toEqual(contentOf(folder));
    }
    execFileSync('python3', ['-c', PYTHON_ZIP, folder, depot.path('python.tgz')]);
    const found = await added(depot, depot.path('python.tgz'));
    expect(Object.keys(found).sort()).toEqual(Object.keys(contentOf(folder)).sort());
  });

  it('may have the workspace in one folder, and no entries for folders', async () => {
    const depot = new Depot();
    const items: ZipItem[] = [
      { name: 'zmk-main/zmk/app/a.c', content: 'a' },
      { name: 'zmk-main/zephyr/VERSION', content: '4' },
      { name: 'zmk-main/zephyr/link', content: '../zmk/app/a.c', mode: 0o120777 },
    ];
    const found = await added(depot, depot.archive('main.zip', await zipOf(items)));
    expect(Object.keys(found)).toEqual(['zephyr', 'zephyr/VERSION', 'zephyr/link', 'zmk', 'zmk/app', 'zmk/app/a.c']);
    expect(found['zephyr/link']).toBe('-> ../zmk/app/a.c');
  });

  it('has its names as Unix writes them, in a zip that does not say how', async () => {
    const depot = new Depot();
    const zip = await zipOf([{ name: 'zephyr/VERSION' }, { name: 'modules/ünï 日本.c' }]);
    const unix = depot.archive('unix.zip', changeHeaders(zip, sayNoEncoding));
    expect(Object.keys(await added(depot, unix))).toContain('modules/ünï 日本.c');
    // Two bytes that are no UTF-8, and two letters in the encoding that the format has for want of another.
    const dos = replaceBytes(zip, 'ünï 日本', Buffer.from('8181 like DOS', 'latin1').fill(0x81, 0, 4).subarray(0, 12));
    const found = await added(depot, depot.archive('dos.zip', changeHeaders(dos, sayNoEncoding)));
    expect(Object.keys(found)).toContain('modules/üüüü like DO.c');
  });

  it('is not taken out of its folder if a link then leads out', async () => {
    const depot = new Depot();
    const items: TarItem[] = [
      { name: 'top/zephyr/VERSION', content: '4' },
      { name: 'top/link', type: 'symlink', linkname: '../top/zephyr' },
    ];
    await expect(depot.service.add(MAIN, depot.archive('a.tar', await tarOf(items)))).rejects.toThrow(
      /entry "top\/link" is a link to \.\.\/top\/zephyr, which leads out of top$/,
    );
  });

  it('may have hard links to files before them', async () => {
    const depot = new Depot();
    const items: TarItem[] = [
      { name: 'zephyr/VERSION', content: '4', mode: 0o755 },
      { name: 'modules/same', type: 'link', linkname: 'zephyr/VERSION' },
      { name: './modules/again', type: 'link', linkname: './modules/same' },
    ];
    const found = await added(depot, depot.archive('a.tar', await tarOf(items)));
    expect([found['modules/same'], found['modules/again']]).toEqual(['755 4', '755 4']);
  });

  it('may have links that bring content of their own, which some write', async () => {
    const depot = new Depot();
    const long = 'a'.repeat(300_000);
    const tar = await tarOf([
      { name: 'zephyr/VERSION', content: '4' },
      { name: 'modules/long', content: long },
      { name: 'modules/hard', content: 'b'.repeat(long.length) },
      { name: 'modules/soft', content: long },
      { name: 'modules/z', content: 'z' },
    ]);
    const linked = changeTarHeaders(tar, (header, name) => {
      if (name === 'modules/hard') header.write('1modules/long', 156);
      if (name === 'modules/soft') header.write('2long', 156);
    });
    expect(await added(depot, depot.archive('linked.tar', linked))).toMatchObject({
      'modules/hard': `644 ${long}`,
      'modules/soft': '-> long',
      'modules/z': '644 z',
    });
  });

  it('may be partly left out', async () => {
    const depot = new Depot();
    const items: TarItem[] = [
      { name: 'zephyr/VERSION', content: '4' },
      { name: '.venv/bin/python', type: 'symlink', linkname: '/usr/bin/python3' },
      { name: '.venv/lib/big', content: Buffer.alloc(100_000) },
      { name: 'modules/a', content: 'a' },
    ];
    const archive = depot.archive('a.tar.gz', await tarGzOf(items));
    const found = await added(depot, archive, { exclude: ['.venv'] });
    expect(Object.keys(found)).toEqual(['modules', 'modules/a', 'zephyr', 'zephyr/VERSION']);
  });

  it('without a workspace is refused', async () => {
    const depot = new Depot();
    const archive = depot.archive('a.zip', await zipOf([{ name: 'a', content: 'a' }]));
    await expect(depot.service.add(MAIN, archive)).rejects.toThrow(
      /archive .*a\.zip holds no workspace: it has none of/,
    );
    const empty = depot.archive('empty.zip', await zipOf([]));
    await expect(depot.service.add(MAIN, empty)).rejects.toThrow(/empty\.zip holds no workspace/);
  });
});

const PYTHON_ZIP = `
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[2], 'w', zipfile.ZIP_DEFLATED) as z:
  for folder, folders, files in os.walk(sys.argv[1]):
    for name in folders + files:
      path = os.path.join(folder, name)
      z.write(path, os.path.relpath(path, sys.argv[1]))
`;

const SOUND: TarItem[] = [
  { name: 'zephyr/VERSION', content: 'VERSION_MAJOR = 4\n' },
  { name: 'modules/a', content: 'a'.repeat(100_000) },
  { name: 'modules/b', content: 'b' },
];

async function withItem(item: TarItem): Promise<Buffer> {
  return tarOf([...SOUND, item]);
}

async function zipWith(item: ZipItem): Promise<Buffer> {
  return zipOf([{ name: 'zephyr/VERSION', content: '4' }, item]);
}

/** A zip that says that it has one entry, and lists two. */
async function zipOfFewer(): Promise<Buffer> {
  const zip = await zipWith({ name: 'modules/a', content: 'a' });
  const end = zip.lastIndexOf('PK\u0005\u0006');
  zip.writeUInt16LE(1, end + 8);
  zip.writeUInt16LE(1, end + 10);
  return zip;
}

/** A zip whose last entry has this name, which must be as long as `modules/12345`. */
async function zipNamed(name: string): Promise<Buffer> {
  return replaceBytes(await zipWith({ name: 'modules/12345', content: 'x' }), 'modules/12345', name);
}

/** A zip that says of all its names that they are in UTF-8, and has other bytes for `ü` in one. */
async function zipNamed8(name: string, bytes: string): Promise<Buffer> {
  return replaceBytes(await zipWith({ name }), 'ü', Buffer.from(bytes, 'hex'));
}

/** A tar with `zzz` in some header replaced by bytes that are not UTF-8. Their sum is the same, and so the checksum. */
async function tarInLatin1(item: TarItem): Promise<Buffer> {
  return replaceBytes(await withItem(item), 'zzz', Buffer.from([0xef, 0x41, 0x3e]));
}

async function cutBetweenEntries(): Promise<Buffer> {
  const one = await tarOf(SOUND.slice(0, 1));
  return one.subarray(0, one.length - 1024);
}

const NOT_UTF8 = /has a name that is not UTF-8$/;

const HOSTILE: readonly (readonly [name: string, archive: () => Promise<Uint8Array>, message: RegExp])[] = [
  ['a truncated zip', async () => (await zipWith({ name: 'modules/a', content: 'a' })).subarray(0, -30), /truncated/],
  ['a zip that lists more than it says', zipOfFewer, /is damaged: it lists more entries than it says that it has$/],
  ['a zip that lacks its beginning', async () => cutStart(await zipWith({ name: 'modules/a' })), /damaged/],
  ['a truncated tar', async () => (await tarOf(SOUND)).subarray(0, 50_000), /truncated/],
  ['a tar cut within a header', async () => (await tarOf(SOUND)).subarray(0, 1100), /truncated/],
  ['a tar cut between two entries', cutBetweenEntries, /is truncated: the mark of its end is missing$/],
  [
    'a tar cut after content that ends in zeros',
    async () => (await tarOf([...SOUND, { name: 'modules/z', content: new Uint8Array(2048) }])).subarray(0, -1024),
    /is truncated: the mark of its end is missing$/,
  ],
  [
    'a path of very many slashes',
    async () => withItem({ name: 'x', pax: { path: `${'/'.repeat(50_000)}a` } }),
    /has a path of more than 4096 bytes$/,
  ],
  ['a truncated tar.gz', async () => (await tarGzOf(SOUND)).subarray(0, -20), /truncated/],
  ['a tar.gz with damaged bytes', async () => damaged(await tarGzOf([...SOUND, NOISE])), /damaged/],
  ['a tar with a damaged header', async () => replaceBytes(await tarOf(SOUND), 'modules/b', 'modules/c'), /damaged/],
  ['a gzip of something else', async () => gzipSync(Buffer.alloc(5000, 'x')), /damaged/],
  [
    'no archive',
    async () => Buffer.from('hello'),
    /is no archive, or a damaged one; zip, tar and tar\.gz are supported$/,
  ],
  ['an empty file', async () => Buffer.alloc(0), /is no archive/],
  [
    'xz',
    async () => Buffer.from('fd377a585a000000', 'hex'),
    /is compressed by xz; zip, tar and tar\.gz are supported$/,
  ],
  ['zstd', async () => Buffer.from('28b52ffd00000000', 'hex'), /is compressed by zstd/],
  ['bzip2', async () => Buffer.from('BZh91AY&SY'), /is compressed by bzip2/],
  ['7z', async () => Buffer.from('377abcaf271c0004', 'hex'), /is a 7z archive/],

  [
    'a tar path that leads out',
    () => withItem({ name: '../evil', content: 'x' }),
    /entry "\.\.\/evil" has a path that leads out/,
  ],
  ['a tar path that leads out later', () => withItem({ name: 'modules/../../evil' }), /has a path that leads out/],
  ['an absolute tar path', () => withItem({ name: '/etc/evil', content: 'x' }), /entry "\/etc\/evil" has a path/],
  ['a tar path with a drive', () => withItem({ name: 'C:/evil' }), /entry "C:\/evil" has a path/],
  [
    'a tar path that is too long for any system',
    () => withItem({ name: 'long/'.repeat(1000) }),
    /has a path of more than 4096 bytes/,
  ],
  ['a tar path with backslashes', () => withItem({ name: '..\\evil' }), /has a path that leads out/],
  [
    'a zip path that leads out',
    () => zipNamed('../../../evil'),
    /entry "\.\.\/\.\.\/\.\.\/evil" has a path that leads/,
  ],
  ['an absolute zip path', () => zipNamed('/etc/evil.txt'), /entry "\/etc\/evil\.txt" has a path/],
  ['a zip path with a drive', () => zipNamed('C:/evil/a.txt'), /has a path/],
  ['a zip path with backslashes', () => zipNamed('..\\..\\evil.tx'), /has a path/],
  ['a zip path that is not UTF-8 as it says', () => zipNamed8('zephyr/ü', 'fcfc'), NOT_UTF8],
  ['a tar path that is not UTF-8', () => tarInLatin1({ name: 'modules/zzz' }), NOT_UTF8],
  ['a tar link to what is not UTF-8', () => tarInLatin1(symlink('l', 'zzz')), /entry "l" is a link to .* not UTF-8$/],
  ['a zip path with NUL', () => zipNamed('modules/\0evil'), /has a path/],

  [
    'a tar link that leads out',
    () => withItem(symlink('modules/l', '../../etc')),
    /entry "modules\/l" is a link to \.\.\/\.\.\/etc, which leads out/,
  ],
  ['an absolute tar link', () => withItem(symlink('modules/l', '/etc/passwd')), /is a link to \/etc\/passwd/],
  [
    'a zip link that leads out',
    () => zipWith({ name: 'l', content: '../etc', mode: 0o120777 }),
    /entry "l" is a link to \.\.\/etc/,
  ],
  [
    'a file through a link',
    () => tarOf([...SOUND, symlink('l', 'modules'), { name: 'l/evil' }]),
    /entry "l\/evil" can't be unpacked .* lies in "l"/,
  ],
  [
    'a link in the place of a folder',
    () => withItem(symlink('modules', 'zephyr')),
    /entry "modules" can't be unpacked/,
  ],
  ['a folder in the place of a file', () => withItem({ name: 'modules/a/', type: 'directory' }), /is there twice/],
  [
    'two files in one place',
    () => withItem({ name: 'modules/a', content: 'x' }),
    /entry "modules\/a" .* is there twice/,
  ],
  ['two files in one place, written otherwise', () => withItem({ name: './modules/a' }), /is there twice/],

  [
    'a hard link to nothing',
    () => withItem(hardLink('l', 'modules/none')),
    /entry "l" is a hard link to "modules\/none", which is no file before it/,
  ],
  ['a hard link out of it', () => withItem(hardLink('l', '../../etc/passwd')), /has a path that leads out/],
  [
    'a hard link to a folder',
    () => tarOf([{ name: 'd', type: 'directory' }, hardLink('l', 'd')]),
    /is no file before it/,
  ],
  [
    'a character device',
    () => withItem({ name: 'modules/d', type: 'character-device' }),
    /entry "modules\/d" is a character device/,
  ],
  ['a block device', () => withItem({ name: 'modules/d', type: 'block-device' }), /is a block device/],
  ['a pipe', () => withItem({ name: 'modules/p', type: 'fifo' }), /entry "modules\/p" is a fifo/],
  ['a device in a zip', () => zipWith({ name: 'modules/d', mode: 0o020644 }), /entry "modules\/d" is a device/],

  [
    'an encrypted zip',
    async () => changeHeaders(await zipWith({ name: 'a' }), encrypt),
    /entry "zephyr\/VERSION" is encrypted/,
  ],
  [
    'an unknown way of compressing',
    async () => changeHeaders(await zipWith({ name: 'a' }), useBzip2),
    /is compressed by method 12; only stored and deflated/,
  ],
  [
    'a wrong checksum',
    async () => changeHeaders(await zipWith({ name: 'a', content: 'x' }), breakChecksum),
    /checksum/,
  ],
  [
    'a wrong checksum of a large file',
    async () => changeHeaders(await zipWith({ name: 'a', content: Buffer.alloc(2 ** 20) }), breakChecksum),
    /checksum/,
  ],
  [
    'a wrong length',
    async () => changeHeaders(await zipWith({ name: 'modules/a', content: 'x'.repeat(99) }), growLength),
    /damaged/,
  ],
];

const NOISE: TarItem = { name: 'modules/noise', content: randomBytes(5000) };
const symlink = (name: string, linkname: string): TarItem => ({ name, type: 'symlink', linkname });
const hardLink = (name: string, linkname: string): TarItem => ({ name, type: 'link', linkname });
const encrypt = (header: Buffer) => void header.writeUInt16LE(header.readUInt16LE(8) | 1, 8);
const useBzip2 = (header: Buffer) => void header.writeUInt16LE(12, 10);
const breakChecksum = (header: Buffer) => void header.writeUInt32LE((header.readUInt32LE(16) ^ 1) >>> 0, 16);
const sayNoEncoding = (header: Buffer) => void header.writeUInt16LE(header.readUInt16LE(8) & ~0x800, 8);
const growLength = (header: Buffer) => void header.writeUInt32LE(header.readUInt32LE(24) + 1, 24);

function damaged(gzip: Buffer): Buffer {
  const changed = Buffer.from(gzip);
  const middle = Math.floor(changed.length / 2);
  changed.fill(0xff, middle, middle + 40);
  return changed;
}

function cutStart(zip: Buffer): Buffer {
  return Buffer.concat([zip.subarray(0, 4), zip.subarray(40)]);
}

describe('an archive is refused, by name, and no workspace is stored:', () => {
  it.each(HOSTILE)('%s', async (_, make, message) => {
    const depot = new Depot();
    const archive = depot.archive('hostile', await make());
    const adding = depot.service.add(MAIN, archive);
    await expect(adding).rejects.toThrow(ArchiveError);
    await expect(adding).rejects.toThrow(message);
    await expect(adding).rejects.toThrow(`archive ${archive}`);
    expect(await depot.service.list()).toEqual([]);
    expect(depot.names).toEqual(['hostile']);
  });
});

describe('an archive that holds too much', () => {
  const zeros = Buffer.alloc(3 * 2 ** 20);

  it.each([
    ['zip', () => zipWith({ name: 'modules/bomb', content: zeros })],
    ['tar.gz', () => tarGzOf([...SOUND, { name: 'modules/bomb', content: zeros }])],
  ] as const)('is refused: %s', async (_, make) => {
    const depot = new Depot();
    const archive = depot.archive('bomb', await make());
    await expect(depot.service.add(MAIN, archive, { maxUnpackedBytes: 2 ** 20 })).rejects.toThrow(
      /holds more than 1048576 bytes when it is unpacked; raise maxUnpackedBytes/,
    );
    expect(await depot.service.add(MAIN, archive, { maxUnpackedBytes: 4 * 2 ** 20 })).toMatchObject(MAIN);
  });

  it('is refused if hard links make much of little', async () => {
    const depot = new Depot();
    const links = Array.from({ length: 20 }, (_, at): TarItem => {
      return { name: `modules/l${at}`, type: 'link', linkname: 'modules/a' };
    });
    const archive = depot.archive('bomb', await tarGzOf([...SOUND, ...links]));
    await expect(depot.service.add(MAIN, archive, { maxUnpackedBytes: 1_000_000 })).rejects.toThrow(
      /holds more than 1000000 bytes when it is unpacked/,
    );
    expect(await depot.service.add(MAIN, archive, { maxUnpackedBytes: 2_200_000 })).toMatchObject(MAIN);
  });

  it('is refused without a limit of its own, if no archive of its size could hold so much', async () => {
    const depot = new Depot();
    const zip = await zipWith({ name: 'modules/bomb', content: 'x' });
    const bomb = changeHeaders(zip, (header) => void header.writeUInt32LE(2_000_000_000, 24));
    await expect(depot.service.add(MAIN, depot.archive('bomb', bomb))).rejects.toThrow(
      /holds more than 1073741824 bytes/,
    );
  });

  it('is refused if its entries are larger than they say', async () => {
    const depot = new Depot();
    const zip = await zipWith({ name: 'modules/bomb', content: zeros });
    const lying = changeHeaders(zip, (header) => void header.writeUInt32LE(1, 24));
    await expect(depot.service.add(MAIN, depot.archive('bomb', lying))).rejects.toThrow(ArchiveError);
  });
});

describe('a sparse file in a tar', () => {
  it('is refused rather than stored wrongly', async () => {
    const depot = new Depot();
    const folder = depot.folder('zmk');
    execFileSync('truncate', ['-s', '1M', depot.path('zmk/modules/sparse')]);
    for (const format of ['gnu', 'posix']) {
      const file = depot.path(`${format}.tar`);
      execFileSync('tar', ['-C', folder, '-S', `--format=${format}`, '-cf', file, '.']);
      await expect(depot.service.add(MAIN, file)).rejects.toThrow(/sparse/);
    }
  });
});

describe('descriptors', () => {
  it('are given back, also by archives that are refused', async () => {
    const depot = new Depot();
    const before = readdirSync('/proc/self/fd').length;
    const hostile = depot.archive('a.tar.gz', gzipSync(gunzipSync(await tarGzOf([...SOUND, symlink('l', '/etc')]))));
    const zip = depot.archive('a.zip', await zipWith({ name: 'l', content: '/etc', mode: 0o120777 }));
    for (let round = 0; round < 5; round++) {
      await expect(depot.service.add(MAIN, hostile)).rejects.toThrow(ArchiveError);
      await expect(depot.service.add(MAIN, zip)).rejects.toThrow(ArchiveError);
    }
    await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before + 1);
  });
});
