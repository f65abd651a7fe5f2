/**
 * The command line of `exec`.
 */

import type { Command } from 'commander';
import { durationArgument, sizeArgument } from '../arguments.ts';
import { type Definer, repeatable } from '../definer.ts';

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
  $ glovebox-cache exec --env NODE_ENV --input '**/*.ts' --input '!dist/**' --explain -- npx tsc --noEmit


With --json the closing line, on stderr, is JSON:
  {"outcome": "hit"|"miss", "exitCode", "files", "bytes", "elapsedMs", "savedMs",
   "recorded": boolean, "reason": why it was not recorded, or null}
  and with --explain "lastRun": time or null, "changes": [{"kind", "name", "change"}]`;

/** Defines `exec`. */
export function defineExec({ add, contextOf, finish }: Definer): void {
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
    .option('--metrics', 'store the figures of the run under the tag metrics, for report')
    .option('--max-size <size>', 'the limit of the tag (default: as configured)', sizeArgument)
    .addHelpText('after', EXEC_HELP)
    .action(async (command: string, args: string[], options, self: Command) => {
      const { exec } = await import('../commands/exec.ts');
      finish(await exec(contextOf(self), command, args, options));
    });
}
