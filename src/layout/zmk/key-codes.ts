/**
 * The names of keys.
 */

import names from './key-codes.json' with { type: 'json' };

let known: ReadonlySet<string> | undefined;

/** Whether `name` is one of ZMK's names for a key, such as `A`, `LSHFT` or `C_VOL_UP`. */
export function isKeyCode(name: string): boolean {
  known ??= new Set(names);
  return known.has(name);
}

/** What holds a modifier while another key is pressed: `LS(A)` is a capital A. */
const MODIFIERS: ReadonlySet<string> = new Set(['LC', 'LS', 'LA', 'LG', 'RC', 'RS', 'RA', 'RG']);

/** Whether `name` is one of the functions that add a modifier to a key. */
export function isModifier(name: string): boolean {
  return MODIFIERS.has(name);
}

/** The name that somebody who wrote `name` may have meant, if there is one. */
export function likelyKeyCode(name: string | number): string | undefined {
  const text = String(name).toUpperCase();
  return [/^\d$/.test(text) ? `N${text}` : text, text.replace(/^KC_/, ''), `N${text}`].find(isKeyCode);
}
