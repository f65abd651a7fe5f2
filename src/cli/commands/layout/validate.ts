/**
 * `layout validate`: everything that is wrong with a layout.
 */

import type { CommandContext } from '../../context.ts';
import { EXIT } from '../../exit-codes.ts';
import { formatCount } from '../../format.ts';
import { issueAsJson, issueLine, readInput, withLayouts } from './layouts.ts';

/** Lists what is wrong. @returns failure if there are errors. */
export async function validateLayout(context: CommandContext, file: string): Promise<number> {
  const source = await readInput(context, file, 'FILE');
  const issues = await withLayouts(context, (layouts) => layouts.validate(source));
  const errors = issues.filter(({ severity }) => severity === 'error').length;
  if (context.json) await context.printJson({ valid: errors === 0, issues: issues.map(issueAsJson) });
  else {
    const lines = issues.map((issue) => issueLine(issue, context.colors));
    const counts = [formatCount(errors, 'error'), formatCount(issues.length - errors, 'warning')].join(', ');
    await context.print(`${lines.join('')}${errors === 0 ? 'valid' : 'not valid'}: ${counts}\n`);
  }
  return errors === 0 ? EXIT.ok : EXIT.failure;
}
