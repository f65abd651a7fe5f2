/**
 * From a text to what its JSON says, without being overwhelmed by it.
 */

import { type IssueList, WHOLE } from '../issues.ts';

/** The longest text that is taken for a layout, in bytes. The largest ones that people share have less than one MB. */
export const MOST_BYTES = 10 * 2 ** 20;
const DEEPEST = 64;
const LONGEST_EXCERPT = 20;
const CODES = { quote: 0x22, openList: 0x5b, backslash: 0x5c, closeList: 0x5d, openObject: 0x7b, closeObject: 0x7d };

/** What the JSON of `text` says; nothing if it is none, which `issues` then tells. */
export async function readJson(text: string, issues: IssueList): Promise<{ readonly value: unknown } | undefined> {
  if (isTooDeep(text)) {
    issues.error('too-large', WHOLE, `brackets are more than ${DEEPEST} deep`);
    return undefined;
  }
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    issues.error('json', WHOLE, await describe(text, error));
    return undefined;
  }
}

/** Counts brackets outside of strings; a parser that calls itself for each would run out of stack. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isInString) {
      if (code === CODES.backslash) at += 1;
      else if (code === CODES.quote) isInString = false;
    } else if (code === CODES.quote) isInString = true;
    else if (code === CODES.openList || code === CODES.openObject) depth += 1;
    else if (code === CODES.closeList || code === CODES.closeObject) depth -= 1;
    if (depth > DEEPEST) return true;
  }
  return false;
}

async function describe(text: string, error: unknown): Promise<string> {
  // Few texts have faults: what finds them is loaded for those.
  const { findJsonFault } = await import('./json-fault.ts');
  const offset = findJsonFault(text);
  if (offset === undefined) return `not JSON: ${error instanceof Error ? error.message : String(error)}`;
  const before = text.slice(0, offset).split('\n');
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  const excerpt = text
    .slice(offset, offset + LONGEST_EXCERPT)
    .split('\n', 1)
    .join();
  if (offset >= text.trimEnd().length) return `not JSON: it ends too early, at ${place}`;
  return `not JSON: unexpected ${JSON.stringify(excerpt)} at ${place}`;
}
