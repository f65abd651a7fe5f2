import { describe, expect, test } from 'vitest';
import { isArithmetic, readBindingText, readParamText } from '../../../src/layout/reading/binding-text.ts';

/** A parameter in short: its value, and in brackets what it takes. */
interface Short {
  readonly value: string | number;
  readonly params: readonly Short[];
}

const short = ({ value, params }: Short): string =>
  params.length === 0 ? String(value) : `${value}[${params.map(short).join(' ')}]`;

describe('a binding as text', () => {
  test.each([
    ['&trans', '&trans'],
    ['  &kp   A  ', '&kp[A]'],
    ['&mt LC(LSHFT) A', '&mt[LC[LSHFT] A]'],
    ['&kp LC(LS( A ))', '&kp[LC[LS[A]]]'],
    ['&rgb_ug RGB_COLOR_HSB(120, 100,50)', '&rgb_ug[RGB_COLOR_HSB[120 100 50]]'],
    ['&bt BT_SEL 0x1', '&bt[BT_SEL 1]'],
    ['&x -5 (A | B)', '&x[-5 (A | B)]'],
    ['&x(A)', '&x[(A)]'],
    ['&x F(A | B, 2)', '&x[F(A | B, 2)]'],
    ['&own (A, LAYER_X)', '&own[(A, LAYER_X)]'],
    ['MINE A', 'MINE[A]'],
  ])('%j is %j', (text, expected) => {
    const binding = readBindingText(text);
    expect(binding && short(binding)).toBe(expected);
  });

  test.each([
    '',
    '&',
    '& kp',
    '&kp &kp',
    '&kp A;',
    '&kp A>',
    '&kp <A',
    '&kp "A"',
    '&kp A\u0000',
    '&kp 1A',
    '&kp (A',
    '&kp A)',
    '&kp (A;)',
    '&kp (A > B)',
    '&kp (A /* B */)',
    '&kp (A // B)',
    '&kp LS(A',
    '&kp LS(A))',
    '&kp LS()',
    '&kp #',
    '&kp {',
    `&kp ${'('.repeat(50)}A${')'.repeat(50)}`,
    `&kp ${'LS('.repeat(50)}A${')'.repeat(50)}`,
    `&kp ${'A '.repeat(2000)}`,
  ])('%j is none', (text) => {
    // Nothing in brackets is read as an expression, which is for others to judge.
    const binding = readBindingText(text);
    expect(binding === undefined || text === '&kp LS()').toBe(true);
  });

  test('a parameter is one cell', () => {
    expect(readParamText(' LS(A) ')).toEqual({ value: 'LS', params: [{ value: 'A', params: [] }] });
    expect(readParamText('A B')).toBeUndefined();
    expect(readParamText('')).toBeUndefined();
  });
});

describe('an expression', () => {
  const isFunction = (name: string) => name === 'F';

  test.each(['(A)', '(1 + 2)', '(A|B)', '((A << 2) - -3)', '(F(A, 2) & ~0xff)', 'F(A)', '(A == 1 ? B : 3)', '(-(1))'])(
    '%j is arithmetic',
    (text) => {
      expect(isArithmetic(text, isFunction)).toBe(true);
    },
  );

  test.each([
    '()',
    '(A B)',
    '(A, B)',
    '(A |)',
    '(| A)',
    '(A & & B)',
    '(A) (B)',
    'G(A)',
    '(2(A))',
    '(A ? B)',
    '(A F)',
    'F()',
  ])('%j is not', (text) => {
    expect(isArithmetic(text, isFunction)).toBe(false);
  });
});
