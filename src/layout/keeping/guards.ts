/**
 * Whether what comes out of a cache has the form that is expected: anybody may have put it there.
 */

/** Tells whether a value is a `T`. */
export type Guard<T> = (value: unknown) => value is T;

export const isText: Guard<string> = (value) => typeof value === 'string';
export const isNumber: Guard<number> = (value): value is number => typeof value === 'number' && Number.isFinite(value);
export const isFlag: Guard<boolean> = (value) => typeof value === 'boolean';

/** A text of a form. */
export function textLike(matches: (text: string) => boolean): Guard<string> {
  return (value): value is string => typeof value === 'string' && matches(value);
}

/** One of two things. */
export function either<A, B>(first: Guard<A>, second: Guard<B>): Guard<A | B> {
  return (value): value is A | B => first(value) || second(value);
}

/** One of some texts. */
export function oneOf<const T extends string>(...texts: readonly T[]): Guard<T> {
  return (value): value is T => texts.some((text) => text === value);
}

/** A thing that may be missing. */
export function maybe<T>(guard: Guard<T>): Guard<T | undefined> {
  return (value): value is T | undefined => value === undefined || guard(value);
}

/** A list of things. */
export function listOf<T>(guard: Guard<T>): Guard<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(guard);
}

/** An object with these members. */
export function shapeOf<T extends object>(members: { readonly [Name in keyof T]-?: Guard<T[Name]> }): Guard<T> {
  const names = Object.keys(members);
  return (value): value is T => {
    if (typeof value !== 'object' || value === null) return false;
    return names.every((name) => {
      const guard: unknown = Reflect.get(members, name);
      return typeof guard === 'function' && guard(Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined);
    });
  };
}
