/**
 * A key, short enough for a table and whole at hand.
 */

import { printable } from '../../format.ts';
import { shorten } from '../words.ts';

const LONGEST = 66;

/** A key; a long one opens. */
export function KeyText({ text }: { readonly text: string }) {
  const shown = printable(text);
  const short = shorten(shown, LONGEST);
  if (short === shown) {
    return (
      <code class="key" dir="ltr">
        {shown}
      </code>
    );
  }
  return (
    <details class="key">
      <summary title="Show the whole key">
        <code dir="ltr">{short}</code>
      </summary>
      <code class="whole" dir="ltr">
        {shown}
      </code>
    </details>
  );
}
