/**
 * The colour of each tag, the same in all pictures.
 */

import type { Bar, Report } from '../report.ts';

/** Tags told apart by colour; the style sheet has as many. */
const TONES = 7;

/** A colour of the pictures and the tags that have it. */
export interface Tone {
  readonly tags: readonly string[];
  /** The class that has it. */
  readonly className: string;
  readonly label: string;
  /** How many entries of a bar have it. */
  readonly countIn: (bar: Bar) => number;
}

/** A tone for each tag, in the order of their names; the smallest of many share the last one. */
export function tonesOf({ tags }: Report): readonly Tone[] {
  const most = tags.length > TONES ? TONES - 1 : TONES;
  const largest = tags.toSorted((one, other) => other.entries - one.entries).slice(0, most);
  const own = tags.filter((tag) => largest.includes(tag)).map(({ tag }) => tag);
  const others = tags.map(({ tag }) => tag).filter((tag) => !own.includes(tag));
  const tones = own.map((tag, at) => toneOf(`tone-${at + 1}`, tag, [tag]));
  return others.length === 0 ? tones : [...tones, toneOf('tone-others', `${others.length} other tags`, others)];
}

/** The class that has the colour of a tag. */
export function classOfTag(tones: readonly Tone[], tag: string): string {
  return tones.find(({ tags }) => tags.includes(tag))?.className ?? '';
}

function toneOf(className: string, label: string, tags: readonly string[]): Tone {
  return { className, label, tags, countIn: (bar) => tags.reduce((sum, tag) => sum + countOf(bar, tag), 0) };
}

function countOf({ byTag }: Bar, tag: string): number {
  return Object.hasOwn(byTag, tag) ? (byTag[tag] ?? 0) : 0;
}
