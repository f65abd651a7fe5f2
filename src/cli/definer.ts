/**
 * What the definitions of commands share.
 */

import { type Command, Option } from 'commander';
import { gather } from './arguments.ts';
import { CommandContext, type CommonOptions } from './context.ts';
import type { CliIo } from './io.ts';
import { usageError } from './usage-error.ts';

/** What a command is defined with. */
export interface Definer {
  /** Adds a command, to the program or to a command that has others under it. */
  readonly add: (name: string, description: string, parent?: Command) => Command;
  /** What the action of a command works with. */
  readonly contextOf: (command: Command) => CommandContext;
  /** How many arguments stand behind the first `--` of the command line. */
  readonly argsAfterDashes: number;
  /** Passes on an action's exit code. */
  readonly finish: (exitCode: number) => void;
}

/** Makes what the commands of `program` are defined with. */
export function createDefiner(
  program: Command,
  io: CliIo,
  argv: readonly string[],
  finish: (exitCode: number) => void,
): Definer {
  const dashes = argv.indexOf('--');
  return {
    argsAfterDashes: dashes === -1 ? 0 : argv.length - dashes - 1,
    add: (name, description, parent = program) => {
      const path = [...(parent === program ? [] : [parent.name()]), name].join(' ');
      return withCommonOptions(parent.command(name))
        .description(description)
        .configureOutput({ outputError: (text, write) => write(usageError(text, `help ${path}`)) });
    },
    contextOf: (command) => new CommandContext(io, commonOptions(command)),
    finish,
  };
}

/** They may stand before or after the command's name. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--root <dir>', 'the folder that holds the caches')
    .option('--json', 'write JSON for a script')
    .option('--no-color', 'write without colour, as with NO_COLOR set');
}

function commonOptions(command: Command): CommonOptions {
  const lines: CommonOptions[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) lines.unshift(at.opts());
  const color = lines.every((options) => options.color !== false);
  return Object.assign({}, ...lines, { color });
}

/** An option that may be given more than once. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser(gather);
}
