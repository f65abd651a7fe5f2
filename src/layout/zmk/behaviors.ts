/**
 * ZMK's behaviours and what their parameters may be.
 */

/** The smallest and the largest that a number may be. */
export type Range = readonly [least: number, most: number];

/** The words that a parameter may be, each with the ranges of the numbers that it takes. */
export type Commands = Readonly<Record<string, readonly Range[]>>;

const PROFILE: Range = [0, 31];
const AXIS: Range = [-32768, 32767];

/** Words for parameters, by what they are for. */
export const COMMANDS = {
  backlight: { BL_ON: [], BL_OFF: [], BL_TOG: [], BL_INC: [], BL_DEC: [], BL_CYCLE: [], BL_SET: [[0, 100]] },
  bluetooth: { BT_CLR: [], BT_CLR_ALL: [], BT_NXT: [], BT_PRV: [], BT_SEL: [PROFILE], BT_DISC: [PROFILE] },
  button: { LCLK: [], RCLK: [], MCLK: [], MB1: [], MB2: [], MB3: [], MB4: [], MB5: [] },
  movement: {
    MOVE_UP: [],
    MOVE_DOWN: [],
    MOVE_LEFT: [],
    MOVE_RIGHT: [],
    SCRL_UP: [],
    SCRL_DOWN: [],
    SCRL_LEFT: [],
    SCRL_RIGHT: [],
    MOVE: [AXIS, AXIS],
    MOVE_X: [AXIS],
    MOVE_Y: [AXIS],
  },
  output: { OUT_TOG: [], OUT_USB: [], OUT_BLE: [], OUT_NONE: [] },
  power: { EP_ON: [], EP_OFF: [], EP_TOG: [] },
  underglow: {
    RGB_TOG: [],
    RGB_ON: [],
    RGB_OFF: [],
    RGB_STATUS: [],
    RGB_HUI: [],
    RGB_HUD: [],
    RGB_SAI: [],
    RGB_SAD: [],
    RGB_BRI: [],
    RGB_BRD: [],
    RGB_SPI: [],
    RGB_SPD: [],
    RGB_EFF: [],
    RGB_EFR: [],
    RGB_EFS: [[0, 31]],
    RGB_COLOR_HSB: [
      [0, 360],
      [0, 100],
      [0, 100],
    ],
  },
} as const satisfies Record<string, Commands>;

/** What a parameter is. `any` may be a key, a layer, a number: nobody looks. */
export type ParamKind = 'key' | 'layer' | 'milliseconds' | 'any' | keyof typeof COMMANDS;

/** What is known of a behaviour. */
export interface Behavior {
  /** The kinds of its parameters; not given where they can't be known. */
  readonly params?: readonly ParamKind[];
  /** Whether it steers a macro, and does nothing on a key. */
  readonly steersMacro?: boolean;
}

/** What takes the words of `COMMANDS` in brackets; after the other words their numbers follow, as cells. */
export const BRACKETED: ReadonlySet<string> = new Set(['RGB_COLOR_HSB', 'MOVE', 'MOVE_X', 'MOVE_Y']);

const NO_PARAMS: Behavior = { params: [] };
const STEERING: Behavior = { params: [], steersMacro: true };
const STEERING_TIME: Behavior = { params: ['milliseconds'], steersMacro: true };
const ON_LAYER: Behavior = { params: ['layer'] };
const ON_KEY: Behavior = { params: ['key'] };

/** The behaviours that ZMK has, without the `&`. */
export const ZMK_BEHAVIORS: Readonly<Record<string, Behavior>> = {
  bl: { params: ['backlight'] },
  bootloader: NO_PARAMS,
  bt: { params: ['bluetooth'] },
  caps_word: NO_PARAMS,
  ext_power: { params: ['power'] },
  gresc: NO_PARAMS,
  key_repeat: NO_PARAMS,
  kp: ON_KEY,
  kt: ON_KEY,
  lt: { params: ['layer', 'key'] },
  macro_param_1to1: STEERING,
  macro_param_1to2: STEERING,
  macro_param_2to1: STEERING,
  macro_param_2to2: STEERING,
  macro_pause_for_release: STEERING,
  macro_press: STEERING,
  macro_release: STEERING,
  macro_tap: STEERING,
  macro_tap_time: STEERING_TIME,
  macro_wait_time: STEERING_TIME,
  mkp: { params: ['button'] },
  mmv: { params: ['movement'] },
  mo: ON_LAYER,
  msc: { params: ['movement'] },
  mt: { params: ['key', 'key'] },
  none: NO_PARAMS,
  out: { params: ['output'] },
  rgb_ug: { params: ['underglow'] },
  sk: ON_KEY,
  sl: ON_LAYER,
  soft_off: NO_PARAMS,
  studio_unlock: NO_PARAMS,
  sys_reset: NO_PARAMS,
  to: ON_LAYER,
  tog: ON_LAYER,
  trans: NO_PARAMS,
};

/** The headers that have ZMK's words, and how to see that a text needs one. */
export const HEADERS: readonly { readonly path: string; readonly need?: RegExp }[] = [
  { path: 'behaviors.dtsi' },
  { path: 'dt-bindings/zmk/keys.h' },
  { path: 'dt-bindings/zmk/bt.h', need: /&bt\b|\bBT_/ },
  { path: 'dt-bindings/zmk/outputs.h', need: /&out\b|\bOUT_/ },
  { path: 'dt-bindings/zmk/rgb.h', need: /&rgb_ug\b|\bRGB_/ },
  { path: 'dt-bindings/zmk/ext_power.h', need: /&ext_power\b|\bEP_/ },
  { path: 'dt-bindings/zmk/backlight.h', need: /&bl\b|\bBL_/ },
  {
    path: 'dt-bindings/zmk/pointing.h',
    need: /&m(?:kp|mv|sc)\b|\b(?:MB[1-5]|MOVE_|SCRL_)|&m(?:mv|sc)_input_listener\b/,
  },
  { path: 'dt-bindings/zmk/input_transform.h', need: /\bINPUT_TRANSFORM_/ },
  { path: 'input/processors.dtsi', need: /&zip_/ },
];
