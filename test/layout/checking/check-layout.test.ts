import { describe, expect, test } from 'vitest';
import { DisabledCache } from '../../../src/disabled-cache.ts';
import { type LayoutIssue, LayoutService } from '../../../src/layout/index.ts';
import { bind, type LayoutJson, layer, layoutText, param, richLayout } from '../sample-layouts.ts';

const layouts = new LayoutService(new DisabledCache({ tag: 'layout' }));

/** What is wrong with a layout, as `code: message`. */
async function wrongWith(members: LayoutJson): Promise<string[]> {
  return (await layouts.validate(layoutText(members))).map(({ code, message }) => `${code}: ${message}`);
}

/** What is wrong with a layout in which one key has this binding. */
async function wrongWithKey(binding: unknown, members: LayoutJson = {}): Promise<string[]> {
  const keys = Object.assign([...layer()], { 17: binding });
  const found = await wrongWith({
    layer_names: ['Base', 'Other', 'Lower'],
    layers: [layer(), layer(), keys],
    ...members,
  });
  return found.map((text) => text.replace('layer 2 "Lower", key 17: ', ''));
}

test('a layout with something of everything has no faults', async () => {
  expect(await layouts.validate(JSON.stringify(richLayout()))).toEqual([]);
});

test('an issue has the layer and the key, in numbers and in words, counted from 0', async () => {
  const layers = [layer(), layer(), layer({ 17: bind('&foo') })];
  const issues = await layouts.validate(layoutText({ layer_names: ['Base', 'Other', 'Lower'], layers }));
  expect(issues).toEqual([
    {
      severity: 'error',
      code: 'unknown-behavior',
      layer: 2,
      key: 17,
      message: 'layer 2 "Lower", key 17: unknown behaviour &foo',
    } satisfies LayoutIssue,
  ]);
});

describe('layers', () => {
  test('have a binding for each key of the keyboard', async () => {
    expect(await wrongWith({ layers: [layer({}, 79)] })).toEqual([
      'wrong-length: layer 0 "Base": must have a binding for each key: it has 79, glove80 has 80 keys',
    ]);
    expect(await wrongWith({ keyboard: 'Corne', layers: [layer({}, 42)] })).toEqual([]);
    expect(await wrongWith({ keyboard: 'corne', layers: [layer({}, 36)] })).toEqual([]);
    expect(await wrongWith({ keyboard: 'corne', layers: [layer({}, 40)] })).toEqual([
      'wrong-length: layer 0 "Base": must have a binding for each key: it has 40, corne has 42 or 36 keys',
    ]);
  });

  test('have as many keys as each other, on any keyboard', async () => {
    const layer_names = ['A', 'B'];
    expect(await wrongWith({ keyboard: 'mine', layer_names, layers: [layer({}, 5), layer({}, 5)] })).toEqual([]);
    const wrong = 'wrong-length: layer 1 "B": must have as many keys as the first layer: it has';
    expect(await wrongWith({ keyboard: 'mine', layer_names, layers: [layer({}, 5), layer({}, 6)] })).toEqual([
      `${wrong} 6, the first layer has 5`,
    ]);
    expect(await wrongWith({ keyboard: 'corne', layer_names, layers: [layer({}, 42), layer({}, 36)] })).toEqual([
      `${wrong} 36, the first layer has 42`,
    ]);
    expect(await wrongWith({ keyboard: 'mine', layers: [[]] })).toEqual([
      'wrong-length: layer 0 "Base": must have from 1 to 1024 keys, not 0',
    ]);
  });

  test('have one name each, of their own', async () => {
    expect(await wrongWith({ layer_names: ['A', 'B'] })).toEqual([
      'wrong-length: each layer must have one name: there are 2 in layer_names, 1 in layers',
    ]);
    expect(await wrongWith({ layers: [layer(), layer()] })).toEqual([
      'wrong-length: each layer must have one name: there are 1 in layer_names, 2 in layers',
    ]);
    expect(await wrongWith({ layer_names: ['A', 'A'], layers: [layer(), layer()] })).toEqual([
      'duplicate: two layers are named "A"',
    ]);
  });

  test('are at least one and at most 32', async () => {
    expect(await wrongWith({ layer_names: [], layers: [] })).toEqual([
      'wrong-length: layers is empty; a layout has at least one layer',
    ]);
    const layer_names = Array.from({ length: 33 }, (_, index) => `${index}`);
    expect(await wrongWith({ layer_names, layers: layer_names.map(() => layer()) })).toEqual([
      'too-large: there are 33 layers; ZMK can have 32',
    ]);
  });
});

describe('bindings', () => {
  test.each([
    ['no key', bind('&kp'), 'wrong-params: &kp takes 1 parameter (a key), not 0'],
    ['two keys', bind('&kp', 'A', 'B'), 'wrong-params: &kp takes 1 parameter (a key), not 2'],
    ['one of two', bind('&mt', 'LSHFT'), 'wrong-params: &mt takes 2 parameters (a key, a key), not 1'],
    ['one too many', bind('&trans', 'A'), 'wrong-params: &trans takes no parameters, not 1'],
    ['an unknown key', bind('&kp', 'FOO'), 'unknown-key-code: unknown key code "FOO"'],
    ['a digit', bind('&kp', 5), 'unknown-key-code: unknown key code 5; did you mean N5?'],
    ['small letters', bind('&kp', 'esc'), 'unknown-key-code: unknown key code "esc"; did you mean ESC?'],
    ['a name of QMK', bind('&kp', 'KC_A'), 'unknown-key-code: unknown key code "KC_A"; did you mean A?'],
    ['no key in a modifier', bind('&kp', param('LS')), 'wrong-params: LS() takes 1 parameter (a key), not 0'],
    [
      'two in one',
      bind('&kp', param('LS', param('A'), param('B'))),
      'wrong-params: LS() takes 1 parameter (a key), not 2',
    ],
    [
      'an unknown key, deep inside',
      bind('&kp', param('LS', param('LC', param('FOO')))),
      'unknown-key-code: unknown key code "FOO"',
    ],
    [
      'a key that takes a key',
      bind('&kp', param('A', param('B'))),
      'wrong-params: key code A takes no parameters, not 1',
    ],
    ['no such layer', bind('&mo', 9), 'unknown-layer: &mo refers to layer 9, which does not exist'],
    ['no such layer, as text', bind('&to', '3'), 'unknown-layer: &to refers to layer 3, which does not exist'],
    ['a layer below 0', bind('&tog', -1), 'unknown-layer: &tog refers to layer -1, which does not exist'],
    ['half a layer', bind('&sl', 'Low'), 'unknown-layer: &sl refers to layer "Low", which does not exist'],
    ['no such layer of two', bind('&lt', 7, 'A'), 'unknown-layer: &lt refers to layer 7, which does not exist'],
    [
      'a wrong word',
      bind('&out', 'OUT_TV'),
      'wrong-params: &out takes one of OUT_TOG, OUT_USB, OUT_BLE, OUT_NONE, not "OUT_TV"',
    ],
    ['a word without its number', bind('&bt', 'BT_SEL'), 'wrong-params: BT_SEL takes 1 number, not 0'],
    ['a number too many', bind('&bt', 'BT_CLR', 1), 'wrong-params: BT_CLR takes no numbers, not 1'],
    ['a number out of range', bind('&bl', 'BL_SET', 101), 'wrong-params: BL_SET takes a number from 0 to 100, not 101'],
    [
      'a steering behaviour',
      bind('&macro_tap'),
      "wrong-params: &macro_tap steers macros and can't stand outside of one",
    ],
    ['no &', bind('kp', 'A'), 'unknown-behavior: unknown behaviour kp; names of behaviours begin with &'],
    [
      'no such layer for a layer key',
      bind('&layer', 9),
      'unknown-layer: &layer refers to layer 9, which does not exist',
    ],
    ['no layer for a layer key', bind('&layer'), 'wrong-params: &layer takes 1 parameter (a layer), not 0'],
    [
      'a layer key whose layer is not known yet',
      bind('&layer', 'MACRO_PLACEHOLDER'),
      'unknown-layer: &layer takes the number or the name of a layer, not "MACRO_PLACEHOLDER"',
    ],
    ['no such layer for magic', bind('&magic', 9, 0), 'unknown-layer: &magic refers to layer 9, which does not exist'],
    ['a layer that is needed by name', bind('&magic'), 'unknown-layer: &magic needs a layer named "Magic"'],
    ['a Custom text', bind('Custom', '&kp LS(FOO)'), 'unknown-key-code: unknown key code "FOO"'],
    [
      'a Custom text of two',
      bind('Custom', '&kp A &kp B'),
      'bad-binding: the text of a Custom key must be a binding such as "&kp A", not "&kp A &kp B"',
    ],
    ['an expression with unknown words', bind('Custom', '&kp (A | FOO)'), 'unknown-key-code: unknown word "FOO"'],
    [
      'an expression with an unknown layer',
      bind('Custom', '&mo (LAYER_X)'),
      'unknown-layer: layer "LAYER_X" does not exist',
    ],
    ['what would end a cell', bind('&kp A>; evil'), 'bad-binding: "&kp A>; evil" is not a behaviour, such as "&kp"'],
    ['a parameter that would', bind('&kp', 'A>;'), 'bad-binding: "A>;" is not a parameter, such as "A" or "LS(A)"'],
  ])('are refused with %s', async (_, binding, expected) => {
    // Who has lost a parameter for its form is told no more of it.
    expect((await wrongWithKey(binding))[0]).toBe(expected);
  });

  test.each([
    ['a name of a layer', bind('&mo', 'Other')],
    ["a layer's name in the keymap", bind('&mo', 'LAYER_Other')],
    ['a number as text', bind('&mo', '2')],
    ['modifiers in modifiers', bind('&kp', param('LC', param('LA', param('LG', param('DEL')))))],
    ['text in the place of parameters', bind('&kp LS(A)')],
    ['a parameter as text', bind('&kp', 'LC(LS(A))')],
    ['a placeholder', bind('&kp', 'MACRO_PLACEHOLDER')],
    ['arithmetic', bind('Custom', '&mmv (MOVE_X(10) + MOVE_Y(-10))')],
    ['numbers below 0', bind('&mmv', param('MOVE', param(-600), param(20)))],
    ['params that are not there', { value: '&trans' }],
    ['params that are null', { value: '&trans', params: null }],
  ])('may have %s', async (_, binding) => {
    expect(await wrongWithKey(binding)).toEqual([]);
  });

  test('are objects with a name', async () => {
    const form = 'a binding must be an object such as { "value": "&kp", "params": [{ "value": "A" }] }';
    expect(await wrongWithKey('&kp A')).toEqual([`wrong-type: ${form}, not "&kp A"`]);
    expect(await wrongWithKey(null)).toEqual([`wrong-type: ${form}, not null`]);
    expect(await wrongWithKey({ value: '&kp', params: 'A' })).toContain('wrong-type: params must be a list, not "A"');
    expect(await wrongWithKey({ value: '&kp', params: ['A'] })).toContain(
      'wrong-type: a parameter must be an object such as { "value": "A" }, not "A"',
    );
  });

  test('are not nested without end', async () => {
    let deep = param('A');
    for (let level = 0; level < 20; level++) deep = param('LS', deep);
    expect(await wrongWithKey(bind('&kp', deep))).toContain('too-large: parameters are nested more than 16 deep');
  });
});

describe('what a layout defines', () => {
  const macro = (name: string, ...bindings: readonly unknown[]) => ({ name, bindings, params: [] });

  test('has names that a devicetree can hold', async () => {
    for (const name of ['a b', '1st', 'x-y', 'ä', '', '&', 'a{']) {
      const found = await wrongWith({ macros: [macro(name, bind('&none'))] });
      expect(found[0], name).toMatch(/^bad-name: macro ".*": a name must be letters, digits and _/);
    }
    expect(await wrongWith({ holdTaps: [{ name: 'a;b', bindings: ['&kp', '&kp'] }] })).toEqual([
      'bad-name: hold-tap "a;b": a name must be letters, digits and _, and not begin with a digit',
    ]);
  });

  test('has names that mean nothing else', async () => {
    expect(await wrongWith({ macros: [macro('&kp', bind('&none'))] })).toEqual([
      'duplicate: macro "kp": &kp is one of ZMK\'s behaviours; it needs another name',
    ]);
    expect(await wrongWith({ macros: [macro('&ESC', bind('&none'))] })).toEqual([
      'bad-name: macro "ESC": the name is a word with a meaning of its own in keymaps, such as a key code',
    ]);
    const twice = { macros: [macro('&x', bind('&none'))], holdTaps: [{ name: 'x', bindings: ['&kp', '&kp'] }] };
    expect(await wrongWith(twice)).toEqual(['duplicate: two macros or hold-taps are named "x"']);
    const custom = 'behaviors { x: x { #binding-cells = <0>; }; };';
    expect(await wrongWith({ macros: [macro('&x', bind('&none'))], custom_defined_behaviors: custom })).toEqual([
      'duplicate: macro "x": the custom devicetree defines that name, too',
    ]);
  });

  test('does not go round in circles', async () => {
    const circle = 'cycle: macros and hold-taps call each other in a circle:';
    expect(await wrongWith({ macros: [macro('&a', bind('&a'))] })).toEqual([`${circle} &a → &a`]);
    expect(
      await wrongWith({
        macros: [macro('&a', bind('&b')), macro('&b', bind('&kp', 'A'), bind('&c', 'A')), macro('&d', bind('&a'))],
        holdTaps: [{ name: '&c', bindings: ['&kp', '&a'] }],
      }),
    ).toEqual([`${circle} &a → &b → &c → &a`]);
    expect(await wrongWith({ macros: [macro('&a', bind('&b'), bind('&b')), macro('&b', bind('&none'))] })).toEqual([]);
  });

  test('says what is wrong inside of macros', async () => {
    const broken = { ...macro('&m', bind('&kp', 'A'), bind('&nope')), params: ['code', 'code', 'code'] };
    expect(await wrongWith({ macros: [broken, macro('&empty')] })).toEqual([
      'wrong-params: macro "m": a macro has at most 2 parameters, not 3',
      'unknown-behavior: macro "m", binding 1: unknown behaviour &nope',
      'wrong-length: macro "empty": bindings is empty',
    ]);
  });

  test('gives macros and hold-taps the parameters that they take', async () => {
    const members = {
      macros: [
        { ...macro('&key', bind('&none')), params: ['code'] },
        { ...macro('&go', bind('&none')), params: ['layer'] },
      ],
      holdTaps: [
        { name: '&both', bindings: ['&mo', '&kp'] },
        { name: '&one', bindings: ['&kp', '&caps_word'] },
        { name: '&none_at_all', bindings: ['&none', '&caps_word'] },
      ],
    };
    const wrong = (binding: unknown) => wrongWithKey(binding, members);
    expect(await wrong(bind('&key', 'FOO'))).toEqual(['unknown-key-code: unknown key code "FOO"']);
    expect(await wrong(bind('&go', 9))).toEqual(['unknown-layer: &go refers to layer 9, which does not exist']);
    expect(await wrong(bind('&both', 9, 'A'))).toEqual([
      'unknown-layer: &both refers to layer 9, which does not exist',
    ]);
    expect(await wrong(bind('&both', 'A'))).toEqual(['wrong-params: &both takes 2 parameters (a layer, a key), not 1']);
    for (const fine of [bind('&both', 1, 'A'), bind('&one', 'A'), bind('&one', 'A', 0), bind('&none_at_all')]) {
      expect(await wrong(fine)).toEqual([]);
    }
  });

  test('has hold-taps of two behaviours with one parameter or none', async () => {
    const holdTap = (bindings: readonly unknown[], more = {}) =>
      wrongWith({ holdTaps: [{ name: 'h', bindings, ...more }] });
    expect(await holdTap(['&kp'])).toEqual([
      'wrong-length: hold-tap "h": bindings must be two behaviours, for hold and for tap, such as ["&mo", "&kp"], not 1',
    ]);
    expect(await holdTap(['&kp', '&nope'])).toEqual(['unknown-behavior: hold-tap "h": unknown behaviour &nope']);
    expect(await holdTap(['kp', '&kp'])).toEqual([
      'bad-binding: hold-tap "h": "kp" is not the name of a behaviour, such as "&kp"',
    ]);
    expect(await holdTap(['&kp', '&mt'])).toEqual([
      'wrong-params: hold-tap "h": &mt takes more than 1 parameter, a hold-tap can give it only one',
    ]);
    expect(await holdTap(['&kp', '&kp'], { flavor: 'sweet' })).toEqual([
      'wrong-params: hold-tap "h": flavor must be one of hold-preferred, balanced, tap-preferred, tap-unless-interrupted, not "sweet"',
    ]);
    expect(await holdTap(['&kp', '&kp'], { holdTriggerKeyPositions: [79, 80] })).toEqual([
      'out-of-range: hold-tap "h": holdTriggerKeyPositions has 80; the keyboard\'s keys are 0 to 79',
    ]);
    expect(await holdTap(['&kp', '&kp'], { tappingTermMs: -5 })).toEqual([
      'out-of-range: hold-tap "h": tappingTermMs must be a whole number from 0 to 65535, not -5',
    ]);
    expect(await holdTap(['&kp', '&kp'], { quickTapMs: -1 })).toEqual([]);
  });

  test('has combos of keys and layers that there are', async () => {
    const combo = (more: object) =>
      wrongWith({ combos: [{ name: 'c', binding: bind('&kp', 'A'), keyPositions: [0, 1], ...more }] });
    expect(await combo({})).toEqual([]);
    expect(await combo({ layers: [-1] })).toEqual([]);
    expect(await combo({ layers: ['Base'] })).toEqual([]);
    expect(await combo({ keyPositions: [0, 99] })).toEqual([
      'out-of-range: combo "c": keyPositions has 99; the keyboard\'s keys are 0 to 79',
    ]);
    expect(await combo({ keyPositions: [3, 3] })).toEqual(['duplicate: combo "c": keyPositions has a key twice']);
    expect(await combo({ keyPositions: [] })).toEqual(['wrong-length: combo "c": keyPositions is empty']);
    expect(await combo({ layers: [4] })).toEqual(['unknown-layer: combo "c": layer 4 does not exist']);
    expect(await combo({ binding: bind('&nope') })).toEqual(['unknown-behavior: combo "c": unknown behaviour &nope']);
    expect(await combo({ binding: undefined })).toEqual(['missing-member: combo "c": binding is missing']);
    const twice = { name: 'c', binding: bind('&none'), keyPositions: [0, 1] };
    expect(await wrongWith({ combos: [twice, twice] })).toEqual(['duplicate: two combos are named "c"']);
  });

  test('has input listeners of things that can be referred to', async () => {
    const listener = (more: object) => wrongWith({ inputListeners: [{ code: '&mmv_input_listener', ...more }] });
    expect(await listener({ inputProcessors: [{ code: '&zip', params: ['1 2'] }] })).toEqual([
      'wrong-params: input listener "mmv_input_listener": &zip takes numbers and names, not "1 2"',
    ]);
    expect(await listener({ inputProcessors: [{ code: '&zip', params: [['A', 'B>; evil']] }] })).toEqual([
      'wrong-params: input listener "mmv_input_listener": &zip takes numbers and names, not "B>; evil"',
    ]);
    expect(await listener({ inputProcessors: [{ code: '&zip', params: [[]] }] })).toEqual([
      'wrong-type: input listener "mmv_input_listener", processor "zip": params must be a list of texts, whole numbers, ' +
        'and lists of texts, not the list [[]]',
    ]);
    expect(await listener({ code: 'x {' })).toEqual([
      'bad-name: input listener "x {": code must be & and the label of a node, such as "&zip_xy_scaler", not "x {"',
    ]);
    expect(await listener({ nodes: [{ code: 'n', layers: [3], inputProcessors: [] }] })).toEqual([
      'unknown-layer: input listener "mmv_input_listener", node "n": layer 3 does not exist',
    ]);
  });

  test('has settings that can be set', async () => {
    const config = (...parameters: readonly object[]) => wrongWith({ config_parameters: parameters });
    for (const value of ['y', 'n', 5, '0x10', true, 'A name', '"A name"', '""']) {
      expect(await config({ paramName: 'X', value }), String(value)).toEqual([]);
    }
    const wrong = 'a value must be y, n, a whole number, or a text without quotes, backslashes and line breaks';
    for (const value of ['a"b', 'a\nCONFIG_EVIL=y', 'a\\', '', '"']) {
      expect(await config({ paramName: 'X', value })).toEqual([
        `bad-config: config parameter "X": ${wrong}, not ${JSON.stringify(value)}`,
      ]);
    }
    expect(await config({ paramName: 'x y', value: 'y' })).toEqual([
      'bad-config: config parameter "x y": a name has capital letters, digits and _ only, such as ZMK_SLEEP',
    ]);
    expect(
      await config({ paramName: 'HID_POINTING', value: 'y' }, { paramName: 'CONFIG_ZMK_POINTING', value: 'n' }),
    ).toEqual(['duplicate: config parameter "CONFIG_ZMK_POINTING" is set twice']);
  });
});

describe("a layout's own devicetree", () => {
  const uses = (text: string, binding: unknown) => wrongWithKey(binding, { custom_defined_behaviors: text });

  test('defines behaviours, with their parameters where it says them', async () => {
    const text = 'behaviors { own: own_node { compatible = "x"; #binding-cells = <1>; }; more: more { }; };';
    expect(await uses(text, bind('&own', 'A'))).toEqual([]);
    expect(await uses(text, bind('&own'))).toEqual(['wrong-params: &own takes 1 parameter (anything), not 0']);
    expect(await uses(text, bind('&more', 'A', 1))).toEqual([]);
    expect(await uses(text, bind('&other'))).toEqual(['unknown-behavior: unknown behaviour &other']);
    expect(await uses('macros { ZMK_MACRO1(mine, bindings = <&none>;) };', bind('&mine'))).toEqual([
      'wrong-params: &mine takes 1 parameter (anything), not 0',
    ]);
    expect(await uses('/* gone: gone { }; */ // gone: gone', bind('&gone'))).toEqual([
      'unknown-behavior: unknown behaviour &gone',
    ]);
  });

  test('defines words', async () => {
    expect(await uses('#define HYPER LC(LS(LALT))', bind('&kp', 'HYPER'))).toEqual([]);
    expect(await uses('#define HYPER(k) LC(LS(k))', bind('&kp', param('HYPER', param('A'))))).toEqual([]);
    expect(await uses('#define HOME_KEY &kp A', bind('Custom', 'HOME_KEY'))).toEqual([]);
  });

  test('leaves in doubt what only the preprocessor could say', async () => {
    const text = '#define MAKE(name) name##_x: name##_x { };\nbehaviors { MAKE(own) };';
    expect(await uses(text, bind('&own_x', 'FOO'))).toEqual([
      'unknown-behavior: unknown behaviour &own_x; the custom devicetree may define it',
    ]);
    const issues = await layouts.validate(
      layoutText({ layers: [layer({ 0: bind('&own_x') })], custom_defined_behaviors: text }),
    );
    expect(issues.map(({ severity }) => severity)).toEqual(['warning']);
  });

  test.each([
    ['a comment without an end', 'behaviors { }; /* and', 'has a comment that does not end'],
    ['a text without an end', 'x = "and', 'has a text in quotes that does not end'],
    ['a brace too few', 'behaviors { x: x { };', 'has 2 of { and 1 of }'],
    ['a brace too many', '}; };', 'has 0 of { and 2 of }'],
    ['a condition without an end', '#ifdef X\n', 'has 1 #if and 0 #endif'],
    ['a backslash at its end', '#define X \\', 'ends with a backslash, which would join the next line to it'],
  ])('must not swallow what follows it: %s', async (_, text, fault) => {
    expect(await wrongWith({ custom_defined_behaviors: text })).toEqual([
      `bad-devicetree: custom_defined_behaviors ${fault}`,
    ]);
    expect(await wrongWith({ custom_devicetree: text })).toEqual([`bad-devicetree: custom_devicetree ${fault}`]);
  });

  test('may use braces as it likes in conditions, comments and texts', async () => {
    const text = '#if A\nx: x {\n#else\nx: y {\n#endif\n}; // {\n/* { */\n&x { y = "{\\"{"; };';
    expect(await wrongWith({ custom_devicetree: text })).toEqual([]);
  });
});

test('a binding that can not be read hides nothing that is wrong elsewhere, but a form that is none does', async () => {
  const keys = layer({ 3: bind('Custom', '&kp {'), 4: bind('&nope') });
  const layers = [Object.assign([...keys], { 5: '&kp A' })];
  expect((await layouts.validate(layoutText({ layers }))).map(({ key, code }) => [key, code])).toEqual([
    [3, 'bad-binding'],
    [5, 'wrong-type'],
    [4, 'unknown-behavior'],
  ]);
  expect(await wrongWith({ layers, layer_names: 'Base' })).not.toContain('each layer must have one name');
});

test('issues without end are not listed without end', async () => {
  const layers = Array.from({ length: 30 }, () => Array.from({ length: 80 }, () => bind('&nope')));
  const issues = await layouts.validate(layoutText({ layer_names: layers.map((_, index) => `${index}`), layers }));
  expect(issues).toHaveLength(1001);
  expect(issues.at(-1)).toMatchObject({ severity: 'error', message: 'and 1400 more problems' });
});
