/**
 * `layout compare`: what differs between two layouts.
 */

import type { Change, Difference, LayerChange, LayoutComparison } from '../../../layout/index.ts';
import type { CommandContext } from '../../context.ts';
import { CliError, EXIT } from '../../exit-codes.ts';
import { printable } from '../../format.ts';
import { readInput, STDIN, withLayouts } from './layouts.ts';

const LONGEST_TEXT = 60;

/** Lists what differs. */
export async function compareLayoutFiles(context: CommandContext, first: string, second: string): Promise<number> {
  if (first === STDIN && second === STDIN) throw new CliError('only one of A and B can be stdin', EXIT.usage);
  const [before, after] = [await readInput(context, first, 'A'), await readInput(context, second, 'B')];
  const comparison = await withLayouts(context, (layouts) => layouts.compare(before, after));
  if (context.json) await context.printJson(comparison);
  else await context.print(`${describe(comparison).map(printable).join('\n')}\n`);
  return EXIT.ok;
}

function describe(comparison: LayoutComparison): readonly string[] {
  if (comparison.isSame) return ['the layouts are the same'];
  const { description, layers, devicetree } = comparison;
  return [
    ...description.map(describeChange),
    ...describeNames('layer', layers),
    ...layers.changed.flatMap(describeLayer),
    ...describeDifference('macro', comparison.macros),
    ...describeDifference('hold-tap', comparison.holdTaps),
    ...describeDifference('combo', comparison.combos),
    ...describeDifference('input listener', comparison.inputListeners),
    ...describeDifference('config', comparison.config),
    // Both can be hundreds of lines, for which there are other tools.
    ...devicetree.map(({ name }) => `${name} differs`),
  ];
}

function describeLayer({ name, before, after, keys }: LayerChange): readonly string[] {
  const layer = `layer ${JSON.stringify(name)}`;
  const moved = before === after ? [] : [`${layer}: moved from ${before} to ${after}`];
  return [...moved, ...keys.map((key) => `${layer}, key ${key.key}: ${shown(key.before)} → ${shown(key.after)}`)];
}

function describeDifference(noun: string, difference: Difference): readonly string[] {
  const changed = difference.changed.map((change) => `${noun} ${describeChange(change)}`);
  return [...describeNames(noun, difference), ...changed];
}

function describeNames(noun: string, { added, removed }: Omit<Difference, 'changed'>): readonly string[] {
  return [
    ...removed.map((name) => `${noun} ${JSON.stringify(name)}: removed`),
    ...added.map((name) => `${noun} ${JSON.stringify(name)}: added`),
  ];
}

function describeChange({ name, before, after }: Change): string {
  return `${name}: ${shown(before)} → ${shown(after)}`;
}

function shown(text: string): string {
  if (text === '') return 'nothing';
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}
