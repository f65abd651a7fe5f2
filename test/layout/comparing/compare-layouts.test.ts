import { expect, test } from 'vitest';
import { DisabledCache } from '../../../src/disabled-cache.ts';
import { LayoutService } from '../../../src/layout/index.ts';
import { bind, type LayoutJson, layer, layoutText, param, richLayout } from '../sample-layouts.ts';

const layouts = new LayoutService(new DisabledCache({ tag: 'layout' }));
const compare = async (before: LayoutJson, after: LayoutJson) =>
  await layouts.compare(layoutText(before), layoutText(after));

test('a layout is the same as itself, however its JSON is written', async () => {
  const text = JSON.stringify(richLayout());
  expect((await layouts.compare(text, text)).isSame).toBe(true);
  expect((await layouts.compare(text, JSON.stringify(richLayout(), undefined, 2))).isSame).toBe(true);
  expect((await compare({ uuid: 'a', date: 1 }, { uuid: 'b', date: 2 })).isSame).toBe(true);
  const [nested, flat] = [bind('&kp', param('LS', param('A'))), bind('Custom', '&kp LS(A)')];
  expect((await compare({ layers: [layer({ 1: nested })] }, { layers: [layer({ 1: flat })] })).isSame).toBe(true);
});

test('keys that differ are told by layer and key', async () => {
  const names = { layer_names: ['Base', 'Lower'] };
  const comparison = await compare(
    { ...names, layers: [layer(), layer({ 17: bind('&kp', 'A') })] },
    { ...names, layers: [layer({ 3: bind('&mo', 1) }), layer({ 17: bind('&kp', param('LS', param('A'))) })] },
  );
  expect(comparison.isSame).toBe(false);
  expect(comparison.layers).toEqual({
    added: [],
    removed: [],
    changed: [
      { name: 'Base', before: 0, after: 0, keys: [{ key: 3, before: '&trans', after: '&mo LAYER_Lower' }] },
      { name: 'Lower', before: 1, after: 1, keys: [{ key: 17, before: '&kp A', after: '&kp LS(A)' }] },
    ],
  });
});

test('layers are matched by name: one that moved makes no other key differ', async () => {
  const base = (lower: number) => layer({ 0: bind('&mo', lower) });
  const comparison = await compare(
    { layer_names: ['Base', 'Lower', 'Old'], layers: [base(1), layer(), layer()] },
    { layer_names: ['Base', 'New', 'Lower'], layers: [base(2), layer(), layer()] },
  );
  expect(comparison.layers).toEqual({
    added: ['New'],
    removed: ['Old'],
    changed: [{ name: 'Lower', before: 1, after: 2, keys: [] }],
  });
});

test('what a layout defines, sets and says of itself is compared by name', async () => {
  const macro = (name: string, key: string) => ({ name, bindings: [bind('&kp', key)], params: [] });
  const holdTap = (flavor: string) => ({ name: 'hold', bindings: ['&kp', '&kp'], flavor });
  const combo = (position: number) => ({ name: 'both', binding: bind('&none'), keyPositions: [0, position] });
  const comparison = await compare(
    {
      title: 'One',
      tags: ['a'],
      macros: [macro('&gone', 'A'), macro('&kept', 'A')],
      holdTaps: [holdTap('balanced')],
      combos: [combo(1)],
      config_parameters: [{ paramName: 'HID_POINTING', value: 'y' }],
      custom_devicetree: 'a',
    },
    {
      title: 'Two',
      tags: ['a', 'b'],
      macros: [macro('&kept', 'B'), macro('&come', 'A')],
      holdTaps: [holdTap('tap-preferred')],
      combos: [combo(2)],
      config_parameters: [{ paramName: 'CONFIG_ZMK_POINTING', value: 'n' }],
      custom_devicetree: 'b',
      inputListeners: [{ code: '&mmv_input_listener' }],
    },
  );
  expect(comparison).toMatchObject({
    isSame: false,
    description: [
      { name: 'title', before: 'One', after: 'Two' },
      { name: 'tags', before: 'a', after: 'a, b' },
    ],
    macros: { added: ['come'], removed: ['gone'], changed: [{ name: 'kept' }] },
    holdTaps: { added: [], removed: [], changed: [{ name: 'hold' }] },
    combos: { added: [], removed: [], changed: [{ name: 'both' }] },
    config: { changed: [{ name: 'CONFIG_ZMK_POINTING', before: 'y', after: 'n' }] },
    inputListeners: { added: ['&mmv_input_listener'] },
    devicetree: [{ name: 'custom_devicetree', before: 'a', after: 'b' }],
  });
  expect(comparison.macros.changed[0]?.before).toContain('&kp A');
});

test('layouts with errors can be compared, but those that can not be read', async () => {
  const broken = { layers: [layer({ 0: bind('&nope', 'FOO') }, 79)] };
  expect((await compare(broken, {})).layers.changed[0]?.keys).toEqual([
    { key: 0, before: '&nope FOO', after: '&trans' },
    { key: 79, before: '', after: '&trans' },
  ]);
  await expect(layouts.compare(layoutText(), '{')).rejects.toThrow('not JSON');
});
