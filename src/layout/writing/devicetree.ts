/**
 * Pieces of devicetree. Whatever a layout's texts hold, they stay where they are put.
 */

const INDENT = '    ';

/** What would end a line, or move a cursor. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/**
 * A text that can stand in a comment of either kind, and in a text in quotes, without ending it: on one line, with
 * neither quotes nor backslashes.
 */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(CONTROLS, ' ')
    .replaceAll('\\', ' ')
    .replaceAll('"', "'")
    .replaceAll(/\?{2,}/g, '?') // `??/` is an old way to write a backslash.
    .replaceAll('*/', '* /')
    .replaceAll('/*', '/ *')
    .trim();
}

/** A comment on a line of its own; nothing for no text. */
export function comment(text: string): readonly string[] {
  const plain = plainText(text);
  return plain === '' ? [] : [`/* ${plain} */`];
}

/** A text in quotes. */
export function stringLiteral(text: string): string {
  const escaped = text.toWellFormed().replaceAll(CONTROLS, ' ').replaceAll(/["\\]/g, '\\$&');
  return `"${escaped}"`;
}

/** Each of some lines, which may be lines of text themselves, further in; those of the preprocessor stay at the margin. */
export function indent(lines: readonly string[]): readonly string[] {
  return lines
    .flatMap((line) => line.split('\n'))
    .map((line) => (/^(?:#(?:if|else|endif)|$)/.test(line) ? line : INDENT + line));
}

/** A node with what stands in it. */
export function node(head: string, lines: readonly string[]): readonly string[] {
  return [`${head} {`, ...indent(lines), '};'];
}

/** A node of the root's with nodes in it; nothing if there are none. */
export function rootNode(
  name: string,
  nodes: readonly (readonly string[])[],
  properties: readonly string[] = [],
): string {
  if (nodes.length === 0) return '';
  const inner = nodes.flatMap((lines, index) => (index > 0 || properties.length > 0 ? ['', ...lines] : lines));
  return node('/', node(name, [...properties, ...inner])).join('\n');
}

/** Cells that are numbers or names. */
export function cells(values: readonly (string | number)[]): string {
  return values.map((value) => (typeof value === 'number' && value < 0 ? `(${value})` : String(value))).join(' ');
}

/** A property with a number, if there is one. */
export function numberProperty(name: string, value: number | undefined): readonly string[] {
  return value === undefined ? [] : [`${name} = <${value}>;`];
}

/** A property that is there or not. */
export function flagProperty(name: string, isSet: boolean): readonly string[] {
  return isSet ? [`${name};`] : [];
}
