import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../src/compilation/build/manifest.ts';
import { type BuildSettings, CompilationBuildCacheService } from '../../../src/compilation/index.ts';
import { DisabledCache } from '../../../src/disabled-cache.ts';
import { createTempRoot } from '../../support/temp-root.ts';
import { Workshop } from './workshop.ts';

const COPY = 'mkdir -p dist && cp src/* dist';

function workshop(options?: { readonly cacheRoot?: string; readonly maxSizeBytes?: number }): Workshop {
  const shop = new Workshop(options);
  shop.write('src/a.txt', 'one');
  return shop;
}

function removeOutputs(shop: Workshop): void {
  rmSync(shop.path('dist'), { recursive: true, force: true });
}

/** Replaces the recorded run by one that a stranger wrote. */
async function tamper(shop: Workshop, change: (manifest: Manifest) => unknown): Promise<void> {
  const [key] = await shop.keysWith(':run:');
  if (key === undefined) throw new Error('no run is recorded');
  const manifest = await shop.cache.get<Manifest>(key);
  if (manifest === undefined) throw new Error('the run is gone');
  await shop.cache.set(key, change(manifest));
}

describe('a command that ran before', () => {
  it('is not run again: its output files come from the cache', async () => {
    const shop = workshop();
    const cold = await shop.run();
    expect(cold).toMatchObject({ outcome: 'miss', exitCode: 0, files: 1, bytes: 3, savedMs: 0, notStored: undefined });
    removeOutputs(shop);
    const warm = await shop.run();
    expect(warm).toMatchObject({ outcome: 'hit', exitCode: 0, files: 1, bytes: 3 });
    expect(shop.read('dist/a.txt')).toBe('one');
    expect(shop.runs).toBe(1);
  });

  it('gives each output the mode that it had, whatever the mask', async () => {
    const shop = workshop();
    const script = `${COPY} && chmod 751 dist/a.txt && echo x > dist/b && chmod 400 dist/b`;
    await shop.run({ script });
    removeOutputs(shop);
    const mask = process.umask(0o077);
    try {
      expect((await shop.run({ script })).outcome).toBe('hit');
    } finally {
      process.umask(mask);
    }
    expect(statSync(shop.path('dist/a.txt')).mode & 0o777).toBe(0o751);
    expect(statSync(shop.path('dist/b')).mode & 0o777).toBe(0o400);
  });

  it('prints what it printed, in the same order on both streams', async () => {
    const shop = workshop();
    const script = 'printf a; sleep 0.05; printf b >&2; sleep 0.05; printf c';
    expect((await shop.run({ script })).printed).toBe('1>a2>b1>c');
    const warm = await shop.run({ script });
    expect(warm.outcome).toBe('hit');
    expect(warm.printed).toBe('1>a2>b1>c');
  });

  it('is run again, and recorded anew, when that is asked for', async () => {
    const shop = workshop();
    const script = `${COPY}; cat source`;
    shop.write('source', 'old');
    expect(await shop.run({ script })).toMatchObject({ outcome: 'miss', printed: '1>old' });
    shop.write('source', 'new');
    expect(await shop.run({ script, refresh: true })).toMatchObject({ outcome: 'miss', printed: '1>new' });
    expect(await shop.run({ script })).toMatchObject({ outcome: 'hit', printed: '1>new' });
    expect(shop.runs).toBe(2);
  });

  it('stays on record when a new run fails', async () => {
    const shop = workshop();
    const script = 'cat source';
    shop.write('source', 'old');
    await shop.run({ script });
    rmSync(shop.path('source'));
    expect(await shop.run({ script, refresh: true })).toMatchObject({ exitCode: 1, notStored: 'exit code 1' });
    expect(await shop.run({ script })).toMatchObject({ outcome: 'hit', printed: '1>old' });
  });

  it('depends on what it is given on stdin', async () => {
    const shop = workshop();
    const run = (stdin?: string) =>
      shop.run({ script: 'cat', stdin: stdin === undefined ? stdin : Buffer.from(stdin) });
    expect(await run('in')).toMatchObject({ outcome: 'miss', printed: '1>in' });
    expect(await run('in')).toMatchObject({ outcome: 'hit', printed: '1>in' });
    expect(await run('other')).toMatchObject({ outcome: 'miss', printed: '1>other' });
    expect(await run()).toMatchObject({ outcome: 'miss', printed: '' });
  });

  it('need not read what it is given on stdin', async () => {
    const result = await workshop().run({ script: 'exit 0', stdin: new Uint8Array(1_000_000) });
    expect(result).toMatchObject({ exitCode: 0, notStored: undefined });
  });

  it('replays bytes that are no text', async () => {
    const shop = workshop();
    const script = "printf '\\377\\000\\376'";
    const pieces: Uint8Array[] = [];
    const stdout = (bytes: Uint8Array) => void pieces.push(bytes);
    await shop.run({ script }, { stdout });
    expect((await shop.run({ script }, { stdout })).outcome).toBe('hit');
    expect(Buffer.concat(pieces)).toEqual(Buffer.from([255, 0, 254, 255, 0, 254]));
  });

  it('brings back empty files, hidden files and symbolic links', async () => {
    const shop = workshop();
    const script = 'mkdir -p dist/in && : > dist/empty && echo h > dist/.hidden && ln -s ../empty dist/in/link';
    expect((await shop.run({ script })).files).toBe(3);
    removeOutputs(shop);
    expect((await shop.run({ script })).outcome).toBe('hit');
    expect(statSync(shop.path('dist/empty')).size).toBe(0);
    expect(shop.read('dist/.hidden')).toBe('h\n');
    expect(readlinkSync(shop.path('dist/in/link'))).toBe('../empty');
  });

  it('brings back a file of several pieces', async () => {
    const shop = workshop();
    const script = 'mkdir -p dist && head -c 40000000 /dev/zero > dist/big && echo end >> dist/big';
    const cold = await shop.run({ script });
    expect(cold).toMatchObject({ notStored: undefined, bytes: 40_000_004 });
    removeOutputs(shop);
    expect((await shop.run({ script })).outcome).toBe('hit');
    expect(statSync(shop.path('dist/big')).size).toBe(40_000_004);
    expect(shop.read('dist/big').slice(-4)).toBe('end\n');
  });

  it('leaves alone what the recorded run did not make', async () => {
    const shop = workshop();
    await shop.run();
    shop.write('dist/other.txt', 'mine');
    expect((await shop.run()).outcome).toBe('hit');
    expect(shop.read('dist/other.txt')).toBe('mine');
  });

  it('leaves alone outputs that are in place already, but for their time stamps', async () => {
    const shop = workshop();
    shop.write('src/b.txt', 'another');
    await shop.run();
    const long = new Date('2020-01-01');
    for (const path of ['dist/a.txt', 'dist/b.txt']) utimesSync(shop.path(path), long, long);
    const before = statSync(shop.path('dist/a.txt'));
    shop.write('dist/b.txt', 'changed');
    expect((await shop.run()).outcome).toBe('hit');
    const after = statSync(shop.path('dist/a.txt'));
    expect(after.ino).toBe(before.ino);
    expect(Date.now() - after.mtimeMs).toBeLessThan(60_000);
    expect(shop.read('dist/b.txt')).toBe('another');
  });

  it('gives outputs in place their mode back', async () => {
    const shop = workshop();
    const script = `${COPY} && chmod 640 dist/a.txt`;
    await shop.run({ script });
    chmodSync(shop.path('dist/a.txt'), 0o600);
    expect((await shop.run({ script })).outcome).toBe('hit');
    expect(statSync(shop.path('dist/a.txt')).mode & 0o777).toBe(0o640);
  });

  it('replaces outputs that were changed, links among them', async () => {
    const shop = workshop();
    await shop.run();
    rmSync(shop.path('dist/a.txt'));
    symlinkSync('../src/a.txt', shop.path('dist/a.txt'));
    expect((await shop.run()).outcome).toBe('hit');
    expect(lstatSync(shop.path('dist/a.txt')).isFile()).toBe(true);
    expect(shop.read('src/a.txt')).toBe('one');
  });

  it('is known in another folder with the same inputs', async () => {
    const cacheRoot = createTempRoot();
    const first = workshop({ cacheRoot });
    const second = workshop({ cacheRoot });
    await first.run();
    expect((await second.run()).outcome).toBe('hit');
    expect(second.read('dist/a.txt')).toBe('one');
  });

  it('is told apart by its folder when it has no inputs', async () => {
    const cacheRoot = createTempRoot();
    await workshop({ cacheRoot }).run({ inputs: [] });
    expect((await workshop({ cacheRoot }).run({ inputs: [] })).outcome).toBe('miss');
  });

  it('tells how much time was saved', async () => {
    const shop = workshop();
    const script = `${COPY}; sleep 0.1`;
    const { elapsedMs } = await shop.run({ script });
    const warm = await shop.run({ script });
    // What the command took, less what the replay took.
    expect(warm.savedMs + warm.elapsedMs).toBeGreaterThan(95);
    expect(warm.savedMs).toBeLessThan(elapsedMs);
  });
});

describe('a run is a miss when', () => {
  it('the content of an input changed', async () => {
    const shop = workshop();
    await shop.run();
    shop.write('src/a.txt', 'two');
    expect((await shop.run()).outcome).toBe('miss');
    expect(shop.read('dist/a.txt')).toBe('two');
    shop.write('src/a.txt', 'one');
    expect((await shop.run()).outcome).toBe('hit');
  });

  it('an input was made executable, added or removed', async () => {
    const shop = workshop();
    await shop.run();
    chmodSync(shop.path('src/a.txt'), 0o755);
    expect((await shop.run()).outcome).toBe('miss');
    shop.write('src/b.txt', '');
    expect((await shop.run()).outcome).toBe('miss');
    rmSync(shop.path('src/b.txt'));
    expect((await shop.run()).outcome).toBe('hit');
  });

  it('an argument, a named variable or an output pattern differs', async () => {
    const shop = workshop();
    await shop.run({ envNames: ['MODE'] });
    expect((await shop.run({ envNames: ['MODE'], env: { MODE: '' } })).outcome).toBe('miss');
    expect((await shop.run({ envNames: ['MODE'], env: { OTHER: 'x' } })).outcome).toBe('hit');
    expect((await shop.run({ envNames: ['MODE'], script: `${COPY} ` })).outcome).toBe('miss');
    expect((await shop.run({ envNames: ['MODE'], outputs: ['dist/*.txt'] })).outcome).toBe('miss');
  });

  it.each([':blob:', ':run:'])('a part of it was evicted (%s)', async (part) => {
    const shop = workshop();
    shop.write('src/b.txt', 'another');
    await shop.run({ script: `${COPY}; echo done` });
    const [evicted] = await shop.keysWith(part);
    await shop.cache.delete(evicted ?? '');
    removeOutputs(shop);
    const again = await shop.run({ script: `${COPY}; echo done` });
    expect(again).toMatchObject({ outcome: 'miss', printed: '1>done\n', files: 2 });
    expect((await shop.run({ script: `${COPY}; echo done` })).outcome).toBe('hit');
  });

  it('a piece holds something else than it should', async () => {
    const shop = workshop();
    await shop.run();
    const [blob] = await shop.keysWith(':blob:');
    await shop.cache.set(blob ?? '', Buffer.from('two'));
    shop.write('dist/a.txt', 'before');
    expect((await shop.run({ script: COPY })).outcome).toBe('miss');
    expect(shop.read('dist/a.txt')).toBe('one');
  });

  it('its time to live has run out', async () => {
    const shop = workshop();
    await shop.run({ ttl: 0.05 });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect((await shop.run({ ttl: 0.05 })).outcome).toBe('miss');
  });
});

describe('inputs by name', () => {
  it('count by name and content, wherever they lie', async () => {
    const cacheRoot = createTempRoot();
    const build = async (file: string, name: string, text: string) => {
      const shop = workshop({ cacheRoot });
      shop.write(file, text);
      return shop.run({ inputs: [], files: { [name]: file } });
    };
    expect((await build('a.txt', 'source', 'one')).outcome).toBe('miss');
    expect((await build('deep/b.txt', 'source', 'one')).outcome).toBe('hit');
    expect((await build('a.txt', 'source', 'two')).outcome).toBe('miss');
    expect((await build('a.txt', 'other', 'one')).outcome).toBe('miss');
  });

  it.each(['missing', 'src'])('must be files that can be read: %s', async (file) => {
    await expect(workshop().run({ files: { source: file } })).rejects.toThrow(
      /^files\.source must be a file that can be read/,
    );
  });

  it('must not change while the command runs', async () => {
    const shop = workshop();
    const changed = await shop.run({ inputs: [], files: { it: 'src/a.txt' }, script: 'echo late > src/a.txt' });
    expect(changed.notStored).toBe('inputs changed while it ran: it');
  });
});

describe('settings', () => {
  it('stand for command, arguments and folder', async () => {
    const cacheRoot = createTempRoot();
    const build = (settings: BuildSettings, script = COPY) =>
      workshop({ cacheRoot }).run({ settings, script, inputs: [] });
    expect((await build({ board: 'a', flags: ['x'] })).outcome).toBe('miss');
    expect((await build({ flags: ['x'], board: 'a' }, `${COPY} `)).outcome).toBe('hit');
    expect((await build({ board: 'b', flags: ['x'] })).outcome).toBe('miss');
    expect((await build({ board: 'a', flags: ['x', 'y'] })).outcome).toBe('miss');
    expect((await build({ board: { a: null }, flags: ['x'] })).outcome).toBe('miss');
  });

  it('are not mistaken for others of similar names', async () => {
    const shop = workshop();
    for (const settings of [{ a: { b: 1 } }, { 'a:b': 1 }, { 'a\\': { b: 1 } }, { a: {} }, {}]) {
      expect((await shop.run({ settings })).outcome, JSON.stringify(settings)).toBe('miss');
    }
  });

  it('that change while the command runs belong to no result', async () => {
    const shop = workshop();
    let state = 0;
    const { notStored } = await shop.run({ settings: async () => ({ state: state++ }) });
    expect(notStored).toBe('inputs changed while it ran: state');
  });
});

describe('the folder of the outputs', () => {
  it('may be another than the working folder, and another than that of a replay', async () => {
    const shop = workshop();
    const made = createTempRoot();
    const restored = createTempRoot();
    const parts = { script: `cp src/a.txt ${made}/x.bin`, outputs: ['*'], outputFolder: made, restoreFolder: restored };
    const cold = await shop.run(parts);
    expect(cold.artifacts).toEqual([{ kind: 'bin', path: join(made, 'x.bin'), size: 3 }]);
    rmSync(join(made, 'x.bin'));
    const warm = await shop.run(parts);
    expect(warm).toMatchObject({ outcome: 'hit', artifacts: [{ path: join(restored, 'x.bin') }] });
    expect(readdirSync(made)).toEqual([]);
    expect(readdirSync(restored)).toEqual(['x.bin']);
  });
});

describe('a run is not recorded when', () => {
  it('it failed, unless asked', async () => {
    const shop = workshop();
    const script = 'echo oops >&2; exit 3';
    expect(await shop.run({ script })).toMatchObject({ outcome: 'miss', exitCode: 3, notStored: 'exit code 3' });
    expect(await shop.run({ script, cacheFailures: true })).toMatchObject({ outcome: 'miss', notStored: undefined });
    const replayed = await shop.run({ script, cacheFailures: true });
    expect(replayed).toMatchObject({ outcome: 'hit', exitCode: 3, printed: '2>oops\n' });
    expect(await shop.run({ script })).toMatchObject({ outcome: 'miss', exitCode: 3 });
  });

  it('a signal ended it', async () => {
    const shop = workshop();
    const result = await shop.run({ script: 'kill -TERM $$', cacheFailures: true });
    expect(result).toMatchObject({ exitCode: 143, signal: 'SIGTERM', notStored: 'it was ended by SIGTERM' });
  });

  it('it had to make outputs and made none', async () => {
    const shop = workshop();
    const result = await shop.run({ script: 'exit 0', requireOutputs: true });
    expect(result).toMatchObject({ exitCode: 0, notStored: 'it made no file that the output patterns name' });
    await shop.run({ script: 'exit 0' });
    expect((await shop.run({ script: 'exit 0', requireOutputs: true })).outcome).toBe('miss');
  });

  it('an input changed while it ran', async () => {
    const shop = workshop();
    const script = `${COPY}; echo late >> src/a.txt`;
    expect((await shop.run({ script })).notStored).toBe('inputs changed while it ran: src/a.txt');
    expect(await shop.keysWith(':run:')).toEqual([]);
  });

  it('an output is an input as well, and says how to mend that', async () => {
    const shop = workshop();
    const cold = await shop.run({ inputs: ['**'] });
    expect(cold.notStored).toMatch(
      /it wrote dist\/a\.txt, which is an input as well as an output; exclude it .* with '!'/,
    );
    expect((await shop.run({ inputs: ['**', '!dist/**'] })).notStored).toBeUndefined();
  });

  it('an output leads out of the folder', async () => {
    const shop = workshop();
    expect((await shop.run({ script: 'mkdir -p dist && ln -s /etc/hostname dist/link' })).notStored).toMatch(
      /output dist\/link is a link to \/etc\/hostname, which is not a relative path inside/,
    );
  });

  it('an output lies outside the folder, behind a link', async () => {
    const shop = workshop();
    const outside = createTempRoot();
    symlinkSync(outside, shop.path('dist'));
    const result = await shop.run({ script: 'cp src/a.txt dist/', outputs: ['dist/*'] });
    expect(result.notStored).toMatch(/output dist\/a\.txt lies outside/);
  });

  it('only a link to the folder of the outputs would be recorded', async () => {
    const shop = workshop();
    shop.write('real/x', '');
    symlinkSync('real', shop.path('dist'));
    expect((await shop.run({ script: 'cp src/a.txt dist/' })).notStored).toBe(
      'output dist is a link to a folder; name the folder that it leads to instead',
    );
  });

  it('the cache is too small for it', async () => {
    const shop = workshop({ maxSizeBytes: 200_000 });
    const script = 'mkdir -p dist; for n in 1 2 3 4 5; do head -c 90000 /dev/urandom > dist/$n; done';
    expect((await shop.run({ script })).notStored).toMatch(
      /^the run made more than the limit of the cache; raise maxSizeBytes$/,
    );
    expect(await shop.keysWith(':run:')).toEqual([]);
  });

  it('the cache refuses it, which the command does not feel', async () => {
    const shop = workshop({ maxSizeBytes: 20_000 });
    const result = await shop.run({ script: 'mkdir -p dist; head -c 90000 /dev/urandom > dist/big' });
    expect(result.exitCode).toBe(0);
    expect(result.notStored).toMatch(/^value takes \d+ bytes of disk and the whole cache may take 20000/);
  });

  it('caching is switched off', async () => {
    const shop = workshop();
    const service = new CompilationBuildCacheService(new DisabledCache());
    for (const script of ['exit 0', COPY]) {
      const result = await service.run(shop.request({ script }), { stdout: () => {}, stderr: () => {} });
      expect(result).toMatchObject({ outcome: 'miss', exitCode: 0, notStored: 'the cache is switched off' });
    }
  });
});

describe('outputs appear whole or not at all:', () => {
  it('a missing piece leaves every output as it was', async () => {
    const shop = workshop();
    shop.write('src/b.txt', 'another');
    // The command lists what is there before it makes anything.
    const script = `ls; ${COPY}`;
    await shop.run({ script });
    const manifest = await shop.cache.get<Manifest>((await shop.keysWith(':run:'))[0] ?? '');
    const last = manifest?.outputs.at(-1);
    if (last?.type !== 'file') throw new Error('no file is recorded');
    await shop.cache.delete(`content:blob:${last.blobs[0]?.hash}`);
    removeOutputs(shop);
    expect(await shop.run({ script })).toMatchObject({ outcome: 'miss', printed: '1>src\n' });
  });

  it('an output that can not be put in its place puts back the others, and the command runs', async () => {
    const shop = workshop();
    shop.write('src/b.txt', 'another');
    // The command waits, so that what was put back can be looked at before it is written anew.
    const script = `until [ -e go ]; do sleep 0.01; done; ${COPY}`;
    shop.write('go', '');
    await shop.run({ script });
    rmSync(shop.path('go'));
    shop.write('dist/a.txt', 'older');
    rmSync(shop.path('dist/b.txt'));
    mkdirSync(shop.path('dist/b.txt'));
    const seen: string[] = [];
    const onStart = () => {
      seen.push(shop.read('dist/a.txt'));
      shop.write('go', '');
    };
    const result = await shop.run({ script }, { onStart });
    expect(seen).toEqual(['older']);
    expect(result.outcome).toBe('miss');
    expect(result.notes).toEqual([
      'the recorded run is not replayed: output dist/b.txt is a file, but a folder stands in its place',
    ]);
    expect(readdirSync(shop.path('dist')).sort()).toEqual(['a.txt', 'b.txt']);
  });

  it('a run that is stopped leaves nothing behind', async () => {
    const shop = workshop();
    await shop.run();
    removeOutputs(shop);
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(shop.run({}, { signal: stop.signal })).rejects.toThrow('stopped');
    await expect(shop.run({ inputs: [] }, { signal: stop.signal })).rejects.toThrow('stopped');
    expect(readdirSync(shop.cwd)).toEqual(['src']);
    expect(shop.runs).toBe(1);
  });
});

describe('a recorded run that a stranger wrote is refused:', () => {
  const output = (path: string) => (manifest: Manifest) => ({
    ...manifest,
    outputs: manifest.outputs.map((recorded) => ({ ...recorded, path })),
  });

  it.each([
    ['a path upwards', output('../evil')],
    ['a path upwards in the middle', output('dist/../../evil')],
    ['an absolute path', output('/tmp/evil')],
    ['an empty path', output('')],
    ["a path in Git's folder", output('.git/hooks/pre-commit')],
    ['a mode beyond permissions', (m: Manifest) => ({ ...m, outputs: m.outputs.map((o) => ({ ...o, mode: 0o4755 })) })],
    [
      'a link that leads out',
      (m: Manifest) => ({ ...m, outputs: [{ type: 'link', path: 'dist/l', target: '../../x' }] }),
    ],
    [
      'an output inside a link',
      (m: Manifest) => ({
        ...m,
        outputs: [{ type: 'link', path: 'dist/l', target: 'm' }, ...m.outputs.map((o) => ({ ...o, path: 'dist/l/a' }))],
      }),
    ],
    ['sizes that do not add up', (m: Manifest) => ({ ...m, outputs: m.outputs.map((o) => ({ ...o, size: 99 })) })],
    ['an exit code out of range', (m: Manifest) => ({ ...m, exitCode: 300 })],
    ['no record at all', () => 'hello'],
    ['a record of a later version', (m: Manifest) => ({ ...m, version: 2 })],
  ])('%s', async (_, change) => {
    const shop = workshop();
    await shop.run();
    await tamper(shop, change);
    const result = await shop.run();
    expect(result.outcome).toBe('miss');
    expect(result.notes).toEqual([expect.stringMatching(/^the recorded run is refused: /)]);
    expect(readdirSync(shop.cwd).sort()).toEqual(['dist', 'src']);
  });

  it('a path that a link on the disk leads out', async () => {
    const shop = workshop();
    await shop.run();
    removeOutputs(shop);
    symlinkSync(createTempRoot(), shop.path('dist'));
    const result = await shop.run({ script: COPY });
    expect(result.notes).toEqual([
      expect.stringMatching(/would be written outside the working folder, through a link/),
    ]);
  });
});

describe('two at the same time', () => {
  it('run the command once; the second waits, then replays it', async () => {
    const shop = workshop();
    const script = `${COPY}; until [ -e go ]; do sleep 0.01; done; echo built`;
    const waits: string[] = [];
    const onWait = () => {
      waits.push('waiting');
      shop.write('go', '');
    };
    const session = { onWait };
    const results = await Promise.all([shop.run({ script }, session), shop.run({ script }, session)]);
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['hit', 'miss']);
    expect(results.map(({ printed }) => printed)).toEqual(['1>built\n', '1>built\n']);
    expect(shop.runs).toBe(1);
    expect(waits).toEqual(['waiting']);
  });
});

describe('explain', () => {
  it('tells which inputs and variables changed since the last run', async () => {
    const shop = workshop();
    const named = { envNames: ['MODE', 'LEVEL'], env: { MODE: 'a' } };
    expect((await shop.run(named, { explain: true })).explanation).toEqual({ lastRun: undefined, changes: [] });
    shop.write('src/a.txt', 'two');
    shop.write('src/new.txt', 'x');
    const changed = await shop.run({ ...named, env: { LEVEL: '1' } }, { explain: true });
    expect(changed.explanation?.lastRun).toBeInstanceOf(Date);
    expect(changed.explanation?.changes).toEqual([
      { kind: 'variable', name: 'LEVEL', change: 'added' },
      { kind: 'variable', name: 'MODE', change: 'removed' },
      { kind: 'input', name: 'src/a.txt', change: 'changed' },
      { kind: 'input', name: 'src/new.txt', change: 'added' },
    ]);
    rmSync(shop.path('src/new.txt'));
    const removed = await shop.run({ ...named, env: { LEVEL: '1' } }, { explain: true });
    expect(removed.explanation?.changes).toEqual([{ kind: 'input', name: 'src/new.txt', change: 'removed' }]);
  });

  it('tells that nothing changed', async () => {
    const shop = workshop();
    await shop.run();
    expect((await shop.run({}, { explain: true })).explanation?.changes).toEqual([]);
  });

  it('compares runs of one subject, and forgets them in time', async () => {
    const shop = workshop();
    const history = { subject: 'mine', ttl: 3600 };
    await shop.run({ history });
    const other = await shop.run({ history, script: `${COPY}; exit 0`, outputs: ['dist/*'] }, { explain: true });
    expect(other.explanation?.changes).toEqual([
      { kind: 'outputs', name: 'dist/*', change: 'added' },
      { kind: 'outputs', name: 'dist/**', change: 'removed' },
    ]);
    for (const key of [...(await shop.keysWith(':last-run:')), ...(await shop.keysWith(':fingerprint:'))]) {
      expect((await shop.cache.getMetadata(key))?.ttl).toBe(3600);
    }
  });

  it('keeps no value of a variable', async () => {
    const shop = workshop();
    await shop.run({ envNames: ['TOKEN'], env: { TOKEN: 'very-secret' } });
    for (const key of await shop.cache.keys()) {
      expect(JSON.stringify(await shop.cache.get(key))).not.toContain('very-secret');
    }
  });
});

describe('pieces', () => {
  it('are kept once, however many files and runs hold them', async () => {
    const shop = workshop();
    await shop.run({ script: `${COPY}; cp src/a.txt dist/b.txt` });
    await shop.run({ script: `${COPY}; cp src/a.txt dist/c.txt` });
    expect(await shop.keysWith(':blob:')).toHaveLength(1);
    expect(await shop.keysWith(':run:')).toHaveLength(2);
  });

  it('stay as long as the longest-lived run that needs them', async () => {
    const shop = workshop();
    await shop.run({ ttl: 60 });
    const [blob = ''] = await shop.keysWith(':blob:');
    expect((await shop.cache.getMetadata(blob))?.ttl).toBe(60);
    await shop.run({ script: `${COPY} `, ttl: 3600 });
    expect((await shop.cache.getMetadata(blob))?.ttl).toBe(3600);
    await shop.run({ script: `${COPY}  `, ttl: 60 });
    expect((await shop.cache.getMetadata(blob))?.ttl).toBe(3600);
    await shop.run({ script: `${COPY}   ` });
    expect((await shop.cache.getMetadata(blob))?.ttl).toBeUndefined();
  });
});

describe('what the user should know', () => {
  it('is told: patterns that match nothing', async () => {
    const shop = workshop();
    const result = await shop.run({ inputs: ['src/**', 'scr/**'], outputs: ['dist/**', 'dst/**'] });
    expect(result.notes).toEqual(['input "scr/**" matches no file', 'output "dst/**" matches no file']);
  });

  it('is told: a command that is not there', async () => {
    const shop = workshop();
    const result = await shop.run({ command: 'no-such-program' });
    expect(result).toMatchObject({
      exitCode: 127,
      startFailure: expect.stringMatching(/"no-such-program" was not found/),
    });
  });

  it('is told: a command that can not be run', async () => {
    const shop = workshop();
    writeFileSync(join(shop.cwd, 'plain.txt'), 'no program');
    const result = await shop.run({ command: './plain.txt' });
    expect(result).toMatchObject({ exitCode: 126, startFailure: expect.stringMatching(/not an executable file/) });
  });
});
