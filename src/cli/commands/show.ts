/**
 * `show`: the tags of a root.
 */

import type { CommandContext } from '../context.ts';
import { existingTags, forEachTag, lookAtRoot, tellNoTags } from '../open-tags.ts';
import { formatTags, lookAtTag, type ShownTag } from '../tag-table.ts';

/** The options of `show`. */
export interface ShowOptions {
  readonly tag?: string;
}

/** Shows entries and sizes of all tags, or of one. */
export async function show(context: CommandContext, options: ShowOptions): Promise<number> {
  const root = lookAtRoot(context);
  const tags = options.tag === undefined ? root.tags : existingTags(context, options.tag);
  const shown: ShownTag[] = [];
  const exitCode = await forEachTag(context, tags, async (cache, tag) => {
    shown.push(await lookAtTag(cache, tag));
  });
  if (context.json) {
    await context.printJson(shown);
  } else if (tags.length === 0) {
    await tellNoTags(context);
  } else {
    await context.print(formatTags(context, shown));
    await context.print(context.colors.dim(`\nroot ${root.path}\n`));
  }
  return exitCode;
}
