/**
 * The command line of `build`.
 */

import type { Command } from 'commander';
import { durationArgument, sizeArgument } from '../arguments.ts';
import { type Definer, repeatable } from '../definer.ts';

const BUILD_HELP = `
The key is made of the content of the keymap, of what it includes in quotes from
around itself, and of the config; of boards, shields, the command with its
placeholders, and the variables that such builds read; and of the state of the
workspace: the commits of the Git clones in it with what was changed since, and
the content of everything else. Where the files lie does not count.

It runs west build in the workspace, or the COMMAND, without a shell, with these
placeholders: {keymap}, {config} (copies to be read), {board}, {shield}, {build}
(the folder to write artifacts into), {workspace}; {{board}} stands for {board}
itself. An argument whose placeholder has no value is left out. What a COMMAND
reads beyond that, name with --input; its workspace, with --workspace.

What the build prints goes to stderr, and into a log beside the artifacts. Their
paths go to stdout, one a line. A build that fails, or writes no artifact, is not
recorded, and keeps its log.

Examples:
  $ glovebox-cache build glove80.keymap glove80.conf --board glove80_lh --board glove80_rh
  $ glovebox-cache build corne.keymap --board nice_nano_v2 --shield corne_left --workspace ~/zmk
  $ glovebox-cache build my.keymap --board planck -- make KEYMAP={keymap} OUT={build} {board}

With --json, on stdout:
  {"outcome": "hit"|"miss", "exitCode", "files", "bytes", "elapsedMs", "savedMs",
   "recorded": boolean, "reason": why it was not recorded, or null,
   "artifacts": [{"kind": "uf2"|"hex"|"bin"|"log"|"file", "path", "size", "target"}]}
  with --explain "lastRun": time or null, "changes": [{"kind", "name", "change"}]
  and of a build that fails {"outcome": "miss", "exitCode", "recorded": false,
   "reason", "artifacts": [], "target", "log": its path or null}`;

/** Defines `build`. */
export function defineBuild({ add, argsAfterDashes, contextOf, finish }: Definer): void {
  add('build', 'build firmware for a keymap once and take it from the cache afterwards')
    .usage('[options] KEYMAP [CONFIG] [-- COMMAND [ARG...]]')
    .argument('<keymap>', 'the keymap')
    .argument('[config]', 'the Kconfig fragment that goes with it')
    .argument('[command...]', 'the command to run instead of west build, behind --')
    .addOption(repeatable('--board <board>', 'board to build for (repeatable)').makeOptionMandatory())
    .addOption(repeatable('--shield <shield>', 'shield to build for, on each board (repeatable)'))
    .option('--workspace <dir>', 'the west workspace (default: the working folder, or none with a COMMAND)')
    .option('--revision <text>', 'the state of the workspace, instead of looking for it')
    .option('--output <dir>', 'where artifacts and logs are put', 'firmware')
    .addOption(repeatable('--cmake-arg <arg>', 'argument for CMake, such as --cmake-arg=-DSNIPPET=x (repeatable)'))
    .addOption(repeatable('--input <path>', 'further file or folder the result depends on (repeatable)'))
    .addOption(repeatable('--env <name>', 'further environment variable the result depends on (repeatable)'))
    .addOption(repeatable('--artifact <glob>', 'artifacts in the build folder (default: .uf2, .hex, .bin; repeatable)'))
    .option('--build-folder <dir>', 'build in there and keep it, so that builds go on from the last one')
    .option('--ttl <duration>', 'how long the firmware is kept (default: as configured, 7d)', durationArgument)
    .option('--refresh', 'build whatever is on record, and record that instead')
    .option('--explain', 'tell what changed since the last build of this keymap')
    .option('--tag <tag>', 'the tag to keep the firmware under', 'compilation')
    .option('--metrics', 'store the figures of the run under the tag metrics, for report')
    .option('--max-size <size>', 'the limit of the tag (default: as configured)', sizeArgument)
    .addHelpText('after', BUILD_HELP)
    .action(async (keymap: string, config: string | undefined, rest: string[], options, self: Command) => {
      const { build } = await import('../commands/build.ts');
      const args = [keymap, ...(config === undefined ? [] : [config]), ...rest];
      const files = args.slice(0, args.length - argsAfterDashes);
      finish(await build(contextOf(self), files, args.slice(files.length), options));
    });
}
