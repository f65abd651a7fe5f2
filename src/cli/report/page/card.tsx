/**
 * What the page is laid out in.
 */

import type { ComponentChildren } from 'preact';

/** A part of the page, with cards under a heading. */
export function Section(props: {
  readonly id: string;
  readonly title: string;
  readonly about: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const { id, title, about, children } = props;
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      <p class="about">{about}</p>
      <div class="cards">{children}</div>
    </section>
  );
}

/** A card. */
export function Card(props: {
  readonly title: string;
  readonly about?: string;
  /** How many columns it takes where there are three. */
  readonly span?: 2 | 3;
  readonly children: ComponentChildren;
}) {
  const { title, about, span, children } = props;
  return (
    <article class={span === undefined ? 'card' : `card span-${span}`}>
      <h3>{title}</h3>
      {about !== undefined && <p class="note">{about}</p>}
      {children}
    </article>
  );
}
