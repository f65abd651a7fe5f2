/**
 * Bindings and parameters that are given as text, as in a keymap: `&mt LC(LSHFT) A`.
 *
 * What comes out can hold nothing that would end the cell it is put in: names, numbers, and expressions in brackets.
 */

import type { LayoutBinding, LayoutParam } from '../layout.ts';

const TOKEN = /\s*([A-Za-z_]\w*|-?(?:0[xX][\da-fA-F]+|\d+)|[(),])/y;
/** All that arithmetic needs; a single `<` or `>`, `;`, quotes, braces and `#` are not part of it. */
const EXPRESSION = /^(?:[\w\s()+*,|&!=?:.~%^-]|\/(?![/*])|<<|>>)*$/;
/** The most levels of parameters in parameters, and of brackets in brackets. */
export const DEEPEST_PARAMS = 16;
const LONGEST = 2000;

/** Reads a binding, whose behaviour may stand without parameters; nothing if it isn't one. */
export function readBindingText(text: string): LayoutBinding | undefined {
  if (text.length > LONGEST) return undefined;
  const match = /^\s*(&?[A-Za-z_]\w*)(?=[\s(]|$)/.exec(text);
  if (match === null) return undefined;
  const params = readCells(text.slice(match[0].length));
  return params === undefined ? undefined : { value: match[1] ?? '', params };
}

/** Reads one parameter; nothing if it isn't one, or more than one. */
export function readParamText(text: string): LayoutParam | undefined {
  const cells = readCells(text);
  return cells?.length === 1 ? cells[0] : undefined;
}

function readCells(text: string): LayoutParam[] | undefined {
  const cells: LayoutParam[] = [];
  if (text.length > LONGEST) return undefined;
  for (let at = 0; text.slice(at).trim() !== ''; ) {
    const read = readCell(text, at, 0);
    if (read === undefined) return undefined;
    cells.push(read.param);
    at = read.end;
  }
  return cells;
}

interface Read {
  readonly param: LayoutParam;
  /** Where the text goes on. */
  readonly end: number;
}

function readCell(text: string, start: number, depth: number): Read | undefined {
  if (depth > DEEPEST_PARAMS) return undefined;
  TOKEN.lastIndex = start;
  const token = TOKEN.exec(text)?.[1];
  const end = TOKEN.lastIndex;
  if (token === undefined || token === ')' || token === ',') return undefined;
  if (token === '(') return readExpression(text, end - 1);
  if (/^[-\d]/.test(token)) return isEndOfWord(text, end) ? { param: number(token), end } : undefined;
  if (text[end] !== '(') return { param: { value: token, params: [] }, end };
  return readArguments(text, token, end, depth) ?? readCall(text, token, end);
}

function number(token: string): LayoutParam {
  return { value: Number.isSafeInteger(Number(token)) ? Number(token) : token, params: [] };
}

function isEndOfWord(text: string, end: number): boolean {
  return !/\w/.test(text[end] ?? '');
}

/** `NAME(cell, cell)`. */
function readArguments(text: string, value: string, open: number, depth: number): Read | undefined {
  const params: LayoutParam[] = [];
  for (let at = open + 1; ; ) {
    const read = readCell(text, at, depth + 1);
    if (read === undefined) return undefined;
    params.push(read.param);
    TOKEN.lastIndex = read.end;
    const next = TOKEN.exec(text)?.[1];
    at = TOKEN.lastIndex;
    if (next === ')') return { param: { value, params }, end: at };
    if (next !== ',') return undefined;
  }
}

/** `NAME(…)` with something in it that is more than cells. */
function readCall(text: string, name: string, open: number): Read | undefined {
  const read = readExpression(text, open);
  return read && { param: { value: `${name}${read.param.value}`, params: [] }, end: read.end };
}

/** `(…)`, kept as it is. */
function readExpression(text: string, open: number): Read | undefined {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth > DEEPEST_PARAMS) return undefined;
    if (depth > 0) continue;
    const value = text.slice(open, at + 1).replaceAll(/\s+/g, ' ');
    return EXPRESSION.test(value) ? { param: { value, params: [] }, end: at + 1 } : undefined;
  }
  return undefined;
}

/** Whether `text` can be the behaviour of a binding that was read. */
export function isBehaviorText(text: string): boolean {
  return /^&?[A-Za-z_]\w*$/.test(text);
}

/** Whether `text` can be the value of a parameter that was read: it can hold nothing that ends a cell. */
export function isCellText(text: string): boolean {
  // What is read keeps no white space but single blanks in expressions.
  return text.length <= LONGEST && /^[\w(-]/.test(text) && !/[^\S ]/.test(text) && EXPRESSION.test(text);
}

/** Whether a parameter's value is an expression, kept as it was written. */
export function isExpression(value: string | number): value is string {
  return typeof value === 'string' && value.includes('(');
}

const TERM = '(?:[-+~!] ?)*[fn]';
const SUM = `${TERM}(?:(?:<<|>>|&&|\\|\\||[=!]=|[-+*/%&|^]) ?${TERM})*`;
/** A call or a pair of brackets with nothing in it that is still to be looked at. */
const INNERMOST = new RegExp(`f\\(${SUM}(?:,${SUM})*\\)|\\(${SUM}(?:\\?${SUM}:${SUM})?\\)`, 'g');

/**
 * Whether an expression is arithmetic that the devicetree compiler can do.
 * @param isFunction whether a name may stand before brackets.
 */
export function isArithmetic(expression: string, isFunction: (name: string) => boolean): boolean {
  // Names become f, or n like numbers; then whatever is innermost becomes an n until it is all one.
  let rest = expression
    .replaceAll(/[A-Za-z_]\w*(\s*\()?|\d\w*/g, (word, call: string | undefined) => {
      if (call === undefined) return 'n';
      return isFunction(word.slice(0, -call.length)) ? 'f(' : 'n(';
    })
    .replaceAll(/\s*([(),?:])\s*/g, '$1')
    // What is between two operators or two names keeps them apart.
    .replaceAll(/(?<=[fn])\s+(?=[^fn])|(?<=[^fn])\s+(?=[fn])/g, '');
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replaceAll(INNERMOST, 'n');
  }
  return rest === 'n';
}
