import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { CacheManager } from '../../src/cache-manager.ts';
import { createUserConfig, TTL_DEFAULTS } from '../../src/config.ts';
import { DisabledCache } from '../../src/disabled-cache.ts';
import { DiskCacheManager } from '../../src/disk/disk-cache-manager.ts';
import { CacheArgumentError, CacheWriteError } from '../../src/errors.ts';
import { createLayoutService, LayoutError, LayoutService } from '../../src/layout/index.ts';
import { testCacheRoot } from '../../src/testing/vitest.ts';
import { bind, fullLayout, layer, layoutText, richLayout } from './sample-layouts.ts';
import '../../src/testing/vitest.ts';

const TEMPLATE = '#include <my.h>\n{{ includes }}\n{{ defines }}\n{{ keymap }}\n';

function openCache(): DiskCacheManager {
  return new DiskCacheManager({ cacheRoot: testCacheRoot(), tag: 'layout' });
}

/** The keys of what is kept, without their hashes. */
async function keptSteps(cache: CacheManager): Promise<string[]> {
  return (await cache.keys()).map((key) => key.split(':')[1] ?? '').sort();
}

/** What each step makes of a layout. */
const steps: readonly (readonly [string, (layouts: LayoutService, text: string) => Promise<unknown>])[] = [
  ['parse', (layouts, text) => layouts.parse(text)],
  ['validate', (layouts, text) => layouts.validate(text)],
  ['compile', async (layouts, text) => ({ ...(await layouts.compile(text)), fromCache: undefined })],
  ['render', async (layouts, text) => ({ ...(await layouts.render(text, TEMPLATE)), fromCache: undefined })],
  ['compare', (layouts, text) => layouts.compare(text, layoutText())],
];

describe.each(steps)('%s', (_, step) => {
  const text = JSON.stringify(richLayout());

  test('is done once for the same content, in any process', async () => {
    await using first = openCache();
    const made = await step(new LayoutService(first), text);
    const parse = vi.spyOn(JSON, 'parse');
    onTestFinished(() => parse.mockRestore());
    await using second = new DiskCacheManager({ cacheRoot: testCacheRoot(), tag: 'layout' });
    expect(await step(new LayoutService(second), text)).toEqual(made);
    expect(parse.mock.calls.some(([given]) => given === text)).toBe(false);
    expect(await second.getStats()).toMatchObject({ hits: 1, misses: 0 });
  });

  test('is done anew for other content', async () => {
    await using cache = openCache();
    const layouts = new LayoutService(cache);
    const made = await step(layouts, text);
    const before = await cache.getStats();
    await step(layouts, text.replace('Of everything', 'Of other things'));
    expect((await cache.getStats()).misses).toBeGreaterThan(before.misses);
    expect(await step(layouts, text)).toEqual(made);
  });

  test('makes the same without a cache', async () => {
    await using cache = openCache();
    const made = await step(new LayoutService(cache), text);
    expect(await step(new LayoutService(new DisabledCache({ tag: 'layout' })), text)).toEqual(made);
  });

  test('takes nothing from the cache that is not of its form', async () => {
    await using cache = openCache();
    const layouts = new LayoutService(cache);
    const made = await step(layouts, text);
    const foreign = [
      null,
      'text',
      7,
      [],
      {},
      { layout: {}, warnings: [] },
      [{ severity: 'fatal', message: '' }],
      { keymap: 5, conf: '', warnings: [] },
      { text: 'x' },
      new Map([['keymap', 'x']]),
      Buffer.from('garbage'),
    ];
    for (const value of foreign) {
      for (const key of await cache.keys()) await cache.set(key, value);
      // Nothing wrong with a layout is what an empty list says.
      if (Array.isArray(value) && value.length === 0 && Array.isArray(made)) continue;
      expect(await step(layouts, text)).toEqual(made);
    }
  });

  test('may be under way several times at once', async () => {
    await using cache = openCache();
    const layouts = new LayoutService(cache);
    const made = await Promise.all(Array.from({ length: 20 }, () => step(layouts, text)));
    for (const each of made) expect(each).toEqual(made[0]);
  });

  test('goes on when nothing can be stored', async () => {
    await using cache = openCache();
    vi.spyOn(cache, 'set').mockRejectedValue(new CacheWriteError('no space left on device'));
    expect(await step(new LayoutService(cache), text)).toBeDefined();
    vi.spyOn(cache, 'set').mockRejectedValue(new TypeError('a bug'));
    await expect(step(new LayoutService(cache), text)).rejects.toThrow('a bug');
  });

  test.each([undefined, null, 5, {}])('wants a text or bytes, not %j', async (source) => {
    await using cache = openCache();
    // @ts-expect-error: what a caller in JavaScript may do
    await expect(step(new LayoutService(cache), source)).rejects.toThrow(CacheArgumentError);
  });
});

test('text and its bytes are one content', async () => {
  await using cache = openCache();
  const layouts = new LayoutService(cache);
  expect((await layouts.compile(layoutText())).fromCache).toBe(false);
  expect((await layouts.compile(Buffer.from(layoutText()))).fromCache).toBe(true);
});

test('each step is kept as long as its kind is', async () => {
  const userConfig = createUserConfig({ cacheDir: testCacheRoot(), ttls: { layoutParsed: 60 } });
  const [cache, layouts] = createLayoutService(userConfig);
  await layouts.parse(layoutText());
  await layouts.compile(layoutText());
  await layouts.compare(layoutText(), layoutText());
  await layouts.render(layoutText(), TEMPLATE);
  const ttls: Record<string, number | undefined> = {};
  for (const key of await cache.keys()) ttls[key.split(':')[1] ?? ''] = (await cache.getMetadata(key))?.ttl;
  expect(ttls).toEqual({
    parsed: 60,
    validation: TTL_DEFAULTS.layoutValidation,
    firmware: TTL_DEFAULTS.layoutProcessing,
    comparison: TTL_DEFAULTS.layoutComparison,
    rendering: TTL_DEFAULTS.layoutTemplate,
  });
});

test('the service as the user configured it is on the shared cache of its tag', () => {
  const userConfig = createUserConfig({ cacheDir: testCacheRoot() });
  const [cache] = createLayoutService(userConfig);
  expect(cache.tag).toBe('layout');
  expect(createLayoutService(userConfig)[0]).toBe(cache);
  expect(createLayoutService({ ...userConfig, cacheStrategy: 'disabled' })[0]).toBeInstanceOf(DisabledCache);
});

test('what is wrong with a layout is found out once, too', async () => {
  await using cache = openCache();
  const layouts = new LayoutService(cache);
  const broken = layoutText({ layers: [layer({ 3: bind('&nope') })] });
  await expect(layouts.compile(broken)).rejects.toThrow(LayoutError);
  expect(await keptSteps(cache)).toEqual(['validation']);
  const before = await cache.getStats();
  const error = await layouts.compile(broken).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'ERR_LAYOUT', issues: [{ layer: 0, key: 3, code: 'unknown-behavior' }] });
  expect((await cache.getStats()).hits).toBe(before.hits + 1);

  const garbage = '{"a":';
  expect(await layouts.validate(garbage)).toEqual(await layouts.validate(garbage));
  expect(await keptSteps(cache)).toEqual(['validation', 'validation']);
});

test('a parsed layout in the cache that could break out of its cells, or is endlessly deep, is read anew', async () => {
  await using cache = openCache();
  const layouts = new LayoutService(cache);
  const text = layoutText({ layers: [layer({ 0: bind('&kp', 'A') })], custom_devicetree: '#define X A' });
  const { keymap } = await layouts.compile(text);
  const parsed = await layouts.parse(text);
  const key = (await cache.keys()).find((each) => each.includes(':parsed:')) ?? '';
  let deep: unknown = { value: 'A', params: [] };
  for (let level = 0; level < 100; level++) deep = { value: 'LS', params: [deep] };
  const params = ['A>; evil;', '(A>; evil;)', 'A\n', '', 'A"', 'A{'].map((value) => [{ value, params: [] }]);
  for (const forged of [...params, [deep]]) {
    const layers = [[{ value: '&kp', params: forged }, ...(parsed.layers[0] ?? []).slice(1)]];
    await cache.clear();
    await cache.set(key, { layout: { ...parsed, layers }, warnings: [] });
    expect((await layouts.compile(text)).keymap).toBe(keymap);
    expect(await layouts.parse(text)).toEqual(parsed);
  }
});

test('what another version made is not taken', async () => {
  await using cache = openCache();
  const layouts = new LayoutService(cache);
  await layouts.compile(layoutText());
  for (const key of await cache.keys()) {
    await cache.set(key.replace(/:\w+$/, ':another'), await cache.get(key));
    await cache.delete(key);
  }
  expect((await layouts.compile(layoutText())).fromCache).toBe(false);
});

test('what was parsed is not read again to be compiled', async () => {
  await using cache = openCache();
  const layouts = new LayoutService(cache);
  const text = JSON.stringify(richLayout());
  await layouts.parse(text);
  const parse = vi.spyOn(JSON, 'parse');
  onTestFinished(() => parse.mockRestore());
  await layouts.compile(text);
  expect(parse.mock.calls.some(([given]) => given === text)).toBe(false);
});

test('a compiled layout tells what it is of, and what is odd about it', async () => {
  await using cache = openCache();
  const compiled = await new LayoutService(cache).compile(layoutText({ novelty: true, title: 'Mine' }));
  expect(compiled).toMatchObject({
    keyboard: 'glove80',
    title: 'Mine',
    layerNames: ['Base'],
    warnings: [{ severity: 'warning', code: 'unknown-member' }],
    fromCache: false,
  });
});

test('the same layout gives the same bytes', async () => {
  const layouts = new LayoutService(new DisabledCache({ tag: 'layout' }));
  const [first, second] = [await layouts.compile(fullLayout(30)), await layouts.compile(fullLayout(30))];
  expect(second).toEqual(first);
});

test('another template is another rendering', async () => {
  await using cache = openCache();
  const layouts = new LayoutService(cache);
  expect((await layouts.render(layoutText(), TEMPLATE)).fromCache).toBe(false);
  expect((await layouts.render(layoutText(), TEMPLATE)).fromCache).toBe(true);
  expect((await layouts.render(layoutText(), `${TEMPLATE} `)).fromCache).toBe(false);
});

test('wrong arguments are told by name', () => {
  const cache = new DisabledCache({ tag: 'layout' });
  // @ts-expect-error: what a caller in JavaScript may do
  expect(() => new LayoutService({})).toThrow('cache must be a CacheManager, got {}');
  // @ts-expect-error: what a caller in JavaScript may do
  expect(() => new LayoutService(cache, null)).toThrow('options must be an object');
  expect(() => new LayoutService(cache, { ttls: { layoutParsed: 0 } })).toThrow(
    'ttls.layoutParsed must be a positive finite number of seconds, got 0',
  );
  expect(() => new LayoutService(cache, { ttls: { layoutTemplate: Number.NaN } })).toThrow(CacheArgumentError);
});
