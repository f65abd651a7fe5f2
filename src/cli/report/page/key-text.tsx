/**
 * A key, short enough for a table and whole at hand.
 */

import { printable } from '../../format.ts';

const LONGEST = 72;
/** How much of a long one stands before and behind the ellipsis. */
const HEAD = 44;
const TAIL = 20;

/** A key; a long one opens. */
export function KeyText({ text }: { readonly text: string }) {
  const shown = printable(text);
  const letters = [...shown];
  if (letters.length <= LONGEST) {
    return (
      <code class="key" dir="ltr">
        {shown}
      </code>
    );
  }
  return (
    <details class="key">
      <summary title="Show the whole key">
        <code dir="ltr">{`${letters.slice(0, HEAD).join('')}…${letters.slice(-TAIL).join('')}`}</code>
      </summary>
      <code class="whole" dir="ltr">
        {shown}
      </code>
    </details>
  );
}
