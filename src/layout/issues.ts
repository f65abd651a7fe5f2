/**
 * What can be wrong with a layout.
 */

/** Names a kind of problem; stable across versions. */
export type LayoutIssueCode =
  /** The text is not JSON. */
  | 'json'
  /** Something is too large or too deep to be a layout. */
  | 'too-large'
  /** A member has the wrong type. */
  | 'wrong-type'
  /** A member that must be there is missing. */
  | 'missing-member'
  /** A member is not known; it is ignored. */
  | 'unknown-member'
  /** A number is out of its range. */
  | 'out-of-range'
  /** A layer has too few or too many keys, or there are fewer names than layers, or more. */
  | 'wrong-length'
  /** Two things have one name. */
  | 'duplicate'
  /** A name can't stand in a devicetree. */
  | 'bad-name'
  /** A binding can't be read. */
  | 'bad-binding'
  /** A behaviour is neither ZMK's nor defined by the layout. */
  | 'unknown-behavior'
  /** A behaviour has too few parameters, or too many, or one of the wrong kind. */
  | 'wrong-params'
  /** A key code is not one of ZMK's. */
  | 'unknown-key-code'
  /** A layer that is referred to does not exist. */
  | 'unknown-layer'
  /** Macros call each other in a circle. */
  | 'cycle'
  /** A setting of the firmware has a name or value that can't be one. */
  | 'bad-config'
  /** Custom devicetree would swallow what follows it. */
  | 'bad-devicetree'
  /** A template can't be rendered, or leaves out what the layout needs. */
  | 'template';

/** One problem of a layout. */
export interface LayoutIssue {
  /** Whether it keeps the layout from being compiled. */
  readonly severity: 'error' | 'warning';
  readonly code: LayoutIssueCode;
  /** The layer it is in, counted from 0. */
  readonly layer?: number;
  /** The key it is at, counted from 0. */
  readonly key?: number;
  /** What is wrong, and where: `layer 2 "Lower", key 17: unknown behaviour &foo`. */
  readonly message: string;
}

/** A place in a layout. */
export interface Place {
  /** How people call it, such as `macro "greet", binding 2`; empty for the layout as a whole. */
  readonly name: string;
  readonly layer?: number;
  readonly key?: number;
}

/** The layout as a whole. */
export const WHOLE: Place = { name: '' };

/** More issues than this are not listed: nobody reads them, and hostile input has no end of them. */
const MOST_ISSUES = 1000;

/** Gathers the problems of one layout. */
export class IssueList {
  readonly issues: LayoutIssue[] = [];
  #dropped = 0;
  #errors = 0;

  /** Whether there is a problem that keeps the layout from being compiled. */
  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  error(code: LayoutIssueCode, place: Place, text: string): void {
    this.#errors += 1;
    this.#add('error', code, place, text);
  }

  warn(code: LayoutIssueCode, place: Place, text: string): void {
    this.#add('warning', code, place, text);
  }

  /** All of them, and how many were too many to list. */
  all(): readonly LayoutIssue[] {
    if (this.#dropped === 0) return this.issues;
    const severity = this.hasErrors ? 'error' : 'warning';
    return [...this.issues, { severity, code: 'too-large', message: `and ${this.#dropped} more problems` }];
  }

  #add(severity: LayoutIssue['severity'], code: LayoutIssueCode, { name, layer, key }: Place, text: string): void {
    if (this.issues.length >= MOST_ISSUES) {
      this.#dropped += 1;
      return;
    }
    this.issues.push({
      severity,
      code,
      ...(layer === undefined ? {} : { layer }),
      ...(key === undefined ? {} : { key }),
      message: name === '' ? text : `${name}: ${text}`,
    });
  }
}

/** Whether there is a problem among `issues` that keeps the layout from being compiled. */
export function hasErrors(issues: readonly LayoutIssue[]): boolean {
  return issues.some(({ severity }) => severity === 'error');
}

const LONGEST_QUOTE = 60;

/** A text of the layout's as a message shows it: in quotes, on one line, not too long. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}…`;
}
