/**
 * Where a text stops being JSON. Runtimes say so in some of their messages, each in its own way.
 */

import { type ParseError, parse } from 'jsonc-parser';

/** The offset of the first fault; nothing if there is none to be found. Brackets must not be deep. */
export function findJsonFault(text: string): number | undefined {
  const faults: ParseError[] = [];
  parse(text, faults, { disallowComments: true, allowTrailingComma: false });
  return faults[0]?.offset;
}
