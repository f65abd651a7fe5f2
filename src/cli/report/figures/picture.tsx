/**
 * What all pictures have: a size of their own that scales with their card, words for who can't see them.
 */

import type { ComponentChildren } from 'preact';

/** All pictures are drawn as wide, so that their text is of one size on the page. */
export const WIDTH = 360;

/** The frame of a picture; `label` says in words what it shows. */
export function Picture(props: {
  readonly label: string;
  readonly height: number;
  readonly children: ComponentChildren;
}) {
  const { label, height, children } = props;
  return (
    <svg class="picture" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={label}>
      {children}
    </svg>
  );
}

/** Half pixels are blurred, and long fractions make the page long. */
export function round(length: number): number {
  return Math.round(length * 10) / 10;
}
