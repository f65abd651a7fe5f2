/**
 * The command line: commands, options, help. What a command does is loaded when it is called.
 */

import { Command, CommanderError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { durationArgument, gather, sizeArgument } from './arguments.ts';
import { CommandContext, type CommonOptions, NAME } from './context.ts';
import { CliError, EXIT } from './exit-codes.ts';
import { printable } from './format.ts';
import type { CliIo } from './io.ts';

const EXIT_CODES = `
Exit codes:
  0  done
  1  not found, damage found, or failed
  2  wrong usage or a wrong argument
  exec ends as the command it ran: with its exit code, 128 + n if signal n ended
  it, 127 if it was not found, 126 if it can't be run.

Durations are written 90s, 24h, 7d; sizes 512MB, 2GB, where 1KB is 1024 bytes.
With --json what goes wrong is still told as text on stderr.

The root is --root, or GLOVEBOX_CACHE_DIR, or what the configuration file says,
or the platform's folder for caches (show tells which).
The switches GLOVEBOX_CACHE_GLOBAL=disabled, GLOVEBOX_CACHE_<TAG>=disabled and
GLOVEBOX_CACHE_STRATEGY=disabled concern programs and exec; the other commands
work on what is on disk all the same.`;

const EXEC_HELP = `
The key is made of the command and its arguments, the content of the inputs, the
named variables, the output patterns, the platform and Node's major version; of
the folder, too, when there are no inputs. Quote the globs, so that the shell
leaves them alone.
Stdin is passed on, as part of the key, with --stdin only. Without it the command
finds stdin empty or, at a terminal, reads what is typed, which is not part of the
key. No shell is involved; for pipes and the like run sh -c '...'.
The command's output goes through pipes, so it sees no terminal; many programs
colour all the same when FORCE_COLOR=1 is set. A replay removes no files. A run
with --refresh that fails leaves the one on record.

Examples:
  $ glovebox-cache exec --input 'src/**' --input package.json --output 'dist/**' -- npm run build
  $ glovebox-cache exec --env NODE_ENV --input '**/*.ts' --input '!dist/**' --explain -- npx tsc --noEmit`;

const AS_JSON = {
  exec: `

With --json the closing line, on stderr, is JSON:
  {"outcome": "hit"|"miss", "exitCode", "files", "bytes", "elapsedMs", "savedMs",
   "recorded": boolean, "reason": why it was not recorded, or null}
  and with --explain "lastRun": time or null, "changes": [{"kind", "name", "change"}]`,
  show: '[{"tag", "entries", "sizeBytes", "maxSizeBytes", "expired"}]',
  keys: '[{"key", "size", "created", "accessed", "ttl": seconds or null, "expires": time or null}]',
  get: '{"key", "tag", "encoding": "text"|"base64"|"json", "value"}',
  set: '{"key", "tag", "size", "ttl": seconds or null}',
  delete: '{"tag", "dryRun", "deleted": [key], "missing": [key]}',
  clear: '[{"tag", "entries", "sizeBytes", "dryRun"}]',
  cleanup: '[{"tag", "expired": [key], "evicted": [key], "removed", "freedBytes", "dryRun"}]',
  check: '[{"tag", "entries", "problems": [{"kind", "severity", "path", "key", "detail", "repaired"}], "repaired"}]',
} as const;

/**
 * Makes the program.
 * @param onExitCode called with the exit code of the command that ran.
 */
export function createProgram(io: CliIo, onExitCode: (code: number) => void): Command {
  const program = withCommonOptions(new Command(NAME))
    .description('Look into and look after caches, and replay commands from them.')
    .version(packageJson.version, '-v, --version', 'print the version (-V does, too)')
    .addOption(new Option('-V').hideHelp())
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      outputError: (text, write) => write(usageError(text, 'help')),
    })
    .addHelpText('after', EXIT_CODES)
    .on('option:V', () => {
      io.stdout.write(`${packageJson.version}\n`);
      throw new CommanderError(EXIT.ok, 'commander.version', packageJson.version);
    });

  const add = (name: string, description: string) =>
    withCommonOptions(program.command(name))
      .description(description)
      .configureOutput({ outputError: (text, write) => write(usageError(text, `help ${name}`)) });
  /** Wraps what a command does: it gets the context first, and its exit code is passed on. */
  const contextOf = (command: Command) => new CommandContext(io, commonOptions(command));
  const finish = (code: number) => onExitCode(code);

  add('exec', 'run a command once and replay it from the cache afterwards')
    .usage('[options] -- COMMAND [ARG...]')
    .argument('<command>', 'the program to run')
    .argument('[args...]', 'its arguments')
    .passThroughOptions()
    .option('--tag <tag>', 'the tag to keep the run under', 'compilation')
    .option('--ttl <duration>', 'how long the run may be replayed (default: for ever)', durationArgument)
    .addOption(repeatable('--input <glob>', 'files the result depends on; !GLOB excludes (repeatable)'))
    .addOption(repeatable('--output <glob>', 'files the command makes (repeatable)'))
    .addOption(repeatable('--env <name>', 'environment variable the result depends on (repeatable)'))
    .option('--stdin', 'read stdin to its end and pass it on; the result depends on it')
    .option('--explain', 'tell which input, variable or stdin changed since the last run')
    .option('--cache-failures', 'record and replay failed runs, too')
    .option('--refresh', 'run it whatever is on record, and record the run instead')
    .option('--max-size <size>', 'the limit of the tag (default: as configured)', sizeArgument)
    .addHelpText('after', EXEC_HELP + AS_JSON.exec)
    .action(async (command: string, args: string[], options, self: Command) => {
      const { exec } = await import('./commands/exec.ts');
      finish(await exec(contextOf(self), command, args, options));
    });

  add('show', 'list the tags of the root, with entries and sizes')
    .option('--tag <tag>', 'this tag only')
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.show}`)
    .action(async (options, self: Command) => {
      const { show } = await import('./commands/show.ts');
      finish(await show(contextOf(self), options));
    });

  add('keys', 'list the live keys of a tag: a table on a terminal, else one key a line')
    .option('--tag <tag>', 'the tag (default: "default")')
    .option('-l, --long', 'a table in any case')
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.keys}`)
    .action(async (options, self: Command) => {
      const { keys } = await import('./commands/keys.ts');
      finish(await keys(contextOf(self), options));
    });

  add('get', 'write a value to stdout: strings and bytes as they are, anything else as JSON')
    .argument('<key>', 'the key')
    .addOption(tagOption())
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.get}`)
    .action(async (key: string, options, self: Command) => {
      const { get } = await import('./commands/get.ts');
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
      const { set } = await import('./commands/set.ts');
      finish(await set(contextOf(self), key, value, options));
    });

  add('delete', 'remove entries')
    .argument('<key...>', 'the keys')
    .addOption(tagOption())
    .option('--dry-run', 'only tell what would be removed')
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.delete}`)
    .action(async (wanted: string[], options, self: Command) => {
      const { deleteKeys } = await import('./commands/delete.ts');
      finish(await deleteKeys(contextOf(self), wanted, options));
    });

  add('clear', 'remove all entries of a tag, or of all tags')
    .addOption(new Option('--tag <tag>', 'the tag to clear').conflicts('all'))
    .option('--all', 'clear every tag of the root')
    .option('--dry-run', 'only tell what would be removed')
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.clear}`)
    .action(async (options, self: Command) => {
      const { clear } = await import('./commands/clear.ts');
      finish(await clear(contextOf(self), options));
    });

  add('cleanup', 'remove expired entries, and the least recently read ones over the limit')
    .option('--tag <tag>', 'this tag only')
    .option('--max-size <size>', 'the limit of each tag (default: as configured)', sizeArgument)
    .option('--dry-run', 'only tell what would be removed')
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.cleanup}`)
    .action(async (options, self: Command) => {
      const { cleanup } = await import('./commands/cleanup.ts');
      finish(await cleanup(contextOf(self), options));
    });

  add('check', 'verify every entry, and the index, without changing anything unless asked')
    .option('--tag <tag>', 'this tag only')
    .option('--repair', 'remove or rebuild what is damaged')
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.check}`)
    .action(async (options, self: Command) => {
      const { check } = await import('./commands/check.ts');
      finish(await check(contextOf(self), options));
    });

  add('help', 'print help for a command')
    .argument('[command]', 'the command')
    .action((name: string | undefined) => {
      const about = name === undefined ? program : program.commands.find((command) => command.name() === name);
      if (about === undefined)
        throw new CliError(`unknown command '${printable(name ?? '')}'; see ${NAME} help`, EXIT.usage);
      about.outputHelp();
      finish(EXIT.ok);
    });

  return program;
}

/** They may stand before or after the command's name. */
function withCommonOptions(command: Command): Command {
  return command
    .option('--root <dir>', 'the folder that holds the caches')
    .option('--json', 'write JSON for a script')
    .option('--no-color', 'write without colour, as with NO_COLOR set');
}

function commonOptions(command: Command): CommonOptions {
  const own: CommonOptions = command.opts();
  const program: CommonOptions = command.parent?.opts() ?? {};
  return { ...program, ...own, color: own.color !== false && program.color !== false };
}

function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser(gather);
}

function tagOption(): Option {
  return new Option('--tag <tag>', 'the tag').default('default');
}

/** Commander's errors as this command says them: one line, from the command's name to where to read on. */
function usageError(text: string, help: string): string {
  const line = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  return `${NAME}: ${withLikelySuggestion(line)}; see ${NAME} ${help}\n`;
}

/** Commander suggests whatever two words of four letters have two in common; a slip mostly keeps the first one. */
function withLikelySuggestion(line: string): string {
  const match = /^(unknown (?:command|option) '-*(.).*') \(Did you mean (?:one of )?(.*)\?\)$/.exec(line);
  if (match === null) return line;
  const [, said = '', first = '', names = ''] = match;
  const likely = names.split(', ').filter((name) => name.replace(/^-*/, '').startsWith(first));
  return likely.length === 0 ? said : `${said} (Did you mean ${likely.join(' or ')}?)`;
}
