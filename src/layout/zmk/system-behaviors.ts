/**
 * Behaviours that the Glove80's editor offers and ZMK hasn't: they are defined in each keymap that uses them.
 */

import type { ParamKind } from './behaviors.ts';

/** A behaviour of the editor's. */
export interface SystemBehavior {
  /** The name of the layer that it switches to. */
  readonly layer?: string;
  /** Whether a binding says which layer it switches to; then each of these layers has a node of its own. */
  readonly takesLayer?: boolean;
  /** What each cell of it is, where the editor gives none and who writes by hand may give all. */
  readonly cells?: readonly (ParamKind | 'unused')[];
  /** How a binding says it; `layer` is the preprocessor's name for its layer. */
  readonly spell: (layer: string) => string;
  /** Others that its node refers to. */
  readonly uses?: readonly string[];
  /** The node that defines it, and the one that this stands in. */
  readonly node?: { readonly kind: 'macros' | 'behaviors'; readonly text: (layer: string) => string };
}

/** The behaviour of a name, without its `&`; nothing if the editor offers none. */
export function systemBehavior(name: string): SystemBehavior | undefined {
  return Object.hasOwn(SYSTEM_BEHAVIORS, name) ? SYSTEM_BEHAVIORS[name] : undefined;
}

/** By name, without the `&`; what others use stands before them. */
export const SYSTEM_BEHAVIORS: Readonly<Record<string, SystemBehavior>> = {
  bt_select_0: profileMacro(0),
  bt_select_1: profileMacro(1),
  bt_select_2: profileMacro(2),
  bt_select_3: profileMacro(3),
  bt_0: bluetoothProfile(0),
  bt_1: bluetoothProfile(1),
  bt_2: bluetoothProfile(2),
  bt_3: bluetoothProfile(3),
  // Held it is a momentary layer, tapped twice it stays.
  layer: {
    takesLayer: true,
    spell: (layer) => `&td_${layer}`,
    node: { kind: 'behaviors', text: (layer) => layerTapDance(`td_${layer}`, layer) },
  },
  lower: {
    layer: 'Lower',
    spell: () => '&lower',
    node: { kind: 'behaviors', text: (layer) => layerTapDance('lower', layer) },
  },
  // It shows the keyboard's state, which MoErgo's ZMK can.
  rgb_ug_status_macro: {
    spell: () => '&rgb_ug_status_macro',
    node: {
      kind: 'macros',
      text: () =>
        [
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
    },
  },
  // Held it is a layer; tapped it shows the keyboard's state.
  magic: {
    layer: 'Magic',
    cells: ['layer', 'unused'],
    spell: (layer) => `&magic ${layer} 0`,
    uses: ['rgb_ug_status_macro'],
    node: {
      kind: 'behaviors',
      text: () =>
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
  reset: { spell: () => '&sys_reset' },
};

/** It selects a profile. */
function profileMacro(number: number): SystemBehavior {
  return {
    spell: () => `&bt_select_${number}`,
    node: {
      kind: 'macros',
      text: () =>
        [
          `bt_select_${number}: bt_select_${number} {`,
          '    compatible = "zmk,behavior-macro";',
          '    #binding-cells = <0>;',
          `    bindings = <&out OUT_BLE>, <&bt BT_SEL ${number}>;`,
          '};',
        ].join('\n'),
    },
  };
}

/** Tapped it selects a profile, tapped twice it disconnects it. */
function bluetoothProfile(number: number): SystemBehavior {
  return {
    spell: () => `&bt_${number}`,
    uses: [`bt_select_${number}`],
    node: {
      kind: 'behaviors',
      text: () => tapDance(`bt_${number}`, `<&bt_select_${number}>, <&bt BT_DISC ${number}>`),
    },
  };
}

function layerTapDance(name: string, layer: string): string {
  return tapDance(name, `<&mo ${layer}>, <&to ${layer}>`);
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
