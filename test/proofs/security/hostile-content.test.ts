/**
 * Files that were written to do harm: reading them costs a bounded time and memory, changes nothing of the language's
 * own objects, and the tag can be used and repaired afterwards.
 */

import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { doEverything, isReport, type Surroundings } from './do-everything.ts';
import { type Fields, HostileTag, rightFields } from './hostile-tag.ts';
import { hostileSerializations } from './serialized.ts';

/** The heap that the reading process may have, in megabytes; a small part of what Node takes by itself. */
const HEAP_MB = 128;
const MB = 2 ** 20;
/** Of the whole process, its code and Node included. */
const MEMORY = 500 * MB;
/** On a machine that is busy, in milliseconds. */
const LONGEST_CALL_MS = 20_000;
const TIMEOUT_MS = 180_000;

/** Does everything with a tag, and tells what harm came of it. */
async function harmOf(
  tag: HostileTag,
  keys: readonly string[],
  { refused = [], ...surroundings }: Surroundings & { readonly refused?: readonly string[] } = {},
): Promise<string[]> {
  const found = await doEverything(
    { cacheRoots: [tag.cacheRoot], keys: ['harmless', ...keys], later: 0 },
    { ...surroundings, flags: [`--max-old-space-size=${HEAP_MB}`] },
  );
  if (!isReport(found)) return [`the process has not come to its end: ${JSON.stringify(found)}`];
  const { crashed, polluted, longest, memory } = found;
  const harm = [...crashed, ...polluted];
  if (found.refused.join() !== refused.join()) harm.push(`refused with ${found.refused.join()}`);
  if (longest.took > LONGEST_CALL_MS) harm.push(`${longest.call} took ${Math.round(longest.took)} ms`);
  if (memory > MEMORY) harm.push(`the process had ${Math.round(memory / MB)} MB`);
  return harm;
}

const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);

/** Values of many bytes that take no room. */
function plantHoles(): { tag: HostileTag; keys: string[] } {
  const tag = new HostileTag();
  const keys = [2 ** 31, 2 ** 36, 2 ** 40].map((size) => {
    const key = `key ${size}`;
    tag.addEntry(key, 'buffer', Buffer.alloc(0), { size });
    fs.truncateSync(tag.entry(key), size);
    return key;
  });
  return { tag, keys };
}

describe('a sidecar', { timeout: TIMEOUT_MS }, () => {
  const value = Buffer.from('value');
  const bad: Record<string, string | Fields> = {
    'that is nothing but opening brackets': '['.repeat(449_000),
    'that is nested deeply': nested(220_000, '[', ']'),
    'with a field that is nested deeply': `{"version":1,"key":${nested(200_000, '[', ']')}}`,
    'that is longer than any': ' '.repeat(5 * MB),
    'that is one long string': `"${'x'.repeat(440_000)}"`,
    'with the prototype among its fields': `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},${JSON.stringify(rightFields('with the prototype among its fields', 'text', value)).slice(1)}`,
    'that has everything from its prototype': `{"__proto__":${JSON.stringify(rightFields('that has everything from its prototype', 'text', value))}}`,
    'that claims 2^31 bytes': { size: 2 ** 31 },
    'that claims 2^53 bytes': { size: 2 ** 53 },
    'that claims more bytes than there are numbers for': { size: 1e308 },
    'that claims fewer than no bytes': { size: -1 },
    'with a size that is a text': { size: '5' },
    'with an object for a size': { size: { valueOf: 5 } },
    'with a checksum that is none': { checksum: 2 ** 40 },
    'with a key that is a list': { key: ['key'] },
    'with the name of another thing for a codec': { codec: 'constructor' },
    'with a list for a codec': { codec: ['text'] },
    'with a path for a generation': { generation: '../../../../../etc/passwd' },
    'with a list for a generation': { generation: ['abcdef0123456789abcdef01'] },
    'created at the end of time': { created: Number.MAX_SAFE_INTEGER },
    'that expires before time': { ttl: 1e-300, expires: 1e-300 },
    'that expires after time': { ttl: 1e300, expires: 1e300 },
  };

  it(`${Object.keys(bad).join(', ')} does no harm`, async () => {
    const tag = new HostileTag();
    for (const [key, sidecar] of Object.entries(bad)) {
      if (typeof sidecar === 'string') tag.addFiles(key, sidecar, value);
      else tag.addEntry(key, 'text', value, sidecar);
    }
    expect(await harmOf(tag, Object.keys(bad))).toEqual([]);
  });

  it('that is a hole of a terabyte does no harm', async () => {
    const tag = new HostileTag();
    tag.addFiles('key', '', value);
    fs.truncateSync(tag.sidecar('key'), 2 ** 40);
    expect(await harmOf(tag, ['key'])).toEqual([]);
  });

  it('of a value that is a hole of as many bytes as it says does no harm', async () => {
    const { tag, keys } = plantHoles();
    expect(await harmOf(tag, keys)).toEqual([]);
  });
});

describe('a value whose checksum is right', { timeout: TIMEOUT_MS }, () => {
  const values: Record<string, readonly [codec: string, bytes: Buffer]> = {
    'is no JSON': ['json', Buffer.from('{"torn":')],
    'is JSON nested deeply': ['json', Buffer.from(nested(1_000_000, '[', ']'))],
    'is JSON of objects nested deeply': ['json', Buffer.from(`${'{"a":'.repeat(500_000)}1${'}'.repeat(500_000)}`)],
    'is JSON with the prototype in it': [
      'json',
      Buffer.from('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
    ],
    'is JSON with a huge number': ['json', Buffer.from('9'.repeat(1_000_000))],
    'is no UTF-8': ['text', Buffer.alloc(100_000, 0xfe)],
    'is for another runtime': ['jsc', Buffer.from('value')],
    'is a text under the name of a serialisation': ['v8', Buffer.from('value')],
    'is an empty serialisation': ['v8', Buffer.alloc(0)],
  };

  it(`and that ${Object.keys(values).join(', ')} does no harm`, async () => {
    const tag = new HostileTag();
    for (const [key, [codec, bytes]] of Object.entries(values)) tag.addEntry(key, codec, bytes);
    expect(await harmOf(tag, Object.keys(values))).toEqual([]);
  });

  it('and that no serialiser has written does no harm', async () => {
    const tag = new HostileTag();
    const keys = hostileSerializations(300).map((bytes, number) => {
      tag.addEntry(`key ${number}`, 'v8', bytes);
      return `key ${number}`;
    });
    expect(await harmOf(tag, keys)).toEqual([]);
  });
});

const hash = (number: number) => number.toString(16).padStart(40, 'a');
const generation = (number: number) => number.toString(16).padStart(24, 'b');
const lines = (count: number, line: (number: number) => string) =>
  Array.from({ length: count }, (_, number) => line(number)).join('\n');
const set = (number: number, size: string, allocated: string, key: string) =>
  `["set","${hash(number)}","${generation(number)}","",${size},${allocated},0,0,"text",0,"${key}"]`;
/** What an index can be full of. */
const contents = {
  'of one endless line': () => 'x'.repeat(100 * MB),
  'of one endless record': () => `["set","${'a'.repeat(100 * MB)}`,
  'of NULs': () => '\0'.repeat(50 * MB),
  'of opening braces': () => `${'{"a":'.repeat(10 * MB)}\n`,
  'of endless numbers': () => `["open","${hash(1)}","${generation(1)}",${'9'.repeat(10 * MB)}]\n`,
  'of a million lines that are no records': () => lines(1_000_000, (number) => `["nothing",${number}]`),
  'of a quarter of a million lines that begin like a header': () => lines(250_000, () => '{'),
  'of half a million sets that never ended': () =>
    lines(500_000, (number) => `["open","${hash(number)}","${generation(number)}",0]`),
  'of a quarter of a million keys in doubt': () => lines(250_000, (number) => `["ask","${hash(number)}",""]`),
  'of entries that are not there, by hashes that are alike': () =>
    lines(100_000, (number) => set(number, '1', '4096', `key ${number}`)),
  'of sizes that are too large': () => lines(1000, (number) => set(number, '9999999999', '9999999999999', 'key')),
  'of keys from the prototype': () => lines(10, (number) => set(number, '1', '4096', '__proto__')),
  'of the longest keys': () => lines(200, (number) => set(number, '1', '4096', '\\u0041'.repeat(80_000))),
} as const satisfies Record<string, () => string>;

/** A tag whose index holds all that. */
function plantIndex(content: string): HostileTag {
  const tag = new HostileTag();
  const header = fs.readFileSync(tag.index, 'latin1').split('\n')[0] ?? '';
  fs.writeFileSync(tag.index, `${header}\n${content}\n["done"]\n`, 'latin1');
  return tag;
}

describe('an index', { timeout: TIMEOUT_MS }, () => {
  it.each(Object.entries(contents))('%s does no harm', async (_name, makeContent) => {
    const tag = plantIndex(makeContent());
    expect(await harmOf(tag, [])).toEqual([]);
  });

  it.each([
    '{"format":"glovebox-cache","version":1e999,"tag":"default"}',
    '{"format":"glovebox-cache","version":99,"tag":"default","__proto__":{"polluted":1}}',
  ])('whose header is %s is refused by name', async (header) => {
    const tag = new HostileTag();
    fs.writeFileSync(tag.index, `${header}\n`);
    expect(await harmOf(tag, [], { refused: ['CacheFormatError'] })).toEqual([]);
  });
});

describe('this finds an engine', { timeout: TIMEOUT_MS }, () => {
  it('without sizes-are-bounded', async () => {
    const { tag, keys } = plantHoles();
    expect(await harmOf(tag, keys, { rule: 'sizes-are-bounded', stuck: 15_000 })).not.toEqual([]);
  });

  it('without table-is-keyed', async () => {
    const tag = plantIndex(contents['of entries that are not there, by hashes that are alike']());
    expect(await harmOf(tag, [], { rule: 'table-is-keyed', stuck: 15_000 })).not.toEqual([]);
  });

  it('without doubts-are-bounded', async () => {
    const tag = plantIndex(contents['of half a million sets that never ended']());
    expect(await harmOf(tag, [], { rule: 'doubts-are-bounded' })).not.toEqual([]);
  });
});
