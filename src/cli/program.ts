/**
 * The command line: commands, options, help. What a command does is loaded when it is called.
 */

import { Command, CommanderError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { NAME } from './context.ts';
import { createDefiner, withCommonOptions } from './definer.ts';
import { defineBuild } from './definitions/build.ts';
import { defineEntryCommands } from './definitions/entries.ts';
import { defineExec } from './definitions/exec.ts';
import { defineLayoutCommands } from './definitions/layout.ts';
import { defineReport } from './definitions/report.ts';
import { defineWarm } from './definitions/warm.ts';
import { defineWorkspaceCommands } from './definitions/workspace.ts';
import { CliError, EXIT } from './exit-codes.ts';
import { printable } from './format.ts';
import type { CliIo } from './io.ts';
import { usageError } from './usage-error.ts';

const EXIT_CODES = `
Exit codes:
  0  done
  1  not found, damage found, or failed
  2  wrong usage or a wrong argument
  exec and build end as the command they ran: with its exit code, 128 + n if
  signal n ended it, 127 if it was not found, 126 if it can't be run.
  Others that are interrupted end with 128 + n, too.

Durations are written 90s, 24h, 7d; sizes 512MB, 2GB, where 1KB is 1024 bytes.
With --json what goes wrong is still told as text on stderr.

The root is --root, or GLOVEBOX_CACHE_DIR, or what the configuration file says,
or the platform's folder for caches (show tells which).
The switches GLOVEBOX_CACHE_GLOBAL=disabled, GLOVEBOX_CACHE_<TAG>=disabled and
GLOVEBOX_CACHE_STRATEGY=disabled concern programs, exec, build, warm and layout;
the other commands work on what is on disk all the same.`;

/**
 * Makes the program.
 * @param argv the command line that it is going to be given.
 * @param onExitCode called with the exit code of the command that ran.
 */
export function createProgram(io: CliIo, argv: readonly string[], onExitCode: (code: number) => void): Command {
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

  const definer = createDefiner(program, io, argv, onExitCode);
  defineExec(definer);
  defineBuild(definer);
  defineWorkspaceCommands(definer);
  defineLayoutCommands(definer);
  defineEntryCommands(definer);
  defineReport(definer);
  defineWarm(definer);

  definer
    .add('help', 'print help for a command')
    .argument('[command...]', 'the command')
    .action((names: string[]) => {
      findCommand(program, names).outputHelp();
      definer.finish(EXIT.ok);
    });

  return program;
}

function findCommand(program: Command, names: readonly string[]): Command {
  return names.reduce((above, name) => {
    const found = above.commands.find((command) => command.name() === name);
    if (found !== undefined) return found;
    throw new CliError(`unknown command '${printable(names.join(' '))}'; see ${NAME} help`, EXIT.usage);
  }, program);
}
