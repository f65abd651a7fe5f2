/**
 * Layouts for tests, in the editor's JSON form.
 */

/** JSON of a parameter. */
export interface ParamJson {
  readonly value: string | number;
  readonly params: readonly ParamJson[];
}

/** JSON of a binding. */
export interface BindingJson {
  readonly value: string;
  readonly params: readonly ParamJson[];
}

/** JSON of a layout; any member may be replaced, by anything. */
export type LayoutJson = Readonly<Record<string, unknown>>;

/** A parameter: `param('LS', param('A'))` is `LS(A)`. */
export function param(value: string | number, ...params: readonly ParamJson[]): ParamJson {
  return { value, params };
}

/** A binding: `bind('&mt', 'LSHFT', 'A')`. */
export function bind(value: string, ...params: readonly (string | number | ParamJson)[]): BindingJson {
  return { value, params: params.map((each) => (typeof each === 'object' ? each : param(each))) };
}

/** As many keys as the Glove80 has. */
export const GLOVE80_KEYS = 80;

/** A layer that does nothing, but for the keys given. */
export function layer(
  keys: Readonly<Record<number, BindingJson>> = {},
  count: number = GLOVE80_KEYS,
): readonly BindingJson[] {
  return Array.from({ length: count }, (_, key) => keys[key] ?? bind('&trans'));
}

/** A layout for the Glove80 with one layer, but for the members given. */
export function layoutJson(members: LayoutJson = {}): LayoutJson {
  return {
    keyboard: 'glove80',
    firmware_api_version: '1',
    locale: 'en-US',
    uuid: '5b6e6f9e-7d0f-4a0e-9c55-0d4b6f1d8f01',
    parent_uuid: '',
    date: 1_700_000_000,
    creator: 'Somebody',
    title: 'A layout',
    notes: '',
    tags: [],
    unlisted: false,
    layout_parameters: {},
    custom_defined_behaviors: '',
    custom_devicetree: '',
    config_parameters: [],
    layer_names: ['Base'],
    layers: [layer()],
    macros: [],
    holdTaps: [],
    combos: [],
    inputListeners: [],
    ...members,
  };
}

/** The text of a layout. */
export function layoutText(members: LayoutJson = {}): string {
  return JSON.stringify(layoutJson(members));
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A layout with `count` layers whose keys all do something, most of them with parameters. */
export function fullLayout(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `Layer ${index}`);
  return layoutText({
    layer_names: names,
    layers: names.map((_, index) =>
      Array.from({ length: GLOVE80_KEYS }, (_, key) => {
        const letter = LETTERS[(key + index) % LETTERS.length] ?? 'A';
        if (key % 10 === 0) return bind('&mo', (index + key) % count);
        if (key % 10 === 1) return bind('&lt', (index + 1) % count, letter);
        if (key % 10 === 2) return bind('&mt', 'LSHFT', letter);
        if (key % 10 === 3) return bind('&kp', param('LC', param('LS', param(letter))));
        if (key % 10 === 4) return bind('&trans');
        return bind('&kp', letter);
      }),
    ),
  });
}

/** A layout with something of everything. */
export function richLayout(): LayoutJson {
  return layoutJson({
    title: 'Of everything',
    layer_names: ['Base', 'Lower', 'Magic'],
    layers: [
      layer({
        0: bind('&greet'),
        1: bind('&twice', 'A'),
        2: bind('&home_row', 'LSHFT', 'F'),
        3: bind('&tap_caps', 'LSHFT'),
        4: bind('&lower'),
        5: bind('&magic'),
        6: bind('&bt', 'BT_SEL', 1),
        7: bind('&bt', param('BT_SEL', param(2))),
        8: bind('&bt', 'BT_CLR'),
        9: bind('&bt_0'),
        10: bind('&rgb_ug', param('RGB_COLOR_HSB', param(120), param(100), param(50))),
        11: bind('&kp', param('LC', param('LS', param('A')))),
        12: bind('Custom', '&kp LG(LA(SPACE))'),
        13: bind('Custom', '&hyper_space'),
        14: bind('&mmv', 'MOVE_UP'),
        15: bind('&mkp', 'LCLK'),
        16: bind('&reset'),
        17: bind('&out', 'OUT_USB'),
        18: bind('&to', 1),
        19: bind('&tog', 'Magic'),
        20: bind('&sl', '2'),
        21: bind('&ext_power', 'EP_TOG'),
        22: bind('&bl', 'BL_SET', 50),
        23: bind('&open', 'Lower', 'B'),
      }),
      layer({ 79: bind('&lt', 0, 'RET') }),
      layer({ 40: bind('&bootloader') }),
    ],
    macros: [
      {
        name: '&greet',
        description: 'Says hello */ #include "x"',
        bindings: [bind('&macro_wait_time', 30), bind('&kp', param('LS', param('H'))), bind('&kp', 'I')],
        params: [],
        waitMs: 10,
        tapMs: 20,
      },
      {
        name: '&twice',
        description: '',
        bindings: [bind('&macro_param_1to1'), bind('&kp', 'MACRO_PLACEHOLDER'), bind('&kp', 'N1')],
        params: ['code'],
      },
      {
        name: '&open',
        description: '',
        bindings: [bind('&macro_param_1to1'), bind('&mo', 0), bind('&macro_param_2to1'), bind('&kp', 'A')],
        params: ['layer', 'code'],
      },
    ],
    holdTaps: [
      {
        name: '&home_row',
        description: 'Left index',
        bindings: ['&kp', '&kp'],
        tappingTermMs: 190,
        flavor: 'balanced',
        quickTapMs: 150,
        requirePriorIdleMs: 100,
        holdTriggerKeyPositions: [5, 6, 7],
        holdTriggerOnRelease: true,
        retroTap: true,
      },
      { name: '&tap_caps', description: '', bindings: ['&kp', '&caps_word'], tappingTermMs: 200 },
    ],
    combos: [
      {
        name: 'caps',
        description: 'Both thumbs',
        binding: bind('&caps_word'),
        keyPositions: [52, 57],
        layers: [0, 2],
        timeoutMs: 40,
        requirePriorIdleMs: 120,
        slowRelease: true,
      },
      { name: 'escape', description: '', binding: bind('&kp', 'ESC'), keyPositions: [1, 2, 3], layers: [-1] },
    ],
    inputListeners: [
      {
        code: '&mmv_input_listener',
        inputProcessors: [{ code: '&zip_xy_transform', params: ['INPUT_TRANSFORM_Y_INVERT'] }],
        nodes: [
          {
            code: 'slow',
            description: 'Slow on Lower',
            layers: [1],
            inputProcessors: [{ code: '&zip_xy_scaler', params: [1, 9] }],
          },
        ],
      },
    ],
    custom_devicetree: '#define HYPER LC(LS(LA(LGUI)))\n&sk { quick-release; };',
    custom_defined_behaviors:
      'behaviors {\n  hyper_space: hyper_space {\n    compatible = "zmk,behavior-mod-morph";\n' +
      '    #binding-cells = <0>;\n    bindings = <&kp SPACE>, <&kp HYPER>;\n    mods = <(MOD_LSFT|MOD_RSFT)>;\n  };\n};',
    config_parameters: [
      { paramName: 'HID_POINTING', value: 'y', description: 'Mouse keys' },
      { paramName: 'CONFIG_ZMK_KEYBOARD_NAME', value: 'My Glove' },
      { paramName: 'DEEP_SLEEP_TIMEOUT_MS', value: 60_000 },
    ],
  });
}
