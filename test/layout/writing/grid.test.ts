import { expect, test } from 'vitest';
import { KeyGrid } from '../../../src/layout/writing/grid.ts';

const layOut = (keyboard: string, bindings: readonly string[]) =>
  new KeyGrid(keyboard, bindings.length).layOut(bindings);
const keys = (count: number) => Array.from({ length: count }, (_, key) => `&${key}`);

test('bindings lie as the keys of the keyboard do', () => {
  const lines = layOut('corne', keys(36));
  expect(lines).toEqual([
    '&0   &1   &2   &3   &4   &5   &6   &7   &8   &9',
    '&10  &11  &12  &13  &14  &15  &16  &17  &18  &19',
    '&20  &21  &22  &23  &24  &25  &26  &27  &28  &29',
    '          &30  &31  &32  &33  &34  &35',
  ]);
  expect(layOut('glove80', keys(80)).map((line) => line.trim().split(/\s+/).length)).toEqual([10, 12, 12, 12, 18, 16]);
});

test('a column is as wide as its longest binding', () => {
  expect(layOut('planck', ['&kp LC(LS(A))', ...keys(46)])[1]).toMatch(/^&11 {12}&12 {2}/);
});

test('bindings of a keyboard that is not known are twelve to a line', () => {
  expect(layOut('mine', keys(14))).toEqual(['&0   &1   &2  &3  &4  &5  &6  &7  &8  &9  &10  &11', '&12  &13']);
  expect(layOut('corne', keys(41))).toHaveLength(4);
});
