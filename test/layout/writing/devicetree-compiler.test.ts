import { describe, expect, test } from 'vitest';
import { DisabledCache } from '../../../src/disabled-cache.ts';
import { LayoutService } from '../../../src/layout/index.ts';
import {
  bindingsOf,
  cellsOf,
  compileDevicetree,
  type DtNode,
  devicetreeOf,
  isCompilerLeftOut,
  nodeAt,
} from '../devicetree.ts';
import {
  bind,
  fullLayout,
  GLOVE80_KEYS,
  type LayoutJson,
  layer,
  layoutJson,
  layoutText,
  param,
  richLayout,
} from '../sample-layouts.ts';

const layouts = new LayoutService(new DisabledCache({ tag: 'layout' }));
const keymapOf = async (layout: LayoutJson) => (await layouts.compile(JSON.stringify(layout))).keymap;

/** The keys of a layer, as the firmware would find them. */
function keysOf(root: DtNode, name: string) {
  return bindingsOf(root, nodeAt(root, 'keymap', name));
}

const A = 0x7_00_04;
const LEFT_SHIFT = 0x7_00_e1;

describe.skipIf(isCompilerLeftOut)('the devicetree compiler', () => {
  test.each([1, 2, 30])('takes a layout of %i layers, and has all of its bindings', async (count) => {
    const { keymap } = await layouts.compile(fullLayout(count));
    const result = compileDevicetree(keymap);
    if (!result.ok) throw new Error(result.messages);
    expect(result.warnings).toBe('');
    const { root } = result;
    const layers = [...nodeAt(root, 'keymap').nodes.values()];
    expect(layers.map(({ name }) => name)).toEqual(Array.from({ length: count }, (_, index) => `layer_Layer_${index}`));
    for (const [index, layerNode] of layers.entries()) {
      expect(layerNode.properties.get('display-name')).toEqual([`Layer ${index}`]);
      const keys = bindingsOf(root, layerNode);
      expect(keys).toHaveLength(GLOVE80_KEYS);
      for (const [key, binding] of keys.entries()) {
        const letter = A + ((key + index) % 26);
        const expected = [
          ['momentary_layer', (index + key) % count],
          ['layer_tap', (index + 1) % count, letter],
          ['mod_tap', LEFT_SHIFT, letter],
          ['key_press', 0x03_00_00_00 + letter],
          ['transparent'],
        ][key % 10] ?? ['key_press', letter];
        expect(binding, `layer ${index}, key ${key}`).toEqual(expected);
      }
    }
  });

  test('finds each kind of thing where it belongs', async () => {
    const result = compileDevicetree(await keymapOf(richLayout()));
    if (!result.ok) throw new Error(result.messages);
    const { root, warnings } = result;
    expect(warnings).toBe('');
    const base = keysOf(root, 'layer_Base');
    expect(base.slice(0, 24)).toEqual([
      ['greet'],
      ['twice', A],
      ['home_row', LEFT_SHIFT, A + 5],
      ['tap_caps', LEFT_SHIFT, 0],
      ['lower'],
      ['magic', 2, 0],
      ['bluetooth', 3, 1],
      ['bluetooth', 3, 2],
      ['bluetooth', 0, 0],
      ['bt_0'],
      ['rgb_ug', 14, (120 << 16) + (100 << 8) + 50],
      ['key_press', 0x03_00_00_00 + A],
      ['key_press', 0x0c_07_00_2c],
      ['hyper_space'],
      ['mouse_move', -600 & 0xff_ff],
      ['mouse_key_press', 1],
      ['sysreset'],
      ['outputs', 1],
      ['to_layer', 1],
      ['toggle_layer', 2],
      ['sticky_layer', 2],
      ['extpower', 2],
      ['bcklight', 6, 50],
      ['open', 1, A + 1],
    ]);
    expect(keysOf(root, 'layer_Lower')[79]).toEqual(['layer_tap', 0, 0x7_00_28]);
    expect(keysOf(root, 'layer_Magic')[40]).toEqual(['bootload']);
  });

  test('finds macros, hold-taps, combos and input listeners as they were described', async () => {
    const root = devicetreeOf(await keymapOf(richLayout()));
    const greet = nodeAt(root, 'macros', 'greet');
    expect(greet.properties.get('compatible')).toEqual(['zmk,behavior-macro']);
    expect(bindingsOf(root, greet)).toEqual([
      ['macro_wait_time', 30],
      ['key_press', 0x02_07_00_0b],
      ['key_press', 0x7_00_0c],
    ]);
    expect([cellsOf(greet, 'wait-ms'), cellsOf(greet, 'tap-ms')]).toEqual([[10], [20]]);
    expect(nodeAt(root, 'macros', 'twice').properties.get('compatible')).toEqual(['zmk,behavior-macro-one-param']);
    expect(cellsOf(nodeAt(root, 'macros', 'open'), '#binding-cells')).toEqual([2]);

    const homeRow = nodeAt(root, 'behaviors', 'home_row');
    expect(Object.fromEntries(homeRow.properties)).toMatchObject({
      compatible: ['zmk,behavior-hold-tap'],
      '#binding-cells': [2],
      flavor: ['balanced'],
      'tapping-term-ms': [190],
      'quick-tap-ms': [150],
      'require-prior-idle-ms': [100],
      'hold-trigger-key-positions': [5, 6, 7],
      'hold-trigger-on-release': [],
      'retro-tap': [],
    });

    const combos = nodeAt(root, 'combos');
    expect(combos.properties.get('compatible')).toEqual(['zmk,combos']);
    const caps = nodeAt(combos, 'combo_caps');
    expect(bindingsOf(root, caps)).toEqual([['caps_word']]);
    expect(Object.fromEntries(caps.properties)).toMatchObject({
      'key-positions': [52, 57],
      layers: [0, 2],
      'timeout-ms': [40],
      'require-prior-idle-ms': [120],
      'slow-release': [],
    });
    expect(nodeAt(combos, 'combo_escape').properties.has('layers')).toBe(false);

    const listener = nodeAt(root, 'mmv_input_listener');
    expect(cellsOf(listener, 'input-processors')[1]).toBe(4);
    expect(cellsOf(nodeAt(listener, 'node_slow'), 'layers')).toEqual([1]);
    expect(cellsOf(nodeAt(listener, 'node_slow'), 'input-processors').slice(1)).toEqual([1, 9]);
    expect(nodeAt(root, 'behaviors', 'sticky_key').properties.has('quick-release')).toBe(true);
  });

  test('takes what custom devicetree says of the keys and layers, by their names', async () => {
    const keymap = await keymapOf(
      layoutJson({
        layer_names: ['Base', 'Über Layer'],
        layers: [layer({ 3: bind('&custom', 'A') }), layer()],
        custom_defined_behaviors: [
          'behaviors {',
          '  custom: custom {',
          '    compatible = "zmk,behavior-hold-tap"; #binding-cells = <1>;',
          '    hold-trigger-key-positions = <POS_LH_C6R1 POS_LH_T1 POS_RH_T4 POS_RH_C6R6>;',
          '    layers = <LAYER_Base LAYER__ber_Layer>;',
          '  };',
          '};',
        ].join('\n'),
      }),
    );
    const custom = nodeAt(devicetreeOf(keymap), 'behaviors', 'custom');
    expect(cellsOf(custom, 'hold-trigger-key-positions')).toEqual([0, 52, 74, 79]);
    expect(cellsOf(custom, 'layers')).toEqual([0, 1]);
  });

  test('takes behaviours and words that custom devicetree makes with the preprocessor', async () => {
    const keymap = await keymapOf(
      layoutJson({
        layers: [layer({ 0: bind('&mine', 'A'), 1: bind('Custom', '&home_f HYPER B'), 2: bind('Custom', 'BOTH(B)') })],
        custom_devicetree: [
          '#define HYPER LC(LS(LA(LGUI)))',
          '#define BOTH(key) &kp LC(LS(key))',
          '#define HOME(finger) home_##finger: home_##finger { compatible = "x"; #binding-cells = <2>; };',
        ].join('\n'),
        custom_defined_behaviors:
          'behaviors { HOME(f) };\nmacros { ZMK_MACRO1(mine, bindings = <&macro_param_1to1 &kp A>;) };',
      }),
    );
    expect(keysOf(devicetreeOf(keymap), 'layer_Base').slice(0, 3)).toEqual([
      ['mine', A],
      ['home_f', 0x07_07_00_e3, A + 1],
      ['key_press', 0x03_00_00_00 + A + 1],
    ]);
  });

  test("gives each layer that the editor's layer key switches to a tap dance of its own", async () => {
    const names = ['Base', 'Lower', 'Sym bols', 'Nav'];
    const keys = { 0: bind('&layer', 2), 1: bind('&layer', 'Nav'), 2: bind('&layer', '2'), 3: bind('&td_LAYER_Lower') };
    const lower = { name: 'td_LAYER_Lower', bindings: [bind('&mo', 1)], params: [] };
    const root = devicetreeOf(
      await keymapOf(
        layoutJson({
          layer_names: names,
          layers: [layer({ ...keys, 4: bind('&layer', 1) }), layer(), layer(), layer()],
          combos: [{ name: 'back', binding: bind('&layer', 0), keyPositions: [1, 2] }],
          macros: [lower],
        }),
      ),
    );
    expect(keysOf(root, 'layer_Base').slice(0, 5)).toEqual([
      ['td_LAYER_Sym_bols'],
      ['td_LAYER_Nav'],
      ['td_LAYER_Sym_bols'],
      ['td_LAYER_Lower'],
      ['td_LAYER_Lower'],
    ]);
    const behaviors = nodeAt(root, 'behaviors');
    expect([...behaviors.nodes.keys()].filter((name) => name.startsWith('td_'))).toEqual([
      'td_LAYER_Base',
      'td_LAYER_Sym_bols',
      'td_LAYER_Nav',
    ]);
    const dance = nodeAt(behaviors, 'td_LAYER_Sym_bols');
    expect(dance.properties.get('compatible')).toEqual(['zmk,behavior-tap-dance']);
    expect(bindingsOf(root, dance)).toEqual([
      ['momentary_layer', 2],
      ['to_layer', 2],
    ]);
  });

  test('takes a magic key that is written as in a keymap', async () => {
    const keys = { 0: bind('Custom', '&magic LAYER_Other 0'), 1: bind('&magic', 1, 0) };
    const root = devicetreeOf(
      await keymapOf(layoutJson({ layer_names: ['Base', 'Other'], layers: [layer(keys), layer()] })),
    );
    expect(keysOf(root, 'layer_Base').slice(0, 2)).toEqual([
      ['magic', 1, 0],
      ['magic', 1, 0],
    ]);
  });

  test("defines what custom devicetree takes of the editor's, but not what the layout defines itself", async () => {
    const root = devicetreeOf(
      await keymapOf(
        layoutJson({
          layers: [layer({ 0: bind('&mine', 0, 0), 1: bind('&bt_1') })],
          macros: [{ name: 'bt_select_1', bindings: [bind('&bt', 'BT_SEL', 1)], params: [] }],
          custom_defined_behaviors:
            'behaviors { mine: mine { compatible = "zmk,behavior-hold-tap"; #binding-cells = <2>; ' +
            'bindings = <&mo>, <&rgb_ug_status_macro>; }; };',
        }),
      ),
    );
    expect([...nodeAt(root, 'macros').nodes.keys()]).toEqual(['rgb_ug_status_macro', 'bt_select_1']);
    expect(bindingsOf(root, nodeAt(root, 'macros', 'bt_select_1'))).toEqual([['bluetooth', 3, 1]]);
  });

  test('puts the flags of an input processor together', async () => {
    const listener = {
      code: '&mmv_input_listener',
      inputProcessors: [
        { code: '&zip_xy_transform', params: [['INPUT_TRANSFORM_XY_SWAP', 'INPUT_TRANSFORM_Y_INVERT']] },
        { code: '&zip_xy_transform', params: [['INPUT_TRANSFORM_X_INVERT']] },
      ],
    };
    const root = devicetreeOf(await keymapOf(layoutJson({ inputListeners: [listener] })));
    const [, swapped, , inverted] = cellsOf(nodeAt(root, 'mmv_input_listener'), 'input-processors');
    expect([swapped, inverted]).toEqual([5, 2]);
  });

  test('shows a name of a layer as it is, whatever is in it', async () => {
    const names = ['quo"te \\ back */ };', 'line\nbreak', 'Ünïcode 🧤', '// no comment', '\\n', '{{ title }}'];
    const root = devicetreeOf(await keymapOf(layoutJson({ layer_names: names, layers: names.map(() => layer()) })));
    const shown = [...nodeAt(root, 'keymap').nodes.values()].map((node) => node.properties.get('display-name'));
    // A line break would end the text.
    expect(shown).toEqual(names.map((name) => [name.replace('\n', ' ')]));
  });

  test('gives each hold-tap a tapping term, without which ZMK can not be built', async () => {
    const holdTaps = [
      { name: 'quick', bindings: ['&kp', '&kp'], tappingTermMs: 0 },
      { name: 'plain', bindings: ['&kp', '&kp'] },
    ];
    const root = devicetreeOf(await keymapOf(layoutJson({ holdTaps })));
    const terms = holdTaps.map(({ name }) => cellsOf(nodeAt(root, 'behaviors', name), 'tapping-term-ms'));
    expect(terms).toEqual([[0], [200]]);
  });

  test("takes a hold-tap that is made of a macro and of the editor's own behaviour", async () => {
    const root = devicetreeOf(
      await keymapOf(
        layoutJson({
          layers: [layer({ 0: bind('&hold', 'A') })],
          macros: [{ name: 'play', bindings: [bind('&kp', param('RA', param('B')))], params: ['code'] }],
          holdTaps: [{ name: 'hold', bindings: ['&play', '&reset'] }],
        }),
      ),
    );
    expect(keysOf(root, 'layer_Base')[0]).toEqual(['hold', A, 0]);
  });

  test('refuses what a check would have to miss: an unknown behaviour, an unknown key', async () => {
    const { keymap } = await layouts.compile(layoutText({ layers: [layer({ 7: bind('&kp', 'Q') })] }));
    expect(compileDevicetree(keymap).ok).toBe(true);
    const behavior = compileDevicetree(keymap.replace('&kp Q', '&foo Q'));
    expect(behavior).toMatchObject({
      ok: false,
      messages: expect.stringContaining('non-existent node or label "foo"'),
    });
    expect(compileDevicetree(keymap.replace('&kp Q', '&kp NO_KEY'))).toMatchObject({ ok: false });
  });
});

test('the compiler, where it is relied on, is asked for by name when it is missing', () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    expect(() => compileDevicetree('')).toThrow('apt-get install cpp device-tree-compiler');
  } finally {
    process.env['PATH'] = path;
  }
});
