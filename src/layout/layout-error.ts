/**
 * The error of a layout that can't be used.
 */

import { CacheError, type CacheErrorDetails } from '../errors.ts';
import type { LayoutIssue } from './issues.ts';

const SHOWN = 3;

/** A layout can't be parsed, compiled or rendered; {@link LayoutError.issues} has everything that is wrong with it. */
export class LayoutError extends CacheError {
  override readonly name = 'LayoutError';
  readonly code = 'ERR_LAYOUT';
  /** All problems, warnings too, in the order in which they were found. */
  readonly issues: readonly LayoutIssue[];

  constructor(message: string, details: CacheErrorDetails & { readonly issues?: readonly LayoutIssue[] } = {}) {
    super(message, details);
    this.issues = details.issues ?? [];
  }

  /** The error that tells the first few of the errors among `issues`. */
  static of(issues: readonly LayoutIssue[]): LayoutError {
    const errors = issues.filter(({ severity }) => severity === 'error');
    const shown = errors.slice(0, SHOWN).map(({ message }) => message);
    const more = errors.length > SHOWN ? [`and ${errors.length - SHOWN} more`] : [];
    return new LayoutError(`the layout can't be used: ${[...shown, ...more].join('; ')}`, { issues });
  }
}
