/**
 * The command lines of what is done to keyboard layouts.
 */

import type { Command } from 'commander';
import type { Definer } from '../definer.ts';

const ISSUES = '"issues": [{"severity": "error"|"warning", "code", "layer", "key", "message"}]';

const COMPILE_HELP = `
FILE is a layout in the JSON form of the Glove80 Layout Editor; - reads stdin.
Writes NAME.keymap and NAME.conf, over what was there; nothing if the layout has
errors, which are all listed. The same layout is compiled once: what comes of it
is kept under the tag "layout".

A template is a text with placeholders for the parts of a keymap:
  {{ title }} {{ creator }} {{ keyboard }} {{ notes }} {{ includes }} {{ defines }}
  {{ custom_devicetree }} {{ input_listeners }} {{ custom_behaviors }}
  {{ macros }} {{ behaviors }} {{ combos }} {{ keymap }}

Examples:
  $ glovebox-cache layout compile layout.json --output config --name glove80
  $ glovebox-cache layout compile layout.json --template corne.keymap.in

With --json:
  {"keyboard", "title", "layers": [name], "files": [path], "fromCache": boolean,
   ${ISSUES}}`;

const VALIDATE_HELP = `
FILE is a layout in the JSON form of the Glove80 Layout Editor; - reads stdin.
Layers and keys are counted from 0. Ends with 1 if there are errors; warnings are
none.

With --json:
  {"valid": boolean,
   ${ISSUES}}`;

const COMPARE_HELP = `
A and B are layouts in the JSON form of the Glove80 Layout Editor; - for one of
them reads stdin. Layers are matched by their names, and counted from 0, as keys
are. Ends with 0 whether or not they differ.

With --json:
  {"isSame": boolean, "description": [{"name", "before", "after"}],
   "layers": {"added": [name], "removed": [name], "changed":
     [{"name", "before": number, "after", "keys": [{"key", "before", "after"}]}]},
   "macros": {"added": [name], "removed": [name], "changed": [{"name", "before",
     "after"}]}, "holdTaps", "combos", "inputListeners", "config": the same,
   "devicetree": [{"name", "before", "after"}]}`;

/** Defines `layout` and what is under it. */
export function defineLayoutCommands({ add, contextOf, finish }: Definer): void {
  const layout = add('layout', 'compile, check and compare keyboard layouts').helpCommand(false);

  add('compile', 'make a ZMK keymap and configuration of a layout', layout)
    .argument('<file>', 'the layout')
    .option('--output <dir>', 'the folder to write to (default: the working folder)')
    .option('--template <file>', 'a template to put the parts of the keymap into')
    .option('--name <name>', "what to call the files (default: the layout's file name)")
    .addHelpText('after', COMPILE_HELP)
    .action(async (file: string, options, self: Command) => {
      const { compileLayout } = await import('../commands/layout/compile.ts');
      finish(await compileLayout(contextOf(self), file, options));
    });

  add('validate', 'tell everything that is wrong with a layout', layout)
    .argument('<file>', 'the layout')
    .addHelpText('after', VALIDATE_HELP)
    .action(async (file: string, _, self: Command) => {
      const { validateLayout } = await import('../commands/layout/validate.ts');
      finish(await validateLayout(contextOf(self), file));
    });

  add('compare', 'tell what differs between two layouts', layout)
    .argument('<a>', 'the first layout')
    .argument('<b>', 'the second layout')
    .addHelpText('after', COMPARE_HELP)
    .action(async (first: string, second: string, _, self: Command) => {
      const { compareLayoutFiles } = await import('../commands/layout/compare.ts');
      finish(await compareLayoutFiles(contextOf(self), first, second));
    });
}
