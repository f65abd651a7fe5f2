/**
 * `keys`: the live keys of a tag.
 */

import type { CacheMetadata } from '../../models.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatAgo, formatDuration, formatSize, printable } from '../format.ts';
import { DEFAULT_TAG, lookAtRoot, openExistingTag, tellNoTags } from '../open-tags.ts';
import { formatTable } from '../table.ts';

/** Lists the keys, sorted. There being no cache yet is no mistake unless its tag was named. */
export async function keys(
  context: CommandContext,
  options: { readonly tag?: string; readonly long?: boolean },
): Promise<number> {
  const { tag = DEFAULT_TAG } = options;
  if (options.tag === undefined && lookAtRoot(context).tags.length === 0) {
    if (context.json) await context.printJson([]);
    else if (context.io.stdout.isTTY || options.long) await tellNoTags(context);
    return EXIT.ok;
  }
  using cache = openExistingTag(context, tag);
  const names = cache.keysSync().sort();
  const isTable = options.long || context.io.stdout.isTTY === true;
  if (!context.json && !isTable) {
    await context.print(names.map((name) => `${printable(name)}\n`).join(''));
    return EXIT.ok;
  }
  // An entry may go between the two calls.
  const entries = names.map((name) => cache.getMetadataSync(name)).filter((metadata) => metadata !== undefined);
  if (context.json) await context.printJson(entries.map(asJson));
  else if (entries.length === 0) await context.print(`tag '${tag}' has no live entries\n`);
  else await context.print(table(context, entries));
  return EXIT.ok;
}

/** Times as ISO 8601, `ttl` in seconds, `size` in bytes; `ttl` and `expires` are `null` for what never expires. */
function asJson(metadata: CacheMetadata): unknown {
  const { key, size, created, accessed, ttl } = metadata;
  return { key, size, created, accessed, ttl: ttl ?? null, expires: expiryOf(metadata) ?? null };
}

function expiryOf({ created, ttl }: CacheMetadata): Date | undefined {
  return ttl === undefined ? undefined : new Date(created.getTime() + ttl * 1000);
}

function table({ colors }: CommandContext, entries: readonly CacheMetadata[]): string {
  const now = Date.now();
  const rows = entries.map((metadata) => {
    const expires = expiryOf(metadata);
    return [
      printable(metadata.key),
      formatSize(metadata.size),
      formatAgo(metadata.created, now),
      formatAgo(metadata.accessed, now),
      expires === undefined ? 'never' : `in ${formatDuration(Math.max(0, expires.getTime() - now))}`,
    ];
  });
  return formatTable(
    [
      { heading: 'KEY' },
      { heading: 'SIZE', align: 'right' },
      { heading: 'SET' },
      { heading: 'LAST READ' },
      { heading: 'EXPIRES' },
    ],
    rows,
    colors,
  );
}
