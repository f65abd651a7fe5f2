import { describe, expect, test } from 'vitest';
import { DisabledCache } from '../../../src/disabled-cache.ts';
import { LayoutError, LayoutService } from '../../../src/layout/index.ts';
import { bind, layer, layoutJson, layoutText, richLayout } from '../sample-layouts.ts';

const layouts = new LayoutService(new DisabledCache({ tag: 'layout' }));

async function messagesOf(source: string | Uint8Array): Promise<string[]> {
  return (await layouts.validate(source)).map(({ message }) => message);
}

describe('text that is not JSON', () => {
  test.each([
    ['{\n  "keyboard": "glove80",\n  "layers": [,]\n}', 'not JSON: unexpected ",]" at line 3, column 14'],
    ['{\n  "a": tru\n}', 'not JSON: unexpected "tru" at line 2, column 8'],
    ['{"a": 1', 'not JSON: it ends too early, at line 1, column 8'],
    ['', 'not JSON: it ends too early, at line 1, column 1'],
    ['{"a": "x\ny"}', 'not JSON: unexpected "\\"x" at line 1, column 7'],
    ['{} x', 'not JSON: unexpected "x" at line 1, column 4'],
    ['<html>', 'not JSON: unexpected "<html>" at line 1, column 1'],
  ])('is told with line and column: %j', async (text, message) => {
    expect(await messagesOf(text)).toEqual([message]);
    await expect(layouts.parse(text)).rejects.toThrow(message);
  });

  test('is told if it is not even text', async () => {
    expect(await messagesOf(new Uint8Array([0x7b, 0xff, 0xfe]))).toEqual(['not JSON: the bytes are not UTF-8']);
  });
});

describe('JSON that is no layout', () => {
  test.each([
    ['[]', 'a layout must be an object, not the list []'],
    ['null', 'a layout must be an object, not null'],
    ['"glove80"', 'a layout must be an object, not "glove80"'],
  ])('is told: %s', async (text, message) => {
    expect(await messagesOf(text)).toEqual([message]);
  });

  test('is told which members are missing', async () => {
    expect(await messagesOf('{}')).toEqual(['keyboard is missing', 'layer_names is missing', 'layers is missing']);
    expect(await messagesOf(layoutText({ layers: null }))).toContain('layers is missing');
    expect(await messagesOf(layoutText({ macros: [{}] }))).toEqual([
      'macro 0: name is missing',
      'macro 0: bindings is missing',
    ]);
  });

  test('is told which members have a wrong type', async () => {
    expect(
      await messagesOf(layoutText({ title: 5, tags: [1], layers: [{}], macros: ['x'], combos: {}, unlisted: 'x' })),
    ).toEqual([
      'title must be a text, not 5',
      'tags must be a list of texts, not the list [1]',
      'layer 0 "Base": must be a list of bindings, not an object',
      'macro 0: must be an object, not "x"',
      'combos must be a list, not an object',
    ]);
  });

  test('is refused when it is absurdly large or deep, at once', async () => {
    expect(await messagesOf('['.repeat(1_000_000))).toEqual(['brackets are more than 64 deep']);
    expect(await messagesOf(`{"a":${'{"a":'.repeat(100)}`)).toEqual(['brackets are more than 64 deep']);
    expect(await messagesOf(' '.repeat(10 * 2 ** 20 + 1))).toEqual([
      'the text has 10485761 bytes; a layout may have 10485760',
    ]);
    const deep = '{"value":"LS","params":['.repeat(20);
    const text = layoutText({ layers: [[{ value: '&kp', params: ['HERE'] }]] }).replace(
      '"HERE"',
      `${deep}${']}'.repeat(20)}`,
    );
    expect(await messagesOf(text)).toContain('layer 0 "Base", key 0: parameters are nested more than 16 deep');
  });

  test('costs time in proportion to its length, whatever it holds', async () => {
    const million = 1_000_000;
    const texts = [
      JSON.stringify('\\"'.repeat(million)),
      layoutText({ custom_devicetree: '/*'.repeat(million - 1) }),
      layoutText({ custom_devicetree: '"\\'.repeat(million - 1) }),
      layoutText({ custom_devicetree: '#define A(\\\n'.repeat(million / 10) }),
      layoutText({ custom_devicetree: 'a:'.repeat(million - 1) }),
      layoutText({ custom_devicetree: 'x'.repeat(2 * million + 1) }),
      layoutText({ layers: [[bind('Custom', `&kp ${'('.repeat(million)}`)]] }),
      layoutText({ layers: [[bind(`&kp ${'A '.repeat(million)}`)]] }),
      layoutText({ title: '*/'.repeat(million) }),
      layoutText({
        macros: Array.from({ length: 20_000 }, (_, index) => ({
          name: `m${index}`,
          bindings: [bind(`&m${index + 1}`)],
        })),
      }),
    ];
    for (const text of texts) await layouts.validate(text);
  }, 20_000);
});

test('a byte order mark is no part of the layout', async () => {
  const text = `\ufeff${layoutText()}`;
  expect(await messagesOf(text)).toEqual([]);
  expect(await messagesOf(Buffer.from(text))).toEqual([]);
});

test('members that are not known are ignored, with a warning', async () => {
  const issues = await layouts.validate(
    layoutText({ flavour: 'new', macros: [{ name: 'm', bindings: [bind('&none')], speed: 9 }] }),
  );
  expect(issues).toEqual([
    { severity: 'warning', code: 'unknown-member', message: '"flavour" is not known; it is ignored' },
    { severity: 'warning', code: 'unknown-member', message: 'macro "m": "speed" is not known; it is ignored' },
  ]);
});

test('members that may be missing may be null, too', async () => {
  const text = layoutText({ title: null, macros: null, inputListeners: null, config_parameters: null, date: null });
  expect(await messagesOf(text)).toEqual([]);
});

test('a layout comes out as it went in, in our words', async () => {
  const layout = await layouts.parse(JSON.stringify(richLayout()));
  expect(layout).toMatchObject({
    keyboard: 'glove80',
    title: 'Of everything',
    parentUuid: '',
    layerNames: ['Base', 'Lower', 'Magic'],
    configParameters: [{ paramName: 'HID_POINTING', value: 'y' }, {}, { value: '60000' }],
  });
  expect(layout.layers.map((keys) => keys.length)).toEqual([80, 80, 80]);
  expect(layout.layers[0]?.[2]).toEqual(bind('&home_row', 'LSHFT', 'F'));
  expect(layout.layers[0]?.[12]).toEqual({
    value: '&kp',
    params: [{ value: 'LG', params: [{ value: 'LA', params: [{ value: 'SPACE', params: [] }] }] }],
  });
  expect(layout.macros.map(({ name, params }) => [name, params])).toEqual([
    ['greet', []],
    ['twice', ['code']],
    ['open', ['layer', 'code']],
  ]);
  expect(layout.combos.map(({ layers }) => layers)).toEqual([[0, 2], []]);
});

test('the error of a layout that can not be read has all issues, and tells the first of them', async () => {
  const text = JSON.stringify({
    ...layoutJson({ extra: 1 }),
    title: 1,
    notes: 2,
    uuid: 3,
    locale: 4,
    layers: [layer()],
  });
  const error = await layouts.parse(text).catch((caught: unknown) => caught);
  if (!(error instanceof LayoutError)) throw error;
  expect(error.code).toBe('ERR_LAYOUT');
  expect(error.name).toBe('LayoutError');
  expect(error.issues.map(({ severity }) => severity)).toEqual(['warning', 'error', 'error', 'error', 'error']);
  expect(error.message).toBe(
    "the layout can't be used: title must be a text, not 1; notes must be a text, not 2; " +
      'locale must be a text, not 4; and 1 more',
  );
});
