/**
 * The keyboards whose keys are known: how many there are, and how they lie.
 */

/** How the keys of a keyboard lie: a string a row, `x` for a key and `.` for a gap. */
export type KeyRows = readonly string[];

const ORTHO_12 = 'xxxxxxxxxxxx';
const LILY58: KeyRows = ['xxxxxx..xxxxxx', 'xxxxxx..xxxxxx', 'xxxxxx..xxxxxx', 'xxxxxxxxxxxxxx', '...xxxxxxxx...'];
const CORNE: readonly KeyRows[] = [
  ['xxxxxxxxxxxx', 'xxxxxxxxxxxx', 'xxxxxxxxxxxx', '...xxxxxx...'],
  ['xxxxxxxxxx', 'xxxxxxxxxx', 'xxxxxxxxxx', '..xxxxxx..'],
];
const FERRIS: KeyRows = ['xxxxxxxxxx', 'xxxxxxxxxx', 'xxxxxxxxxx', '...xxxx...'];
const KYRIA: readonly KeyRows[] = [
  ['xxxxxx....xxxxxx', 'xxxxxx....xxxxxx', 'xxxxxxxxxxxxxxxx', '...xxxxxxxxxx...'],
  ['xxxxx....xxxxx', 'xxxxx....xxxxx', 'xxxxxxxxxxxxxx', '..xxxxxxxxxx..'],
];
const SOFLE: KeyRows = ['xxxxxx..xxxxxx', 'xxxxxx..xxxxxx', 'xxxxxx..xxxxxx', 'xxxxxxxxxxxxxx', '..xxxxxxxxxx..'];

/** By the keyboard's name; some come in several forms. */
const KEYBOARDS: Readonly<Record<string, readonly KeyRows[]>> = {
  adv360pro: [
    [
      'xxxxxxx......xxxxxxx',
      'xxxxxxx......xxxxxxx',
      'xxxxxxx.xxxx.xxxxxxx',
      'xxxxxx...xx...xxxxxx',
      'xxxxx..xxxxxx..xxxxx',
    ],
  ],
  a_dux: [FERRIS],
  corne: CORNE,
  cradio: [FERRIS],
  ferris: [FERRIS],
  glove80: [
    [
      'xxxxx........xxxxx',
      'xxxxxx......xxxxxx',
      'xxxxxx......xxxxxx',
      'xxxxxx......xxxxxx',
      'xxxxxxxxxxxxxxxxxx',
      'xxxxx.xxxxxx.xxxxx',
    ],
  ],
  go60: [['xxxxxx..xxxxxx', 'xxxxxx..xxxxxx', 'xxxxxx..xxxxxx', 'xxxxxx..xxxxxx', '..xxx....xxx..', '....xxxxxx....']],
  iris: [['xxxxxx..xxxxxx', 'xxxxxx..xxxxxx', 'xxxxxx..xxxxxx', 'xxxxxxxxxxxxxx', '....xxxxxx....']],
  kyria: KYRIA,
  lily58: [LILY58],
  planck: [
    [ORTHO_12, ORTHO_12, ORTHO_12, ORTHO_12],
    [ORTHO_12, ORTHO_12, ORTHO_12, 'xxxxxx.xxxxx'],
  ],
  preonic: [[ORTHO_12, ORTHO_12, ORTHO_12, ORTHO_12, ORTHO_12]],
  redox: [['xxxxxx..xxxxxx', 'xxxxxxxxxxxxxx', 'xxxxxxxxxxxxxx', 'xxxxxxxxxxxxxxxx', 'xxxxxxxxxxxxxx']],
  sofle: [SOFLE],
  splitkb_aurora_corne: CORNE,
  splitkb_aurora_lily58: [LILY58],
  splitkb_aurora_sofle: [SOFLE],
  splitkb_aurora_sweep: [FERRIS],
};

/** How the keys of `keyboard` may lie; nothing if it is not known here. */
export function formsOf(keyboard: string): readonly KeyRows[] {
  const name = keyboard.toLowerCase();
  return Object.hasOwn(KEYBOARDS, name) ? (KEYBOARDS[name] ?? []) : [];
}

/** The number of keys in `rows`. */
export function countKeys(rows: KeyRows): number {
  return rows.join('').replaceAll('.', '').length;
}

/** The names by which the Glove80's editor lets custom devicetree speak of keys, in the order of their positions. */
const GLOVE80_POSITIONS = `
  LH_C6R1 LH_C5R1 LH_C4R1 LH_C3R1 LH_C2R1 RH_C2R1 RH_C3R1 RH_C4R1 RH_C5R1 RH_C6R1
  LH_C6R2 LH_C5R2 LH_C4R2 LH_C3R2 LH_C2R2 LH_C1R2 RH_C1R2 RH_C2R2 RH_C3R2 RH_C4R2 RH_C5R2 RH_C6R2
  LH_C6R3 LH_C5R3 LH_C4R3 LH_C3R3 LH_C2R3 LH_C1R3 RH_C1R3 RH_C2R3 RH_C3R3 RH_C4R3 RH_C5R3 RH_C6R3
  LH_C6R4 LH_C5R4 LH_C4R4 LH_C3R4 LH_C2R4 LH_C1R4 RH_C1R4 RH_C2R4 RH_C3R4 RH_C4R4 RH_C5R4 RH_C6R4
  LH_C6R5 LH_C5R5 LH_C4R5 LH_C3R5 LH_C2R5 LH_C1R5 LH_T1 LH_T2 LH_T3
  RH_T3 RH_T2 RH_T1 RH_C1R5 RH_C2R5 RH_C3R5 RH_C4R5 RH_C5R5 RH_C6R5
  LH_C6R6 LH_C5R6 LH_C4R6 LH_C3R6 LH_C2R6 LH_T4 LH_T5 LH_T6
  RH_T6 RH_T5 RH_T4 RH_C2R6 RH_C3R6 RH_C4R6 RH_C5R6 RH_C6R6`;

/** The names of the key positions of `keyboard`, from position 0 on; nothing if they have none. */
export function positionNames(keyboard: string): readonly string[] {
  if (keyboard.toLowerCase() !== 'glove80') return [];
  return GLOVE80_POSITIONS.trim()
    .split(/\s+/)
    .map((name) => `POS_${name}`);
}
