/**
 * What a layout's own devicetree defines, and whether it can stand among ours.
 *
 * It is not parsed: it may use the C preprocessor, so only that could say what it means. What is looked for is what other
 * parts of the layout refer to, and what would swallow the text behind it.
 */

import type { Behavior } from '../zmk/behaviors.ts';

/** What custom devicetree says. */
export interface CustomText {
  /** Behaviours by name. */
  readonly behaviors: ReadonlyMap<string, Behavior>;
  /** Names of the preprocessor's. */
  readonly macros: ReadonlySet<string>;
  /** Whether it may define more than can be seen: it makes names, or includes files. */
  readonly isOpaque: boolean;
  /** What is wrong with it. */
  readonly faults: readonly string[];
}

/** The most characters of it. What people share has less than half a million. */
const LONGEST = 2_000_000;
const DEFINITION = /^[ \t]*#[ \t]*define[ \t]+([A-Za-z_]\w*)/gm;
const MAKES_NAMES = /##|^[ \t]*#[ \t]*include\b|^[ \t]*#[ \t]*define[ \t]+\w+\((?:[^\\\n]|\\[\s\S]){0,1000}\{/m;
const LABEL = /(?<![\w&])([A-Za-z_]\w*)[ \t]*:(?!:)/g;
const CALL = /\bZMK_([A-Z_]+?)([12]?)\(\s*([A-Za-z_]\w*)/g;
const CELLS = /^[\s\w:,.+@-]{0,200}\{[^{}]*?#binding-cells\s*=\s*<\s*([012])\s*>/;
/** How far behind a label its number of cells is looked for. */
const NODE_HEAD = 2000;
const CELL_KINDS = [[], ['any'], ['any', 'any']] as const;

/** Reads `texts`, each of which will stand somewhere in a keymap. */
export function readCustomText(texts: readonly { readonly name: string; readonly text: string }[]): CustomText {
  const behaviors = new Map<string, Behavior>();
  const macros = new Set<string>();
  const faults: string[] = [];
  let isOpaque = false;
  for (const { name, text } of texts) {
    if (text.length > LONGEST) {
      faults.push(`${name} has more than ${LONGEST} characters`);
      continue;
    }
    const tell = (fault: string) => void faults.push(`${name} ${fault}`);
    const code = blankOut(text.replaceAll('\r\n', '\n'), tell);
    for (const fault of faultsIn(code)) tell(fault);
    for (const [, macro = ''] of code.matchAll(DEFINITION)) macros.add(macro);
    for (const match of code.matchAll(LABEL)) behaviors.set(match[1] ?? '', nodeBehind(code, match));
    for (const [, kind, digit, label = ''] of code.matchAll(CALL)) {
      behaviors.set(label, kind === 'MACRO' ? withCells(Number(digit)) : {});
    }
    isOpaque ||= MAKES_NAMES.test(code);
  }
  return { behaviors, macros, isOpaque, faults };
}

/** The text with blanks for its comments and its texts in quotes; lines stay lines. */
function blankOut(text: string, tell: (fault: string) => void): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { index } of text.matchAll(/\/[*/]|'"'|"/g)) {
    if (index < from) continue;
    const end = endOf(text, index, tell);
    pieces.push(text.slice(from, index), text.slice(index, end).replaceAll(/[^\n]/g, ' '));
    from = end;
  }
  return pieces.join('') + text.slice(from);
}

/** Where that ends which begins with a character in quotes, a quote or a comment. */
function endOf(text: string, start: number, tell: (fault: string) => void): number {
  if (text[start] === "'") return start + 3;
  return text[start] === '"' ? endOfQuote(text, start, tell) : endOfComment(text, start, tell);
}

function endOfComment(text: string, start: number, tell: (fault: string) => void): number {
  const isLine = text[start + 1] === '/';
  const end = text.indexOf(isLine ? '\n' : '*/', start + 2);
  if (end !== -1) return isLine ? end : end + 2;
  if (!isLine) tell('has a comment that does not end');
  return text.length;
}

function endOfQuote(text: string, start: number, tell: (fault: string) => void): number {
  for (let at = start + 1; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '"') return at + 1;
    if (text[at] === '\\') at += 1;
  }
  tell('has a text in quotes that does not end');
  return text.length;
}

function nodeBehind(code: string, label: RegExpExecArray): Behavior {
  const start = label.index + label[0].length;
  const cells = CELLS.exec(code.slice(start, start + NODE_HEAD))?.[1];
  return cells === undefined ? {} : withCells(Number(cells));
}

function withCells(count: number): Behavior {
  const params = CELL_KINDS[count];
  return params === undefined ? {} : { params };
}

function faultsIn(code: string): string[] {
  const faults: string[] = [];
  if (/\\\s*$/.test(code)) faults.push('ends with a backslash, which would join the next line to it');
  const directives = [...code.matchAll(/^[ \t]*#[ \t]*(if|ifdef|ifndef|endif)\b/gm)].map(([, word]) => word);
  const ends = directives.filter((word) => word === 'endif').length;
  const begins = directives.length - ends;
  if (begins !== ends) faults.push(`has ${begins} #if and ${ends} #endif`);
  // The branches of a condition may each open the same brace.
  if (directives.length === 0) {
    for (const [open, close] of [
      ['{', '}'],
      ['(', ')'],
    ] as const) {
      const [opened, closed] = [code.split(open).length - 1, code.split(close).length - 1];
      if (opened !== closed) faults.push(`has ${opened} of ${open} and ${closed} of ${close}`);
    }
  }
  return faults;
}
