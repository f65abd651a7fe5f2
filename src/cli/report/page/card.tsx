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
  /** Whether it takes all columns. */
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
}) {
  const { title, about, isWide, children } = props;
  return (
    <article class={isWide ? 'card whole-row' : 'card'}>
      <h3>{title}</h3>
      {about !== undefined && <p class="note">{about}</p>}
      {children}
    </article>
  );
}
