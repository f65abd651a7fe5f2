/**
 * Arbitraries that several property tests share.
 */

import fc from 'fast-check';

/** Strings full of what is easily got wrong: quotes, separators, controls, several scripts, a byte order mark. */
export const trickyStrings: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom(
    'a',
    'B',
    '"',
    '\\',
    ',',
    ':',
    '/',
    ' ',
    '\n',
    '\0',
    '\u007f',
    '\u2028',
    '\ufeff',
    'é',
    '手',
    '🧤',
  ),
  maxLength: 20,
});
