/**
 * The command lines of what looks into tags and looks after them.
 */

import { type Command, Option } from 'commander';
import { durationArgument, sizeArgument } from '../arguments.ts';
import type { Definer } from '../definer.ts';
import { CliError, EXIT } from '../exit-codes.ts';

const AS_JSON = {
  show: '[{"tag", "entries", "sizeBytes", "maxSizeBytes", "expired"}]',
  watch:
    '{"time", "root", "exists", "tags": [{"tag", "entries", "sizeBytes", "maxSizeBytes",\n' +
    '   "expired", "entriesChange": number or null, "sizeBytesChange": number or null}],\n' +
    '   "problems": [{"tag", "message"}]}',
  keys: '[{"key", "size", "created", "accessed", "ttl": seconds or null, "expires": time or null}]',
  get: '{"key", "tag", "encoding": "text"|"base64"|"json", "value"}',
  set: '{"key", "tag", "size", "ttl": seconds or null}',
  delete: '{"tag", "dryRun", "deleted": [key], "missing": [key]}',
  clear: '[{"tag", "entries", "sizeBytes", "dryRun"}]',
  cleanup: '[{"tag", "expired": [key], "evicted": [key], "removed", "freedBytes", "dryRun"}]',
  check: '[{"tag", "entries", "problems": [{"kind", "severity", "path", "key", "detail", "repaired"}], "repaired"}]',
} as const;

/** Defines `show`, `keys`, `get`, `set`, `delete`, `clear`, `cleanup`, `check`. */
export function defineEntryCommands({ add, contextOf, finish }: Definer): void {
  add('show', 'list the tags of the root, with entries and sizes')
    .option('--tag <tag>', 'this tag only')
    .option('--watch', 'look again and again, until interrupted, and show what changed')
    .option('--interval <duration>', 'how long to wait between two looks (default: 2s)', durationArgument)
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.show}\nWith --watch --json one line a look:\n  ${AS_JSON.watch}`)
    .action(async ({ watch: isWatching, interval, ...options }, self: Command) => {
      if (isWatching) {
        const { watch } = await import('../commands/watch.ts');
        return finish(await watch(contextOf(self), { ...options, interval }));
      }
      if (interval !== undefined) throw new CliError('--interval goes with --watch', EXIT.usage);
      const { show } = await import('../commands/show.ts');
      finish(await show(contextOf(self), options));
    });

  add('keys', 'list the live keys of a tag: a table on a terminal, else one key a line')
    .option('--tag <tag>', 'the tag (default: "default")')
    .option('-l, --long', 'a table in any case')
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.keys}`)
    .action(async (options, self: Command) => {
      const { keys } = await import('../commands/keys.ts');
      finish(await keys(contextOf(self), options));
    });

  add('get', 'write a value to stdout: strings and bytes as they are, anything else as JSON')
    .argument('<key>', 'the key')
    .addOption(tagOption())
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.get}`)
    .action(async (key: string, options, self: Command) => {
      const { get } = await import('../commands/get.ts');
      finish(await get(contextOf(self), key, options));
    });

  add('set', 'store a value')
    .argument('<key>', 'the key')
    .argument('[value]', "the value, a text; '-' reads bytes from stdin")
    .addOption(tagOption())
    .option('--file <path>', 'store the bytes of this file')
    .option('--json-value', 'the value is JSON: store what it says, not its text')
    .option('--ttl <duration>', 'time to live (default: for ever)', durationArgument)
    .option('--max-size <size>', 'the limit of the tag (default: as configured)', sizeArgument)
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.set}`)
    .action(async (key: string, value: string | undefined, options, self: Command) => {
      const { set } = await import('../commands/set.ts');
      finish(await set(contextOf(self), key, value, options));
    });

  add('delete', 'remove entries')
    .argument('<key...>', 'the keys')
    .addOption(tagOption())
    .option('--dry-run', 'only tell what would be removed')
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.delete}`)
    .action(async (wanted: string[], options, self: Command) => {
      const { deleteKeys } = await import('../commands/delete.ts');
      finish(await deleteKeys(contextOf(self), wanted, options));
    });

  add('clear', 'remove all entries of a tag, or of all tags')
    .addOption(new Option('--tag <tag>', 'the tag to clear').conflicts('all'))
    .option('--all', 'clear every tag of the root')
    .option('--dry-run', 'only tell what would be removed')
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.clear}`)
    .action(async (options, self: Command) => {
      const { clear } = await import('../commands/clear.ts');
      finish(await clear(contextOf(self), options));
    });

  add('cleanup', 'remove expired entries, and the least recently read ones over the limit')
    .option('--tag <tag>', 'this tag only')
    .option('--max-size <size>', 'the limit of each tag (default: as configured)', sizeArgument)
    .option('--dry-run', 'only tell what would be removed')
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.cleanup}`)
    .action(async (options, self: Command) => {
      const { cleanup } = await import('../commands/cleanup.ts');
      finish(await cleanup(contextOf(self), options));
    });

  add('check', 'verify every entry, and the index, without changing anything unless asked')
    .option('--tag <tag>', 'this tag only')
    .option('--repair', 'remove or rebuild what is damaged')
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.check}`)
    .action(async (options, self: Command) => {
      const { check } = await import('../commands/check.ts');
      finish(await check(contextOf(self), options));
    });
}

function tagOption(): Option {
  return new Option('--tag <tag>', 'the tag').default('default');
}
