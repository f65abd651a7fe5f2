import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { COMMANDS, ZMK_BEHAVIORS } from '../../../src/layout/zmk/behaviors.ts';
import { configValue, symbolFor } from '../../../src/layout/zmk/config-names.ts';
import keyCodes from '../../../src/layout/zmk/key-codes.json' with { type: 'json' };
import { isKeyCode, isModifier } from '../../../src/layout/zmk/key-codes.ts';
import { countKeys, formsOf, positionNames } from '../../../src/layout/zmk/keyboards.ts';

const header = (path: string) => readFileSync(fileURLToPath(new URL(`../dts/${path}`, import.meta.url)), 'utf8');
const definitions = (text: string) => [...text.matchAll(/^#define (\w+)/gm)].map(([, name = '']) => name);

test('the key codes are those of the header, each once', () => {
  const defined = definitions(header('dt-bindings/zmk/keys.h')).filter((name) => !/^MOD_|^[LR][CSAG]$/.test(name));
  expect([...keyCodes].sort()).toEqual(defined.sort());
  expect(new Set(keyCodes).size).toBe(keyCodes.length);
  expect([isKeyCode('A'), isKeyCode('LS'), isModifier('LS'), isKeyCode('toString')]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test('each word for a parameter is in one of the headers', () => {
  const files = ['bt', 'outputs', 'rgb', 'ext_power', 'backlight', 'pointing'];
  const defined = new Set(files.flatMap((file) => definitions(header(`dt-bindings/zmk/${file}.h`))));
  const words = Object.values(COMMANDS).flatMap((commands) => Object.keys(commands));
  expect(words.filter((word) => !defined.has(word))).toEqual([]);
});

test('each behaviour has the number of cells that the board gives it', () => {
  const cells = new Map(
    [...header('behaviors.dtsi').matchAll(/^ +(\w+): .*#binding-cells = <(\d)>/gm)].map(([, name, count]) => [
      name,
      count,
    ]),
  );
  // Their word and its number are one parameter with another inside.
  const twoCells = ['bt', 'rgb_ug', 'bl'];
  for (const [name, { params }] of Object.entries(ZMK_BEHAVIORS)) {
    expect(Number(cells.get(name)), name).toBe(twoCells.includes(name) ? 2 : params?.length);
  }
});

describe('a keyboard', () => {
  test.each([
    ['glove80', [80]],
    ['Glove80', [80]],
    ['go60', [60]],
    ['corne', [42, 36]],
    ['lily58', [58]],
    ['sofle', [60]],
    ['kyria', [50, 44]],
    ['planck', [48, 47]],
    ['preonic', [60]],
    ['ferris', [34]],
    ['adv360pro', [76]],
    ['iris', [56]],
    ['redox', [70]],
    ['unheard of', []],
    ['constructor', []],
  ])('%s has %j keys', (name, counts) => {
    expect(formsOf(name).map(countKeys)).toEqual(counts);
  });

  test('with named positions has a name for each key', () => {
    const names = positionNames('glove80');
    expect(new Set(names).size).toBe(80);
    expect([names[0], names[15], names[52], names[57], names[69], names[79]]).toEqual([
      'POS_LH_C6R1',
      'POS_LH_C1R2',
      'POS_LH_T1',
      'POS_RH_T1',
      'POS_LH_T4',
      'POS_RH_C6R6',
    ]);
    expect(positionNames('corne')).toEqual([]);
  });
});

test('a setting has a symbol, whichever name it is called by', () => {
  expect(['HID_POINTING', 'CONFIG_ZMK_POINTING', 'ZMK_SLEEP', 'toString'].map(symbolFor)).toEqual([
    'CONFIG_ZMK_POINTING',
    'CONFIG_ZMK_POINTING',
    'CONFIG_ZMK_SLEEP',
    'CONFIG_toString',
  ]);
});

test('a value is said as Kconfig says it', () => {
  expect(['y', ' n ', '-5', '0xFf', 'My Glove', '"quoted"', '""'].map(configValue)).toEqual([
    'y',
    'n',
    '-5',
    '0xFf',
    '"My Glove"',
    '"quoted"',
    '""',
  ]);
  expect(['', '"', 'a"b', 'a\\', 'a\nb', 'a\u2028b'].map(configValue)).toEqual(
    Array.from({ length: 6 }, () => undefined),
  );
});
