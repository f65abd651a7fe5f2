/**
 * What the commands for layouts share.
 */

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { configuredTtls } from '../../../config.ts';
import { type LayoutIssue, LayoutService } from '../../../layout/index.ts';
import type { CommandContext } from '../../context.ts';
import { CliError, EXIT } from '../../exit-codes.ts';
import { printable } from '../../format.ts';
import { readAll } from '../../io.ts';
import { openCache } from '../../open-cache.ts';

const TAG = 'layout';

/** Stands for stdin in the place of a file's name. */
export const STDIN = '-';

/** Calls `action` with the layout service, on a cache that is closed afterwards. */
export async function withLayouts<T>(
  context: CommandContext,
  action: (layouts: LayoutService) => Promise<T>,
): Promise<T> {
  const { cache } = await openCache(context, TAG);
  try {
    return await action(new LayoutService(cache, { ttls: configuredTtls(context.config) }));
  } finally {
    await cache.close();
  }
}

/** The bytes of a file that was named as `what`. @throws a {@link CliError} if it can't be read. */
export async function readInput(context: CommandContext, path: string, what: string): Promise<Buffer> {
  const { io } = context;
  if (path === STDIN) return readAll(io.stdin);
  try {
    return await readFile(resolve(io.cwd, path));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`${what} must name a readable file: ${reason}`, EXIT.usage);
  }
}

/** An issue on a line: red or yellow where there are colours. */
export function issueLine({ severity, message }: LayoutIssue, colors: CommandContext['colors']): string {
  const label = severity === 'error' ? colors.red(severity) : colors.yellow(severity);
  return `${label}: ${printable(message)}\n`;
}

/** An issue for a script: each member is there. */
export function issueAsJson({ severity, code, layer, key, message }: LayoutIssue): object {
  return { severity, code, layer: layer ?? null, key: key ?? null, message };
}
