/**
 * The command line of `warm`.
 */

import type { Command } from 'commander';
import { countArgument } from '../arguments.ts';
import type { Definer } from '../definer.ts';

const WARM_HELP = `
PLAN is a file of JSON; paths in it are relative to its folder:
  { "layouts": ["layouts/*.json"],
    "profiles": [{ "keymap": "config/glove80.keymap", "config": "config/glove80.conf",
                   "boards": ["glove80_lh", "glove80_rh"], "workspace": "zmk" }] }
A profile may have name, keymap, config, boards, shields, workspace, revision,
command, cmakeArgs, inputs, envNames, artifacts, output, buildFolder and ttl (in
seconds), with the meaning that they have for build. Firmware goes into the cache
only, unless there is an output.

What is there is left alone. What fails is told, and the others go on; then it
ends with 1.

With --json:
  {"warmed": [name], "skipped": [name], "failed": [{"name", "error"}],
   "unfinished": [name], "elapsedMs"}`;

/** Defines `warm`. */
export function defineWarm({ add, contextOf, finish }: Definer): void {
  add('warm', 'fill the caches with layouts and firmware before they are asked for')
    .argument('<plan>', 'what to warm')
    .option('--concurrency <count>', 'how many at once (default: 2)', countArgument(64))
    .addHelpText('after', WARM_HELP)
    .action(async (plan: string, options, self: Command) => {
      const { warm } = await import('../commands/warm.ts');
      finish(await warm(contextOf(self), plan, options));
    });
}
