/**
 * What the processes share: the files of one key, the index, and what an outside observer knows of the key's value.
 *
 * Everything has a name that tells where it comes from. A generation is named after its set (`A`, and `A'` when that
 * started over), so are its entry file and its sidecar's inode; a new index is named after its compactor.
 */

import type { History } from './history.ts';

/** A line of the index. */
export type Line =
  | readonly ['open', string]
  | readonly ['set', generation: string, replaced: string]
  | readonly ['del', operation: string, generation: string]
  | readonly ['evict', generation: string]
  | readonly ['ask', generation: string]
  | readonly ['done'];

/** A sidecar file. */
export interface SidecarFile {
  readonly generation: string;
  /** Not written yet, or emptied because its generation was killed. */
  readonly empty: boolean;
}

/** An index file, under its name or not. */
export interface IndexFile {
  readonly header: boolean;
  readonly lines: readonly Line[];
  /** The end of `lines` is half a line, which is being written. */
  readonly torn: boolean;
  /** Its first byte was overwritten, since it is to count no more. */
  readonly spoiled?: boolean;
}

/** A file that a reaper has moved into its own folder. */
export type Reaped =
  | { readonly kind: 'sidecar'; readonly file: SidecarFile }
  | { readonly kind: 'entry'; readonly generation: string };

/** What one process knows from the index: see `catalog.ts`. */
export interface Knowledge {
  /** The index file that it holds open. */
  file: string;
  epoch: number;
  /** The file's length at the last look; halves of lines, so that a torn one counts. */
  size: number;
  readTo: number;
  /** The end of the last whole line read. */
  position: number;
  complete: boolean;
  following: boolean;
  /** Whether the shard was compared with its folder. */
  verified: boolean;
  /** The generation listed; empty for none. */
  row: string;
  pending: readonly string[];
  ask: boolean;
  memory: MemoryItem | undefined;
}

/** A value kept in memory. */
export interface MemoryItem {
  readonly generation: string;
  /** Whether the index is the one under which it was kept. */
  readonly sameEpoch: boolean;
  /** Whether the row bears the stamp under which it was kept; perhaps so by accident in another epoch. */
  readonly sameStamp: boolean;
}

/** The state of everything but the processes' own places. */
export interface World {
  /** Generations whose entry files are there. */
  entries: readonly string[];
  /** The sidecar that has the key's name. */
  sidecar: SidecarFile | undefined;
  /** Generations whose sidecars lie under their temporary names. */
  temporaries: readonly string[];
  /** What lies in `.reap`, by the reaper's own folder; `undefined` when it isn't there. */
  reap: Readonly<Record<string, readonly Reaped[]>> | undefined;
  /** The index file that has the name; empty for none. */
  index: string;
  files: Readonly<Record<string, IndexFile>>;
  /** Index files under temporary names. */
  temporaryIndexes: readonly string[];
  /** How often an index was created by opening what was not there. */
  created: number;
  knowledge: Readonly<Record<string, Knowledge>>;
  /** Files that were removed in passing, not killed: what holds them open can tell by a mark. */
  taken: readonly string[];
  /** What was there an hour ago. */
  old: readonly string[];
  history: History;
}

/** The parts of a process's knowledge and of the history that change in place are copied; all else is replaced. */
export function copyWorld(world: World): World {
  const knowledge: Record<string, Knowledge> = {};
  for (const [name, known] of Object.entries(world.knowledge)) knowledge[name] = { ...known };
  return { ...world, knowledge, history: { ...world.history } };
}

const texts = new WeakMap<object, string>();

/** The text of something that is never changed in place. */
function textOf(value: object): string {
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  texts.set(value, text);
  return text;
}

/** A text that two worlds have in common if they are the same. */
export function worldText(world: World): string {
  const { sidecar, reap, history } = world;
  let text = `${world.entries} ${sidecar?.generation}${sidecar?.empty} ${world.temporaries} ${world.taken} ${world.old}`;
  if (reap !== undefined) text += textOf(reap);
  text += `|${world.index} ${world.temporaryIndexes} ${world.created}`;
  for (const name in world.files) text += ` ${name}${textOf(indexFile(world, name))}`;
  for (const name in world.knowledge) text += `|${name} ${knowledgeText(knows(world, name))}`;
  const { elements, floor, begun, returned, witnessed, fault } = history;
  return `${text}|${textOf(elements)} ${floor} ${textOf(begun)} ${returned} ${witnessed} ${fault}`;
}

function knowledgeText(known: Knowledge): string {
  const { file, epoch, size, readTo, position, complete, following, verified, row, pending, ask, memory } = known;
  const kept = memory === undefined ? '' : `${memory.generation}${memory.sameEpoch}${memory.sameStamp}`;
  return `${file} ${epoch} ${size} ${readTo} ${position} ${complete} ${following} ${verified} ${row} ${pending} ${ask} ${kept}`;
}

/** What a process knows. */
export function knows(world: World, process: string): Knowledge {
  const known = world.knowledge[process];
  if (known === undefined) throw new Error(`${process} was not given any knowledge`);
  return known;
}

/** Length of an index file, in halves of lines. */
export function lengthOf(file: IndexFile): number {
  return file.lines.length * 2 - (file.torn ? 1 : 0);
}

/** An index file; one that is gone for everybody reads as empty. */
export function indexFile(world: World, name: string): IndexFile {
  return world.files[name] ?? { header: false, lines: [], torn: false };
}

/** Whether a process that holds this index file sees that it has lost its name. */
export function isUnlinked(world: World, name: string): boolean {
  return world.index !== name && !world.temporaryIndexes.includes(name);
}

/** Appends whole lines; to a file that is gone for everybody, in vain. */
export function appendTo(world: World, name: string, lines: readonly Line[]): void {
  const file = world.files[name];
  if (file === undefined) return;
  world.files = { ...world.files, [name]: { ...file, lines: [...file.lines, ...lines] } };
}

/** Forgets index files that have no name and that nobody holds. */
export function dropUnheld(world: World): void {
  const held = new Set(Object.values(world.knowledge).map(({ file }) => file));
  const kept = Object.entries(world.files).filter(([name]) => held.has(name) || !isUnlinked(world, name));
  if (kept.length < Object.keys(world.files).length) world.files = Object.fromEntries(kept);
}

export function hasEntry(world: World, generation: string): boolean {
  return world.entries.includes(generation);
}

/** The generation that a whole sidecar names. */
export function named(world: World): string | undefined {
  return world.sidecar === undefined || world.sidecar.empty ? undefined : world.sidecar.generation;
}

/** The generation that is the key's value by what lies on the disk. */
export function liveOnDisk(world: World): string | undefined {
  const generation = named(world);
  return generation !== undefined && hasEntry(world, generation) ? generation : undefined;
}

export function without(names: readonly string[], name: string): readonly string[] {
  return names.filter((other) => other !== name);
}

/** Adds a name, in an order that does not tell when. */
export function withName(names: readonly string[], name: string): readonly string[] {
  return [...names, name].sort();
}
