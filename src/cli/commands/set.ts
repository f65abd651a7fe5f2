/**
 * `set`: one value, from the command line, stdin or a file.
 */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandContext } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { readAll } from '../io.ts';
import { openTag } from '../open-tags.ts';

/** The options of `set`. */
export interface SetCommandOptions {
  readonly tag: string;
  readonly file?: string;
  readonly jsonValue?: boolean;
  readonly ttl?: number;
  readonly maxSize?: number;
}

/** Stores the value, creating root and tag if need be. */
export async function set(
  context: CommandContext,
  key: string,
  text: string | undefined,
  options: SetCommandOptions,
): Promise<number> {
  const given = await readValue(context, text, options.file);
  const value = options.jsonValue ? parseJson(String(given)) : given;
  await using cache = openTag(context, options.tag, { maxSizeBytes: options.maxSize });
  await cache.set(key, value, { ttl: options.ttl });
  if (context.json) {
    const metadata = await cache.getMetadata(key);
    await context.printJson({ key, tag: options.tag, size: metadata?.size ?? null, ttl: options.ttl ?? null });
  }
  return EXIT.ok;
}

async function readValue(
  { io }: CommandContext,
  text: string | undefined,
  file: string | undefined,
): Promise<string | Buffer> {
  if (text !== undefined && file !== undefined) {
    throw new CliError('value is given twice; give either VALUE or --file', EXIT.usage);
  }
  if (file !== undefined) return readFile(resolve(io.cwd, file));
  if (text === undefined) throw new CliError("value is missing; give VALUE, '-' for stdin, or --file", EXIT.usage);
  return text === '-' ? readAll(io.stdin) : text;
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`--file must name a readable file: ${reason}`, EXIT.usage);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`--json-value needs a value that is JSON: ${reason}`, EXIT.usage);
  }
}
