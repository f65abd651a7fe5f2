/**
 * Behaviours that the Glove80's editor offers and ZMK hasn't: they are defined in each keymap that uses them.
 */

/** A behaviour of the editor's. */
export interface SystemBehavior {
  /** The name of the layer that it switches to. */
  readonly layer?: string;
  /** How a binding says it; `layer` is the preprocessor's name for its layer. */
  readonly spell: (layer: string) => string;
  /** The nodes that define it, by the node they stand in. */
  readonly nodes: { readonly macros?: string; readonly behaviors?: (layer: string) => string };
}

/** By name, without the `&`. */
export const SYSTEM_BEHAVIORS: Readonly<Record<string, SystemBehavior>> = {
  bt_0: bluetoothProfile(0),
  bt_1: bluetoothProfile(1),
  bt_2: bluetoothProfile(2),
  bt_3: bluetoothProfile(3),
  // Held it is a momentary layer, tapped twice it stays.
  lower: {
    layer: 'Lower',
    spell: () => '&lower',
    nodes: { behaviors: (layer) => tapDance('lower', `<&mo ${layer}>, <&to ${layer}>`) },
  },
  // Held it is a layer; tapped it shows the keyboard's state, which MoErgo's ZMK can.
  magic: {
    layer: 'Magic',
    spell: (layer) => `&magic ${layer} 0`,
    nodes: {
      macros: [
        'rgb_ug_status_macro: rgb_ug_status_macro {',
        '    compatible = "zmk,behavior-macro";',
        '    #binding-cells = <0>;',
        '#ifdef RGB_STATUS',
        '    bindings = <&rgb_ug RGB_STATUS>;',
        '#else',
        '    bindings = <&none>;',
        '#endif',
        '};',
      ].join('\n'),
      behaviors: () =>
        [
          'magic: magic {',
          '    compatible = "zmk,behavior-hold-tap";',
          '    #binding-cells = <2>;',
          '    flavor = "tap-preferred";',
          '    tapping-term-ms = <200>;',
          '    bindings = <&mo>, <&rgb_ug_status_macro>;',
          '};',
        ].join('\n'),
    },
  },
  // What ZMK calls it today.
  reset: { spell: () => '&sys_reset', nodes: {} },
};

/** Tapped it selects a profile, tapped twice it disconnects it. */
function bluetoothProfile(number: number): SystemBehavior {
  return {
    spell: () => `&bt_${number}`,
    nodes: {
      macros: [
        `bt_select_${number}: bt_select_${number} {`,
        '    compatible = "zmk,behavior-macro";',
        '    #binding-cells = <0>;',
        `    bindings = <&out OUT_BLE>, <&bt BT_SEL ${number}>;`,
        '};',
      ].join('\n'),
      behaviors: () => tapDance(`bt_${number}`, `<&bt_select_${number}>, <&bt BT_DISC ${number}>`),
    },
  };
}

function tapDance(name: string, bindings: string): string {
  return [
    `${name}: ${name} {`,
    '    compatible = "zmk,behavior-tap-dance";',
    '    #binding-cells = <0>;',
    '    tapping-term-ms = <200>;',
    `    bindings = ${bindings};`,
    '};',
  ].join('\n');
}
