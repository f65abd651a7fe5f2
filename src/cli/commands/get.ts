/**
 * `get`: one value, to stdout.
 */

import type { CommandContext } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { printable } from '../format.ts';
import { openExistingTag } from '../open-tags.ts';

/** Stands for "no entry", since `undefined` can be a value. */
const NONE = Symbol('no entry');

/** Writes the value: raw, or with `--json` in an envelope that tells what it is. */
export async function get(context: CommandContext, key: string, options: { readonly tag: string }): Promise<number> {
  using cache = openExistingTag(context, options.tag);
  const value = cache.getSync<unknown>(key, NONE);
  if (value === NONE) throw new CliError(`no live entry under key '${printable(key)}' in tag '${options.tag}'`);
  if (context.json) await context.printJson({ key, tag: options.tag, ...envelope(value, key) });
  else if (typeof value === 'string') await context.print(isUnfinishedLine(context, value) ? `${value}\n` : value);
  else if (value instanceof Uint8Array) await context.print(value);
  else await context.print(`${toJson(value, key, 2)}\n`);
  return EXIT.ok;
}

/** Whether a terminal's prompt would end up behind `text`. */
function isUnfinishedLine({ io }: CommandContext, text: string): boolean {
  return io.stdout.isTTY === true && !text.endsWith('\n');
}

/** `encoding` is `text`, `base64` (bytes) or `json`. */
function envelope(value: unknown, key: string): { readonly encoding: string; readonly value: unknown } {
  if (typeof value === 'string') return { encoding: 'text', value };
  if (value instanceof Uint8Array) return { encoding: 'base64', value: Buffer.from(value).toString('base64') };
  return { encoding: 'json', value: JSON.parse(toJson(value, key)) };
}

/** JSON, also of what JSON has no word for: a Map is a list of pairs, a Set a list, a BigInt its digits. */
function toJson(value: unknown, key: string, indent?: number): string {
  try {
    return JSON.stringify(value, (_, part: unknown) => withinJson(part), indent) ?? 'null';
  } catch {
    throw new CliError(
      `the value under key '${printable(key)}' refers to itself, which JSON can't say; read it from code`,
    );
  }
}

function withinJson(part: unknown): unknown {
  if (typeof part === 'bigint') return String(part);
  if (part instanceof Map || part instanceof Set) return [...part];
  if (part instanceof RegExp) return String(part);
  if (part instanceof Error) return { name: part.name, message: part.message };
  if (part instanceof ArrayBuffer) return [...new Uint8Array(part)];
  if (ArrayBuffer.isView(part)) return [...new Uint8Array(part.buffer, part.byteOffset, part.byteLength)];
  return part;
}
