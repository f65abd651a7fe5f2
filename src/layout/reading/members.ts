/**
 * Reading the members of JSON objects, where any may be missing or of any type.
 */

import { isObject } from '../../guards.ts';
import { type IssueList, type Place, quote } from '../issues.ts';

/** Members by name. */
export type Members = Readonly<Record<string, unknown>>;

/** Reads members of one object; tells what is wrong with them and goes on with what would be there by default. */
export class MemberReader {
  readonly place: Place;
  readonly issues: IssueList;
  readonly #members: Members;

  private constructor(members: Members, place: Place, issues: IssueList) {
    this.#members = members;
    this.place = place;
    this.issues = issues;
  }

  /** A reader for `value`; nothing if it is not an object. */
  static of(value: unknown, place: Place, issues: IssueList): MemberReader | undefined {
    if (isObject(value)) return new MemberReader(value, place, issues);
    issues.error('wrong-type', place, `must be an object, not ${typeName(value)}`);
    return undefined;
  }

  /** Whether there is such a member; `null` stands for none. */
  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  get(name: string): unknown {
    return Object.hasOwn(this.#members, name) ? (this.#members[name] ?? undefined) : undefined;
  }

  /** Tells that a member is missing, if it is. */
  require(...names: readonly string[]): void {
    for (const name of names)
      if (!this.has(name)) this.issues.error('missing-member', this.place, `${name} is missing`);
  }

  /** Warns of members with other names. */
  warnOfOthers(known: readonly string[]): void {
    for (const name of Object.keys(this.#members)) {
      if (!known.includes(name))
        this.issues.warn('unknown-member', this.place, `${quote(name)} is not known; it is ignored`);
    }
  }

  text(name: string): string {
    const value = this.get(name);
    if (value === undefined) return '';
    if (typeof value === 'string') return value;
    return this.#wrong(name, 'a text', value, '');
  }

  textOrNumber(name: string): string | number {
    const value = this.get(name);
    if (value === undefined) return '';
    if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) return value;
    return this.#wrong(name, 'a text or a number', value, '');
  }

  flag(name: string): boolean {
    const value = this.get(name);
    if (value === undefined) return false;
    if (typeof value === 'boolean') return value;
    return this.#wrong(name, 'true or false', value, false);
  }

  /** A whole number from `least` to `most`. */
  integer(name: string, least: number, most: number): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number') return this.#wrong(name, 'a number', value, undefined);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    this.issues.error(
      'out-of-range',
      this.place,
      `${name} must be a whole number from ${least} to ${most}, not ${value}`,
    );
    return undefined;
  }

  list(name: string): readonly unknown[] {
    const value = this.get(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    return this.#wrong(name, 'a list', value, []);
  }

  texts(name: string): readonly string[] {
    const list = this.list(name);
    if (list.every((item) => typeof item === 'string')) return list;
    return this.#wrong(name, 'a list of texts', list, []);
  }

  textsOrNumbers(name: string): readonly (string | number)[] {
    const list = this.list(name);
    const isEither = (item: unknown): item is string | number => typeof item === 'string' || Number.isInteger(item);
    if (list.every(isEither)) return list;
    return this.#wrong(name, 'a list of texts and whole numbers', list, []);
  }

  /** Texts, whole numbers, and lists of texts that are not empty. */
  textsNumbersOrLists(name: string): readonly (string | number | readonly string[])[] {
    const list = this.list(name);
    const isOne = (item: unknown): item is string | number | readonly string[] =>
      typeof item === 'string' || Number.isInteger(item) || isListOfTexts(item);
    if (list.every(isOne)) return list;
    return this.#wrong(name, 'a list of texts, whole numbers, and lists of texts', list, []);
  }

  integers(name: string): readonly number[] | undefined {
    if (!this.has(name)) return undefined;
    const list = this.list(name);
    const isInteger = (item: unknown): item is number => Number.isInteger(item);
    if (list.every(isInteger)) return list;
    return this.#wrong(name, 'a list of whole numbers', list, undefined);
  }

  #wrong<T>(name: string, wanted: string, value: unknown, instead: T): T {
    this.issues.error('wrong-type', this.place, `${name} must be ${wanted}, not ${typeName(value)}`);
    return instead;
  }
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}

/** What `value` is, in words. */
export function typeName(value: unknown): string {
  if (Array.isArray(value)) return value.length <= 3 ? `the list ${quote(value)}` : 'a list';
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'object') return 'an object';
  return quote(value);
}
