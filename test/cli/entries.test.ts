import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DiskCacheManager } from '../../src/disk/disk-cache-manager.ts';
import { createTempRoot } from '../support/temp-root.ts';
import { type CliResult, type CliWorld, runCli } from './cli-harness.ts';

let root: string;
beforeEach(() => {
  root = createTempRoot();
});

function cli(args: readonly string[], world?: CliWorld): Promise<CliResult> {
  return runCli(['--root', root, ...args], world);
}

/** Works on a tag as an application would. */
async function inTag(tag: string, action: (cache: DiskCacheManager) => Promise<void>): Promise<void> {
  const cache = new DiskCacheManager({ cacheRoot: root, tag });
  try {
    await action(cache);
  } finally {
    await cache.close();
  }
}

describe('set and get', () => {
  it('keep a text as it is, silently', async () => {
    expect(await cli(['set', 'k', 'höllo'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await cli(['get', 'k'])).toEqual({ code: 0, stdout: 'höllo', stderr: '' });
    await inTag('default', async (cache) => expect(await cache.get('k')).toBe('höllo'));
  });

  it('end the line of a text on a terminal only', async () => {
    await cli(['set', 'k', 'text']);
    await cli(['set', 'line', 'text\n']);
    expect((await cli(['get', 'k'], { isTTY: true })).stdout).toBe('text\n');
    expect((await cli(['get', 'line'], { isTTY: true })).stdout).toBe('text\n');
    expect((await cli(['get', 'k'])).stdout).toBe('text');
  });

  it('keep the bytes of stdin and of a file', async () => {
    const file = join(root, 'bytes.bin');
    writeFileSync(file, Buffer.from([0, 255, 10]));
    await cli(['set', 'in', '-'], { stdin: 'from stdin\n' });
    await cli(['set', 'file', '--file', 'bytes.bin'], { cwd: root });
    expect((await cli(['get', 'in'])).stdout).toBe('from stdin\n');
    await inTag('default', async (cache) => expect(await cache.get('file')).toEqual(Buffer.from([0, 255, 10])));
  });

  it('keep what JSON says, when told that it is JSON', async () => {
    await cli(['set', 'k', '{"a":[1,null]}', '--json-value']);
    await inTag('default', async (cache) => expect(await cache.get('k')).toEqual({ a: [1, null] }));
    expect(JSON.parse((await cli(['get', 'k'])).stdout)).toEqual({ a: [1, null] });
  });

  it('take a time to live', async () => {
    const set = await cli(['set', 'k', 'v', '--ttl', '24h', '--json']);
    expect(JSON.parse(set.stdout)).toEqual({ key: 'k', tag: 'default', size: 1, ttl: 86_400 });
    await inTag('default', async (cache) => expect((await cache.getMetadata('k'))?.ttl).toBe(86_400));
  });

  it('write values that JSON has no words for', async () => {
    const value = {
      map: new Map([['a', 1n]]),
      set: new Set([1]),
      date: new Date(0),
      bytes: new Uint16Array([1]),
      pattern: /x/g,
      error: new TypeError('bad'),
      none: undefined,
    };
    await inTag('default', (cache) => cache.set('k', value));
    expect(JSON.parse((await cli(['get', 'k'])).stdout)).toEqual({
      map: [['a', '1']],
      set: [1],
      date: '1970-01-01T00:00:00.000Z',
      bytes: [1, 0],
      pattern: '/x/g',
      error: { name: 'TypeError', message: 'bad' },
    });
    await inTag('default', (cache) => cache.set('k', undefined));
    expect((await cli(['get', 'k'])).stdout).toBe('null\n');
  });

  it('refuse to write a value that refers to itself', async () => {
    const value: Record<string, unknown> = {};
    value['self'] = value;
    await inTag('default', (cache) => cache.set('k', value));
    const { code, stderr } = await cli(['get', 'k']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/the value under key 'k' refers to itself, which JSON can't say/);
  });

  it('tell with --json what the value is', async () => {
    await cli(['set', 'text', 'x']);
    await cli(['set', 'bytes', '-'], { stdin: 'x' });
    await cli(['set', 'json', '[1]', '--json-value']);
    const shown = async (key: string) => JSON.parse((await cli(['get', key, '--json'])).stdout);
    expect(await shown('text')).toEqual({ key: 'text', tag: 'default', encoding: 'text', value: 'x' });
    expect(await shown('bytes')).toEqual({ key: 'bytes', tag: 'default', encoding: 'base64', value: 'eA==' });
    expect(await shown('json')).toEqual({ key: 'json', tag: 'default', encoding: 'json', value: [1] });
  });

  it('refuse a value larger than the limit', async () => {
    const { code, stderr } = await cli(['set', 'k', 'x'.repeat(20_000), '--max-size', '8KB']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^glovebox-cache: value takes \d+ bytes .*; raise --max-size, or .*\n$/);
  });

  it('end with 1 for a key that has no entry', async () => {
    await cli(['set', 'k', 'v']);
    expect(await cli(['get', 'other\n'])).toEqual({
      code: 1,
      stdout: '',
      stderr: "glovebox-cache: no live entry under key 'other\\u000a' in tag 'default'\n",
    });
  });
});

describe('keys', () => {
  it('are one a line for a script, sorted, and never two', async () => {
    await inTag('default', async (cache) => {
      for (const key of ['b', 'a', 'c\nd']) await cache.set(key, 1);
    });
    expect((await cli(['keys'])).stdout).toBe('a\nb\nc\\u000ad\n');
  });

  it('are a table on a terminal, or when asked', async () => {
    await cli(['set', 'k', 'v', '--ttl', '24h']);
    const asked = await cli(['keys', '--long']);
    expect(asked.stdout).toMatch(/^KEY +SIZE +SET +LAST READ +EXPIRES\nk +1B .* in (1d|23h 59m)\n$/);
    const terminal = await cli(['keys'], { isTTY: true });
    expect(terminal.stdout).toContain('\u001b[1mKEY\u001b[22m');
  });

  it('have all figures in JSON', async () => {
    await cli(['set', 'k', 'v', '--ttl', '1h']);
    await cli(['set', 'l', 'long']);
    const [k, l] = JSON.parse((await cli(['keys', '--json'])).stdout);
    expect(k).toMatchObject({ key: 'k', size: 1, ttl: 3600 });
    expect(Date.parse(k.expires) - Date.parse(k.created)).toBe(3_600_000);
    expect(l).toEqual({
      key: 'l',
      size: 4,
      created: expect.stringMatching(/^\d{4}-.*Z$/),
      accessed: expect.stringMatching(/Z$/),
      ttl: null,
      expires: null,
    });
  });

  it('may be none', async () => {
    await inTag('default', async () => {});
    expect((await cli(['keys'])).stdout).toBe('');
    expect((await cli(['keys', '--long'])).stdout).toBe("tag 'default' has no live entries\n");
    expect((await cli(['keys', '--json'])).stdout).toBe('[]\n');
  });
});

describe('delete', () => {
  it('removes entries, and ends with 1 if one was not there', async () => {
    await cli(['set', 'a', '1']);
    await cli(['set', 'b', '2']);
    expect(await cli(['delete', 'a', 'none'])).toEqual({
      code: 1,
      stdout: 'deleted a\n',
      stderr: "glovebox-cache: no live entry under key 'none' in tag 'default'\n",
    });
    const json = await cli(['delete', 'b', 'none', '--json']);
    expect(JSON.parse(json.stdout)).toEqual({ tag: 'default', dryRun: false, deleted: ['b'], missing: ['none'] });
    expect((await cli(['keys'])).stdout).toBe('');
  });

  it('only tells, when it is a dry run', async () => {
    await cli(['set', 'a', '1']);
    expect(await cli(['delete', 'a', '--dry-run'])).toEqual({ code: 0, stdout: 'would delete a\n', stderr: '' });
    expect((await cli(['keys'])).stdout).toBe('a\n');
  });
});
