/**
 * `delete`: some entries.
 */

import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { printable } from '../format.ts';
import { openExistingTag } from '../open-tags.ts';

/** Removes the entries. @returns 1 if one of the keys had none. */
export async function deleteKeys(
  context: CommandContext,
  wanted: readonly string[],
  options: { readonly tag: string; readonly dryRun?: boolean },
): Promise<number> {
  const { tag, dryRun = false } = options;
  using cache = openExistingTag(context, tag);
  const deleted: string[] = [];
  const missing: string[] = [];
  for (const key of new Set(wanted)) {
    const wasThere = dryRun ? cache.existsSync(key) : cache.deleteSync(key);
    (wasThere ? deleted : missing).push(key);
  }
  if (context.json) {
    await context.printJson({ tag, dryRun, deleted, missing });
  } else {
    for (const key of deleted) await context.print(`${dryRun ? 'would delete' : 'deleted'} ${printable(key)}\n`);
    for (const key of missing) await context.tell(`no live entry under key '${printable(key)}' in tag '${tag}'`);
  }
  return missing.length === 0 ? EXIT.ok : EXIT.failure;
}
